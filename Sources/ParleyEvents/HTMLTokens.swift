/// The tags and characters of an HTML text, in order.
///
/// Every text has tokens: what no rule of the HTML standard explains is characters. Takes time in proportion to the
/// text, as nothing is looked at more than twice.
struct HTMLTokens {
  /// A tag, or a piece of text.
  enum Token {
    case tag(HTMLTag)
    /// One byte of UTF-8 that stands for itself.
    case byte(UInt8)
    /// The character that a reference such as `&amp;` stands for.
    case character(Unicode.Scalar)
  }

  private let bytes: [UInt8]
  private var index = 0
  /// Where each quotation mark stands last: one that begins a value there or behind is never closed.
  private let lastQuote: Int
  private let lastApostrophe: Int

  /// Bytes of a tag's or an attribute's name, at most: longer ones mean nothing here.
  static let nameBytesMax = 16

  init(_ html: String) {
    bytes = Array(html.utf8)
    lastQuote = bytes.lastIndex(of: UInt8(ascii: "\"")) ?? -1
    lastApostrophe = bytes.lastIndex(of: UInt8(ascii: "'")) ?? -1
  }

  /// The next token; nil at the end. Comments are none, nor is what stands in elements that are not shown.
  mutating func next() -> Token? {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "<"), let opens = opens {
        switch opens {
        case .comment: skipComment()
        case .declaration: skip(past: Self.tagEnd)
        case .tag: if let tag = tag() { return .tag(tag) }
        }
      } else if byte == UInt8(ascii: "&"), let (character, end) = HTMLReference.read(bytes[index...]) {
        index = end
        return .character(character)
      } else {
        index += 1
        guard byte == UInt8(ascii: "\r") else { return .byte(byte) }
        // One line end, as the standard reads it.
        if index == bytes.count || bytes[index] != UInt8(ascii: "\n") { return .byte(UInt8(ascii: "\n")) }
      }
    }
    return nil
  }

  /// What a `<` begins; nil where it stands for itself.
  private var opens: Opening? {
    guard index + 1 < bytes.count else { return nil }
    let next = bytes[index + 1]
    if next == UInt8(ascii: "!") { return starts(with: Self.commentStart) ? .comment : .declaration }
    if next == UInt8(ascii: "?") { return .declaration }
    if next.isLetter { return .tag }
    guard next == UInt8(ascii: "/"), index + 2 < bytes.count else { return nil }
    return bytes[index + 2].isLetter ? .tag : .declaration
  }

  private enum Opening { case comment, declaration, tag }

  private static let commentStart = Array("<!--".utf8)
  private static let commentEnd = Array("-->".utf8)
  private static let tagEnd = Array(">".utf8)
  private static let endTagStart = Array("</".utf8)

  private func starts(with text: [UInt8]) -> Bool { bytes[index...].starts(with: text) }

  /// Behind the next occurrence of a text, or at the end.
  private mutating func skip(past end: [UInt8]) {
    while index < bytes.count, bytes[index] != end[0] || !starts(with: end) { index += 1 }
    index = min(index + end.count, bytes.count)
  }

  /// A comment may end where it begins: `<!-->`.
  private mutating func skipComment() {
    index += 2
    skip(past: Self.commentEnd)
  }

  // MARK: - Tags

  /// A tag; nil for one that begins what is not shown, which is left out with it.
  private mutating func tag() -> HTMLTag? {
    index += 1
    let isEnd = bytes[index] == UInt8(ascii: "/")
    if isEnd { index += 1 }
    var tag = HTMLTag(name: name(), isEnd: isEnd)
    while let (name, value) = attribute() {
      if name == "href", tag.href == nil { tag.href = HTMLReference.replaced(in: bytes[value]) }
      if name == "alt", tag.alt == nil { tag.alt = HTMLReference.replaced(in: bytes[value]) }
    }
    guard !isEnd, HTMLTag.hidden.contains(tag.name) else { return tag }
    skipElement(tag.name)
    return nil
  }

  /// Up to white space, a slash, the tag's end or one byte more, in lower case; empty when it is too long.
  private mutating func name(endingAt end: UInt8 = UInt8(ascii: ">")) -> String {
    let start = index
    while index < bytes.count, !bytes[index].endsName, bytes[index] != end { index += 1 }
    guard index - start <= Self.nameBytesMax else { return "" }
    return String(decoding: bytes[start..<index].map(\.lowercased), as: UTF8.self)
  }

  /// The next attribute and where its value stands; nil behind the tag's end.
  private mutating func attribute() -> (name: String, value: Range<Int>)? {
    while index < bytes.count, bytes[index].isHTMLBlank || bytes[index] == UInt8(ascii: "/") { index += 1 }
    guard index < bytes.count else { return nil }
    if bytes[index] == UInt8(ascii: ">") {
      index += 1
      return nil
    }
    let start = index
    // An equals sign in front belongs to the name.
    if bytes[index] == UInt8(ascii: "=") { index += 1 }
    let rest = name(endingAt: UInt8(ascii: "="))
    let name = bytes[start] == UInt8(ascii: "=") ? "" : rest
    skipBlanks()
    guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return (name, index..<index) }
    index += 1
    skipBlanks()
    return (name, value())
  }

  private mutating func skipBlanks() {
    while index < bytes.count, bytes[index].isHTMLBlank { index += 1 }
  }

  private mutating func value() -> Range<Int> {
    guard index < bytes.count else { return index..<index }
    let quote = bytes[index]
    let last = quote == UInt8(ascii: "\"") ? lastQuote : quote == UInt8(ascii: "'") ? lastApostrophe : -1
    guard index < last else {
      // Without quotation marks, or with one that would take all the rest of the text for a value.
      let start = index
      while index < bytes.count, !bytes[index].isHTMLBlank, bytes[index] != UInt8(ascii: ">") { index += 1 }
      return start..<index
    }
    let start = index + 1
    index = start
    while bytes[index] != quote { index += 1 }
    index += 1
    return start..<(index - 1)
  }

  /// Behind an element whose content is no text.
  private mutating func skipElement(_ name: String) {
    while index < bytes.count {
      skip(past: Self.endTagStart)
      guard bytes[index...].prefix(name.utf8.count).map(\.lowercased) == Array(name.utf8) else { continue }
      index += name.utf8.count
      guard index == bytes.count || bytes[index].endsName else { continue }
      return skip(past: Self.tagEnd)
    }
  }
}

/// A tag, with the attributes that say something to a reader.
struct HTMLTag {
  /// In lower case.
  var name: String
  var isEnd: Bool
  /// Where a link points.
  var href: String?
  /// What an image says to whoever does not see it.
  var alt: String?

  /// Elements whose content no reader sees.
  static let hidden: Set<String> = ["style", "script", "title", "template", "noembed", "noframes", "iframe"]
}

/// What stands for a character in HTML: `&amp;`, `&#8364;`, `&#x20AC;`.
private enum HTMLReference {
  /// Bytes from the ampersand to the semicolon, at most.
  static let bytesMax = 12

  /// The character of a reference at the beginning of a text, and where the reference ends; nil when there is none.
  static func read(_ text: ArraySlice<UInt8>) -> (character: Unicode.Scalar, end: Int)? {
    guard let end = text.prefix(bytesMax).firstIndex(of: UInt8(ascii: ";")) else { return nil }
    return scalar(String(decoding: text[(text.startIndex + 1)..<end], as: UTF8.self)).map { ($0, end + 1) }
  }

  /// A text with its references replaced.
  static func replaced(in text: ArraySlice<UInt8>) -> String {
    var replaced: [UInt8] = []
    var rest = text
    while let byte = rest.first {
      if byte == UInt8(ascii: "&"), let (character, end) = read(rest) {
        replaced += Array(String(character).utf8)
        rest = rest[end...]
      } else {
        replaced.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: replaced, as: UTF8.self)
  }

  private static func scalar(_ name: String) -> Unicode.Scalar? {
    guard name.hasPrefix("#") else { return named[name] }
    let digits = name.dropFirst()
    let isHex = digits.hasPrefix("x") || digits.hasPrefix("X")
    return UInt32(isHex ? digits.dropFirst() : digits, radix: isHex ? 16 : 10).flatMap(Unicode.Scalar.init)
  }

  /// The commonest.
  private static let named: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "auml": "ä", "ouml": "ö",
    "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "euro": "€",
    "ndash": "–", "mdash": "—", "hellip": "…", "rsquo": "’", "lsquo": "‘", "rdquo": "”", "ldquo": "“",
    "copy": "©",
  ]
}

extension UInt8 {
  fileprivate var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
  /// White space of the HTML standard.
  var isHTMLBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0C || self == 0x0D }
  fileprivate var endsName: Bool { isHTMLBlank || self == UInt8(ascii: "/") || self == UInt8(ascii: ">") }
}
