/// The Unicode data of normalization version 1, read from its text on first use.
///
/// As text the tables are compact, quick to compile and easy to review; texts of ASCII alone need none of them.
enum NormalizationTables {
  static let foldings = NormalizationTable(text: simpleFoldingText)
  static let domains = NormalizationTable(text: domainMappingText)
  static let classes = NormalizationTable(text: combiningClassesText)
  static let labelMarks = NormalizationTable(text: marksText)
}

/// What a range of scalars is mapped to, for ranges in ascending order that do not overlap.
///
/// The text is tokens between white space, all numbers hexadecimal: `A-B` or `A` (listed), `A~` (left out),
/// `A-B:+N` (mapped N further), `A-B/2:+N` (every second one is, those between stay), `A=X.Y` (mapped to a
/// sequence, or having the value X).
struct NormalizationTable: Sendable {
  enum Action: Equatable, Sendable {
    case keep
    case drop
    case move(Int32)
    case moveEverySecond(Int32)
    case replace([UInt32])
  }

  private struct Row: Sendable {
    var first: UInt32 = 0
    var last: UInt32 = 0
    var action = Action.keep
  }

  private var rows: [Row] = []

  init(text: String) {
    rows = text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { Self.row($0) }
    precondition(
      zip(rows, rows.dropFirst()).allSatisfy { $0.last < $1.first }, "normalization table out of order")
  }

  /// What happens to a scalar; nil when the table does not list it.
  func action(for scalar: Unicode.Scalar) -> Action? {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].last < scalar.value { low = middle + 1 } else { high = middle }
    }
    guard low < rows.count, rows[low].first <= scalar.value else { return nil }
    if case .moveEverySecond(let distance) = rows[low].action {
      return (scalar.value - rows[low].first).isMultiple(of: 2) ? .move(distance) : .keep
    }
    return rows[low].action
  }

  private static func row(_ token: Substring.UTF8View) -> Row {
    var reader = TokenReader(rest: token)
    var row = Row()
    row.first = reader.number()
    row.last = reader.skip("-") ? reader.number() : row.first
    let isEverySecond = reader.skip("/") && reader.number() == 2
    if reader.skip("~") {
      row.action = .drop
    } else if reader.skip(":") {
      let distance = reader.signedNumber()
      row.action = isEverySecond ? .moveEverySecond(distance) : .move(distance)
    } else if reader.skip("=") {
      row.action = .replace(reader.numbers())
    }
    precondition(reader.rest.isEmpty, "normalization table with a token it has no grammar for")
    return row
  }
}

/// Reads the hexadecimal numbers of one token.
struct TokenReader {
  var rest: Substring.UTF8View

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func number() -> UInt32 {
    var value: UInt32 = 0
    while let digit = rest.first.flatMap(Self.digit) {
      value = value << 4 | digit
      rest.removeFirst()
    }
    return value
  }

  mutating func signedNumber() -> Int32 {
    if skip("-") { return -Int32(number()) }
    _ = skip("+")
    return Int32(number())
  }

  mutating func numbers() -> [UInt32] {
    var numbers = [number()]
    while skip(".") { numbers.append(number()) }
    return numbers
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte) - 55
    default: nil
    }
  }
}

extension Unicode.Scalar {
  /// The scalar so far away. The tables lead to scalars only, which a test goes through.
  func moved(by distance: Int32) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(UInt32(Int64(value) + Int64(distance))) else {
      preconditionFailure("normalization table leads out of Unicode")
    }
    return scalar
  }
}
