/// Reads one JSON text (RFC 8259), strictly: UTF-8, no comments, no member twice, no lone surrogates, limited depth.
/// Errors name the byte, counted from 1, and what was expected there, and quote nothing.
struct JSONParser {
  /// The deepest nesting of arrays and objects.
  static let depthMax = 64

  private static let digitBytes = UInt8(ascii: "0")...UInt8(ascii: "9")

  private let text: [UInt8]
  private var index = 0
  private var depth = 0

  private init(_ text: [UInt8]) { self.text = text }

  static func parse(_ text: [UInt8]) throws(EventError) -> JSONValue {
    var parser = JSONParser(text)
    parser.skipSpace()
    let value = try parser.value()
    parser.skipSpace()
    guard parser.index == text.count else { throw parser.expected("the end of the line") }
    return value
  }

  private mutating func value() throws(EventError) -> JSONValue {
    switch peek {
    case UInt8(ascii: "{"): return try nested { parser throws(EventError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(EventError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case .some(let byte) where byte == UInt8(ascii: "-") || Self.digitBytes.contains(byte):
      return .number(try number())
    default: throw expected("a value")
    }
  }

  private mutating func nested(
    _ read: (inout JSONParser) throws(EventError) -> JSONValue
  ) throws(EventError) -> JSONValue {
    guard depth < Self.depthMax else {
      throw EventError(.jsonTooDeep, "byte \(index + 1): nested deeper than \(Self.depthMax) levels")
    }
    depth += 1
    index += 1
    skipSpace()
    let value = try read(&self)
    depth -= 1
    return value
  }

  // MARK: - Objects and arrays

  private mutating func object() throws(EventError) -> JSONValue {
    var members: [JSONMember] = []
    var names: Set<String> = []
    if skip(UInt8(ascii: "}")) { return .object([]) }
    while true {
      let start = index
      guard peek == UInt8(ascii: "\"") else { throw expected("a member's name in quotes") }
      let name = try string()
      // Few members are compared one by one: a set costs more than it saves.
      let isRepeated =
        members.count < 16 ? members.contains { $0.name == name } : !names.insert(name).inserted
      guard !isRepeated else {
        throw EventError(
          .duplicateMember, "byte \(start + 1): a member is given twice in one object; keep one")
      }
      if members.count == 15 { names = Set(members.map(\.name) + [name]) }
      skipSpace()
      guard skip(UInt8(ascii: ":")) else { throw expected("a colon") }
      skipSpace()
      members.append(JSONMember(name, try value()))
      skipSpace()
      if skip(UInt8(ascii: "}")) { return .object(members) }
      guard skip(UInt8(ascii: ",")) else { throw expected("a comma or }") }
      skipSpace()
    }
  }

  private mutating func array() throws(EventError) -> JSONValue {
    var values: [JSONValue] = []
    if skip(UInt8(ascii: "]")) { return .array([]) }
    while true {
      values.append(try value())
      skipSpace()
      if skip(UInt8(ascii: "]")) { return .array(values) }
      guard skip(UInt8(ascii: ",")) else { throw expected("a comma or ]") }
      skipSpace()
    }
  }

  // MARK: - Strings

  private mutating func string() throws(EventError) -> String {
    index += 1
    let start = index
    while index < text.count, text[index] >= 0x20, text[index] != UInt8(ascii: "\""),
      text[index] != UInt8(ascii: "\\")
    {
      index += 1
    }
    if peek == UInt8(ascii: "\"") {
      index += 1
      return try utf8(text[start..<index - 1], at: start)
    }
    var bytes = Array(text[start..<index])
    while true {
      switch peek {
      case nil: throw expected("the end of a string")
      case UInt8(ascii: "\""):
        index += 1
        return try utf8(bytes[...], at: start)
      case UInt8(ascii: "\\"):
        index += 1
        bytes += try escape()
      case .some(let byte) where byte < 0x20:
        throw EventError(
          .invalidJSON, "byte \(index + 1): a control character in a string; write it as \\u00…")
      case .some(let byte):
        bytes.append(byte)
        index += 1
      }
    }
  }

  private func utf8(_ bytes: ArraySlice<UInt8>, at start: Int) throws(EventError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EventError(.invalidJSON, "byte \(start + 1): a string is not UTF-8; convert the input to UTF-8")
    }
    return text
  }

  private mutating func escape() throws(EventError) -> [UInt8] {
    guard let byte = peek else { throw expected("an escaped character") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
    default:
      index -= 1
      throw expected("one of \" \\ / b f n r t u after a backslash")
    }
  }

  private mutating func scalar() throws(EventError) -> Unicode.Scalar {
    let start = index
    let first = try hexUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if (0xd800..<0xdc00).contains(first), skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) {
      let second = try hexUnit()
      if (0xdc00..<0xe000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
      {
        return scalar
      }
    }
    throw EventError(.invalidJSON, "byte \(start + 1): half of a surrogate pair; write both halves")
  }

  private mutating func hexUnit() throws(EventError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek.flatMap(hexDigit) else { throw expected("four hexadecimal digits") }
      unit = unit << 4 | UInt32(digit)
      index += 1
    }
    return unit
  }

  private func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }

  // MARK: - Numbers and literals

  private mutating func number() throws(EventError) -> String {
    let start = index
    _ = skip(UInt8(ascii: "-"))
    if !skip(UInt8(ascii: "0")) { try digits() }
    if skip(UInt8(ascii: ".")) { try digits() }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
      try digits()
    }
    return String(decoding: text[start..<index], as: UTF8.self)
  }

  private mutating func digits() throws(EventError) {
    let start = index
    while let byte = peek, Self.digitBytes.contains(byte) { index += 1 }
    guard index > start else { throw expected("a digit") }
  }

  private mutating func literal(_ word: String, _ value: JSONValue) throws(EventError) -> JSONValue {
    let rest = text[index...]
    guard rest.starts(with: word.utf8) else {
      // A text without its quotes may begin with the same letter.
      throw expected(rest.starts(with: word.utf8.prefix(2)) ? word : "a value, a text in quotes")
    }
    index += word.utf8.count
    return value
  }

  // MARK: - Bytes

  private var peek: UInt8? { index < text.count ? text[index] : nil }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, Self.isSpace(byte) { index += 1 }
  }

  /// Whether a byte may stand between values.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

  private func expected(_ what: String) -> EventError {
    EventError(.invalidJSON, "byte \(index + 1): expected \(what)\(peek == nil ? ", found the end" : "")")
  }
}
