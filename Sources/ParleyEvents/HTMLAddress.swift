/// Where a link points, when that is somewhere a reader can go or write to: a page, a mailbox, a telephone.
struct HTMLAddress {
  /// As it is shown: without white space or angle brackets.
  let text: String
  private let scheme: String

  private static let schemes = ["https://", "http://", "mailto:", "tel:"]

  /// An address as it stands in a link; nil for one of another kind, and for one within the text.
  init?(_ href: String) {
    var shown: [UInt8] = []
    for byte in Self.trimmed(href.utf8[...]) {
      switch byte {
      // What the URL standard leaves out.
      case 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), 0...0x20, 0x7F:
        shown += Self.encoded(byte)
      default: shown.append(byte)
      }
    }
    text = String(decoding: shown, as: UTF8.self)
    let start = text.prefix(8).lowercased()
    guard let scheme = Self.schemes.first(where: start.hasPrefix), text.utf8.count > scheme.utf8.count else {
      return nil
    }
    self.scheme = scheme
  }

  private static func trimmed(_ href: Substring.UTF8View) -> Substring.UTF8View {
    var rest = href.drop { $0 <= 0x20 }
    while let last = rest.last, last <= 0x20 { rest.removeLast() }
    return rest
  }

  private static func encoded(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  /// Whether a link's text is the address, with or without its scheme.
  func isSaid(by linkText: String) -> Bool {
    let words = linkText.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let rest = text.dropFirst(scheme.count)
    switch scheme {
    case "mailto:":
      let address = rest.prefix { $0 != "?" }.lowercased()
      let said = words.lowercased()
      return said == address || said == scheme + address
    case "tel:": return Self.number(words) == Self.number(rest)
    default: return [String(rest), text].contains { words == $0 || words + "/" == $0 || words == $0 + "/" }
    }
  }

  /// A number without what parts its digits.
  private static func number(_ text: some StringProtocol) -> [UInt8] {
    text.utf8.filter { !" -().//".utf8.contains($0) }
  }
}
