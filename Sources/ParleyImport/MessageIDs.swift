/// Message-IDs in a header's value: what stands between angle brackets, blanks taken out (they come from folds).
/// Where no brackets stand, words with an `@` are taken. Capped in count and length.
struct MessageIDs {
  var ids: [String] = []
  var isCut = false

  init(_ raw: [UInt8]?, limits: MailLimits) {
    guard let raw else { return }
    scanBracketed(raw, limits: limits)
    guard ids.isEmpty else { return }
    for word in raw.split(whereSeparator: { $0 <= 32 || $0 == 44 || $0 == 60 || $0 == 62 })
    where word.contains(64) {
      take(Array(word), limits: limits)
    }
  }

  private mutating func scanBracketed(_ raw: [UInt8], limits: MailLimits) {
    var open: [UInt8]?
    for byte in raw {
      if byte == UInt8(ascii: "<") {
        open = []
      } else if byte == UInt8(ascii: ">") {
        if let id = open { take(id, limits: limits) }
        open = nil
      } else if byte > 32, open != nil {
        open?.append(byte)
      }
    }
  }

  private mutating func take(_ id: [UInt8], limits: MailLimits) {
    guard !id.isEmpty, id.count <= limits.identifierBytesMax else { return }
    guard ids.count < limits.referencesMax else {
      isCut = true
      return
    }
    ids.append(String(decoding: id, as: UTF8.self))
  }
}
