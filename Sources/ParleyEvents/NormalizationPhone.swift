/// Phone numbers: `+` and digits where the calling code is known, else `local/` and digits. No plausibility check:
/// a wrong number is still what the contact presented.
enum PhoneNumber {
  private static let localPrefix = "local/"

  static func normalize(_ text: String, region: CallingRegion?) throws(EventError) -> String {
    let text = text.hasPrefix(localPrefix) ? String(text.dropFirst(localPrefix.count)) : text
    let (digits, hasPlus) = try digits(of: text)
    if hasPlus { return "+" + international(digits) }
    if digits.hasPrefix("00"), digits.utf8.count > 2 {
      return "+" + international(String(digits.dropFirst(2)))
    }
    guard let region else { return localPrefix + digits }
    return "+" + region.callingCode + region.withoutTrunkPrefix(digits)
  }

  /// Drops the trunk prefix in `+49 (0)30 …`: no national number has it where the prefix begins with 0.
  private static func international(_ digits: String) -> String {
    guard let region = CallingRegion.main(of: digits), region.trunkPrefix.hasPrefix("0") else {
      return digits
    }
    let national = digits.dropFirst(region.callingCode.count)
    guard national.hasPrefix(region.trunkPrefix), national.count > region.trunkPrefix.count else {
      return digits
    }
    return region.callingCode + national.dropFirst(region.trunkPrefix.count)
  }

  private static func digits(of text: String) throws(EventError) -> (digits: String, hasPlus: Bool) {
    var (digits, hasPlus) = ("", false)
    for scalar in text.unicodeScalars where !isSeparator(scalar) {
      if let digit = decimal(scalar) {
        digits.append(Character(digit))
      } else if (scalar == "+" || scalar == "\u{FF0B}"), digits.isEmpty, !hasPlus {
        hasPlus = true
      } else {
        throw invalid("has a character that no number has; expected digits, separators and a leading +")
      }
    }
    guard !digits.isEmpty else { throw invalid("has no digits") }
    return (digits, hasPlus)
  }

  private static func invalid(_ what: String) -> EventError { NormalizationRules.invalid(.phone, what) }

  /// White space, punctuation between digits, dashes, and the invisible marks that copying brings along.
  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // ( ) - . / and the middle dot
    case 0x28, 0x29, 0x2D, 0x2E, 0x2F, 0xB7: true
    // dashes and minus signs
    case 0x2010...0x2015, 0x2212, 0xFE63, 0xFF0D: true
    // the soft hyphen, zero-width and bidirectional marks
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
    default: scalar.isWhiteSpace
    }
  }

  /// The ASCII digit of a decimal digit, also full-width, Arabic, Persian and Devanagari ones.
  private static func decimal(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    for zero in [0x30, 0xFF10, 0x660, 0x6F0, 0x966] as [UInt32]
    where (zero..<zero + 10).contains(scalar.value) {
      return Unicode.Scalar(0x30 + scalar.value - zero)
    }
    return nil
  }
}

/// What a region's numbers begin with, from the vendored table.
struct CallingRegion: Sendable {
  var name = ""
  var callingCode = ""
  /// What is dialed before a national number; empty where there is none.
  var trunkPrefix = ""
  /// Digits that a national number can have; only for a trunk prefix that does not begin with 0.
  var lengths: Set<Int> = []
  /// Whether it stands for all regions of its calling code.
  var isMain = false

  /// The region with an ISO 3166 code in either case.
  static func named(_ name: String) -> CallingRegion? { all[name.uppercased()] }

  /// The main region of the calling code that digits begin with; no calling code begins with another.
  static func main(of digits: String) -> CallingRegion? {
    (1...3).lazy.compactMap { mainByCode[String(digits.prefix($0))] }.first
  }

  /// National digits as they follow the calling code. A prefix that begins with 0 is part of no national number;
  /// any other can be, and is dropped unless only the digits with it are as many as a national number has.
  func withoutTrunkPrefix(_ digits: String) -> String {
    guard !trunkPrefix.isEmpty, digits.hasPrefix(trunkPrefix), digits.count > trunkPrefix.count else {
      return digits
    }
    let rest = digits.dropFirst(trunkPrefix.count)
    let isPartOfNumber = lengths.contains(digits.count) && !lengths.contains(rest.count)
    return isPartOfNumber ? digits : String(rest)
  }

  private static let all: [String: CallingRegion] = {
    let tokens = NormalizationTables.regionsText.split { $0 == " " || $0 == "\n" }
    return Dictionary(uniqueKeysWithValues: tokens.map { CallingRegion(token: $0) }.map { ($0.name, $0) })
  }()

  private static let mainByCode = Dictionary(
    uniqueKeysWithValues: all.values.filter(\.isMain).map { ($0.callingCode, $0) })

  /// From `REGION:CODE:TRUNK[:LENGTH.LENGTH…][*]`, with `-` for no trunk prefix and `*` for the main region.
  private init(token: Substring) {
    isMain = token.hasSuffix("*")
    let fields = (isMain ? token.dropLast() : token).split(separator: ":").map(String.init)
    name = fields[0]
    callingCode = fields[1]
    trunkPrefix = fields[2] == "-" ? "" : fields[2]
    if fields.count > 3 { lengths = Set(fields[3].split(separator: ".").compactMap { Int($0) }) }
  }
}
