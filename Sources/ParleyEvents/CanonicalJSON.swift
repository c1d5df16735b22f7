/// JSON bytes that are always the same for the same calls: members in the order they are added, no blanks, one
/// spelling for every string and number. RFC 8259; no floating point, so that nothing depends on its printing.
///
/// Strings are UTF-8 as they are, but for `"` and `\`, C0, DEL and C1 controls, and U+2028/2029, which are escaped:
/// a terminal must not be driven by a document, and nothing is lost.
package struct CanonicalJSON {
  /// The bytes so far.
  package private(set) var bytes: [UInt8] = []
  /// Whether the next value needs a comma before it.
  private var needsComma = false

  /// Nothing yet.
  package init() {}

  /// An object as the next value.
  package mutating func object(_ members: (inout CanonicalJSON) -> Void) { nested("{", "}", members) }

  /// An object as a member.
  package mutating func object(_ name: String, _ members: (inout CanonicalJSON) -> Void) {
    key(name)
    object(members)
  }

  /// An array as a member.
  package mutating func array<S: Sequence>(
    _ name: String, _ items: S, _ each: (inout CanonicalJSON, S.Element) -> Void
  ) {
    key(name)
    nested("[", "]") { json in
      for item in items { each(&json, item) }
    }
  }

  /// An array as a member, left out when empty.
  package mutating func arrayIfAny<C: Collection>(
    _ name: String, _ items: C, _ each: (inout CanonicalJSON, C.Element) -> Void
  ) {
    if !items.isEmpty { array(name, items, each) }
  }

  /// A string as the next value.
  package mutating func string(_ value: String) {
    separate()
    quoted(value)
  }

  /// An integer as the next value.
  package mutating func integer(_ value: some BinaryInteger) {
    separate()
    raw(String(value))
  }

  /// A string member.
  package mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  /// A string member, left out when empty or nil.
  package mutating func memberIfAny(_ name: String, _ value: String?) {
    if let value, !value.isEmpty { member(name, value) }
  }

  /// An integer member.
  package mutating func member(_ name: String, _ value: some BinaryInteger) {
    key(name)
    integer(value)
  }

  /// An integer member, left out when nil.
  package mutating func memberIfAny(_ name: String, _ value: (some BinaryInteger)?) {
    if let value { member(name, value) }
  }

  /// A `true` member, left out when false: every yes-or-no fact of the format is absent unless true.
  package mutating func memberIfTrue(_ name: String, _ value: Bool) {
    guard value else { return }
    key(name)
    separate()
    raw("true")
  }

  /// A line feed between values, so that a document can be compared line by line.
  package mutating func lineBreak() {
    if needsComma { raw(",") }
    needsComma = false
    bytes.append(10)
  }

  /// A line feed at the end of a document.
  package mutating func end() { bytes.append(10) }

  // MARK: - Bytes

  private mutating func nested(_ open: String, _ close: String, _ body: (inout CanonicalJSON) -> Void) {
    separate()
    raw(open)
    needsComma = false
    body(&self)
    raw(close)
    needsComma = true
  }

  private mutating func key(_ name: String) {
    separate()
    quoted(name)
    raw(":")
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { raw(",") }
    needsComma = true
  }

  private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A string in quotes. What needs no escape, nearly everything, is taken over in runs.
  private mutating func quoted(_ text: String) {
    bytes.append(0x22)
    let text = Array(text.utf8)
    var written = 0
    var index = 0
    while index < text.count {
      guard let scalar = Self.escaped(text, at: index) else {
        index += 1
        continue
      }
      bytes += text[written..<index]
      escape(scalar)
      index += UTF8.width(scalar)
      written = index
    }
    bytes += text[written...]
    bytes.append(0x22)
  }

  /// The scalar that begins at a byte and must be escaped; nil for all others.
  private static func escaped(_ text: [UInt8], at index: Int) -> Unicode.Scalar? {
    switch text[index] {
    case 0...0x1F, 0x22, 0x5C, 0x7F: return Unicode.Scalar(text[index])
    case 0xC2 where (0x80...0x9F).contains(text[index + 1]): return Unicode.Scalar(text[index + 1])
    case 0xE2 where text[index + 1] == 0x80 && (0xA8...0xA9).contains(text[index + 2]):
      return text[index + 2] == 0xA8 ? "\u{2028}" : "\u{2029}"
    default: return nil
    }
  }

  private mutating func escape(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x22: raw("\\\"")
    case 0x5C: raw("\\\\")
    case 0x08: raw("\\b")
    case 0x09: raw("\\t")
    case 0x0A: raw("\\n")
    case 0x0C: raw("\\f")
    case 0x0D: raw("\\r")
    default: escapedByNumber(scalar.value)
    }
  }

  private mutating func escapedByNumber(_ value: UInt32) {
    let digits = Array("0123456789abcdef".utf8)
    raw("\\u")
    for shift in [12, 8, 4, 0] as [UInt32] { bytes.append(digits[Int(value >> shift & 15)]) }
  }
}
