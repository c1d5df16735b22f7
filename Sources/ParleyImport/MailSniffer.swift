/// Tells mail from other files by what stands at their beginning.
package enum MailSniffer {
  /// Where the message begins: behind a byte order mark and empty lines.
  package static func start(of bytes: [UInt8]) -> Int {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var index = start
    while index < bytes.count, bytes[index] == 10 || bytes[index] == 13 {
      index += 1
      start = index
    }
    return start
  }

  /// Where the first header field of the first block of lines begins; nil when there is none. Where other lines
  /// stand before it, the block must hold a field that mail begins with: a sentence can look like a field.
  package static func firstField(_ bytes: ArraySlice<UInt8>) -> Int? {
    var first: Int?
    var lineStart = bytes.startIndex
    while lineStart < bytes.endIndex {
      let lineEnd = bytes[lineStart...].firstIndex(of: 10) ?? bytes.endIndex
      let line = bytes[lineStart..<lineEnd]
      guard let text = line.firstIndex(where: { $0 != 32 && $0 != 9 && $0 != 13 }) else { return nil }
      if isField(line[text...]) {
        first = first ?? text
        if lineStart == bytes.startIndex || isKnownField(line[text...]) { return first }
      }
      lineStart = lineEnd + 1
    }
    return nil
  }

  private static let knownNames: Set<String> = [
    "from", "to", "subject", "date", "message-id", "received", "return-path", "delivered-to", "mime-version",
    "content-type", "content-transfer-encoding",
  ]

  private static func isKnownField(_ line: ArraySlice<UInt8>) -> Bool {
    knownNames.contains(String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased())
  }

  /// Whether a line begins with a field's name and a colon. Names are letters, digits, `-`, `_` and `.`: all that
  /// mail has, and few sentences.
  package static func isField(_ line: ArraySlice<UInt8>) -> Bool {
    var count = 0
    for byte in line.prefix(78) {
      switch byte {
      case UInt8(ascii: ":"): return count > 0
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        count += 1
      default: return false
      }
    }
    return false
  }

  /// Where the first block of lines ends: at the first empty line.
  static func endOfBlock(_ bytes: ArraySlice<UInt8>) -> Int {
    var lineStart = bytes.startIndex
    while lineStart < bytes.endIndex {
      let lineEnd = bytes[lineStart...].firstIndex(of: 10) ?? bytes.endIndex
      if bytes[lineStart..<lineEnd].allSatisfy({ $0 == 13 }) { return lineStart }
      lineStart = min(lineEnd + 1, bytes.endIndex)
    }
    return bytes.endIndex
  }

  /// Where text begins in a header block without an empty line before it: at a line that is no field and goes on
  /// with none, if no field that matters follows. Nil when the block is header to its end.
  static func textWithoutSeparator(_ block: ArraySlice<UInt8>) -> Int? {
    var text: Int?
    var lineStart = block.startIndex
    while lineStart < block.endIndex {
      let lineEnd = block[lineStart...].firstIndex(of: 10) ?? block.endIndex
      let line = block[lineStart..<lineEnd]
      if text == nil {
        if !isLooseField(line), line.first != 32, line.first != 9 { text = lineStart }
      } else if isKnownField(line) {
        text = nil
      }
      lineStart = min(lineEnd + 1, block.endIndex)
    }
    return text
  }

  /// Whether a line has a colon behind printable characters, as RFC 5322 §2.2 asks, or blanks, as its §4.5 allows.
  private static func isLooseField(_ line: ArraySlice<UInt8>) -> Bool {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return false }
    let name = line[..<colon]
    let bare = name.prefix { $0 > 32 && $0 < 127 }
    return !bare.isEmpty && name[bare.endIndex...].allSatisfy { $0 == 32 || $0 == 9 }
  }
}
