package import ParleyEnvelope

/// A date and time as mail headers write it (RFC 5322 §3.3, with the obsolete forms and what is seen in the
/// field: missing weekday or seconds, two-digit years, zone names, dashes, a comment behind, ISO 8601).
package struct MailDate: Hashable, Sendable {
  /// The instant. Without a zone the time is read as UTC.
  package var time: Timestamp
  /// The sender's distance from UTC; unknown without a zone, with `-0000` and with an unknown zone name.
  package var offset: UTCOffset
  /// Second, or minute where no seconds were given.
  package var precision: TimePrecision

  /// The date in a header's text; nil when day, month, year or time of day is missing or out of its range.
  package init?(_ text: String) {
    let bytes = Self.ascii(text)
    if Self.beginsAsISO8601(bytes), let iso = MailDate(iso8601: text) {
      self = iso
      return
    }
    var fields = DateFields()
    for token in Self.tokens(bytes) { fields.take(token) }
    guard let date = fields.date else { return nil }
    self = date
  }

  init(time: Timestamp, offset: UTCOffset, precision: TimePrecision) {
    self.time = time
    self.offset = offset
    self.precision = precision
  }

  private init?(iso8601 text: String) {
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: "T")
    if let (time, offset) = Timestamp.parse(rfc3339: trimmed) {
      self.init(time: time, offset: offset, precision: .second)
    } else if let (time, _) = Timestamp.parse(rfc3339: trimmed + "Z") {
      self.init(time: time, offset: .unknown, precision: .second)
    } else {
      return nil
    }
  }

  /// The text's beginning as ASCII: of what is not, only blanks mean anything here.
  private static func ascii(_ text: String) -> [UInt8] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8.prefix(256)) }
    return text.prefix(256).map { $0.asciiValue ?? UInt8(ascii: $0.isWhitespace ? " " : "?") }
  }

  /// Whether the text begins with a year and a dash.
  private static func beginsAsISO8601(_ bytes: [UInt8]) -> Bool {
    let begin = bytes.drop(while: isBlank).prefix(5)
    return begin.prefix { $0.isDigit }.count == 4 && begin.last == UInt8(ascii: "-")
  }

  /// Words, numbers and signed zones of the text, comments left out; at most 32.
  private static func tokens(_ text: [UInt8]) -> ArraySlice<ArraySlice<UInt8>> {
    var depth = 0
    var bare: [UInt8] = []
    for byte in text {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth = max(0, depth - 1)
      default: if depth == 0 { bare.append(byte) }
      }
    }
    return bare.split { isBlank($0) || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }.prefix(32)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (48...57).contains(self) }
}

/// The fields of a date while its words are read in order.
private struct DateFields {
  private var day: Int?
  private var month: Int?
  private var year: Int?
  private var clock: (hour: Int, minute: Int, second: Int?)?
  private var offset: UTCOffset?
  private var afternoon: Bool?

  mutating func take(_ token: ArraySlice<UInt8>) {
    if token.contains(Self.colon) {
      takeClock(token)
    } else if let first = token.first, first == Self.plus || first == Self.minus {
      takeZone(token)
    } else if token.dropFirst().contains(where: Self.isSeparator) {
      for part in token.split(whereSeparator: Self.isSeparator) { takeWord(part) }
    } else {
      takeWord(token)
    }
  }

  var date: MailDate? {
    guard let day, let month, let year, let clock else { return nil }
    var hour = clock.hour
    if let afternoon, hour <= 12 { hour = hour % 12 + (afternoon ? 12 : 0) }
    let civil = CivilTime(
      year: year, month: month, day: day, hour: hour, minute: clock.minute, second: min(clock.second ?? 0, 59)
    )
    guard let time = Timestamp(civil, offset: offset ?? .unknown) else { return nil }
    return MailDate(
      time: time, offset: offset ?? .unknown, precision: clock.second == nil ? .minute : .second)
  }

  private mutating func takeClock(_ token: ArraySlice<UInt8>) {
    var digits = token
    if let sign = token.firstIndex(where: { $0 == Self.plus || $0 == Self.minus }) {
      takeZone(token[sign...])
      digits = token[..<sign]
    }
    let parts = digits.split(separator: Self.colon, omittingEmptySubsequences: false)
    guard clock == nil, (2...3).contains(parts.count), let hour = number(parts[0]),
      let minute = number(parts[1])
    else { return }
    let second = parts.count == 3 ? number(parts[2].prefix { $0 != UInt8(ascii: ".") }) : nil
    guard parts.count == 2 || (second ?? 61) <= 60 else { return }
    clock = (hour, minute, second)
  }

  private mutating func takeWord(_ word: ArraySlice<UInt8>) {
    if let value = number(word) {
      takeNumber(value, digits: word.count)
    } else if month == nil, let value = Self.months.firstIndex(of: word.prefix(3).map { $0 | 0x20 }) {
      month = value + 1
    } else if clock != nil {
      takeZoneName(String(decoding: word, as: UTF8.self).uppercased())
    }
  }

  private mutating func takeNumber(_ value: Int, digits: Int) {
    if digits <= 2, day == nil {
      day = value
    } else if year == nil, month != nil {
      // RFC 5322 §4.3: two digits are 2000 to 2049 and 1950 to 1999, three digits count from 1900.
      year = digits == 2 ? value + (value < 50 ? 2000 : 1900) : digits == 3 ? value + 1900 : value
    }
  }

  private mutating func takeZone(_ token: ArraySlice<UInt8>) {
    let digits = token.dropFirst().filter { $0 != Self.colon }
    guard offset == nil, digits.count == 4, let value = number(digits[...]) else { return }
    let isWest = token.first == Self.minus
    let minutes = value / 100 * 60 + value % 100
    guard value % 100 < 60, !(isWest && minutes == 0) else { return }
    offset = UTCOffset(minutes: isWest ? -minutes : minutes)
  }

  private mutating func takeZoneName(_ name: String) {
    if name == "AM" || name == "PM" {
      afternoon = name == "PM"
    } else if offset == nil, let hours = Self.zones[name] {
      offset = UTCOffset(minutes: hours * 60)
    }
  }

  private func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...4).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
  }

  private static let colon = UInt8(ascii: ":")
  private static let plus = UInt8(ascii: "+")
  private static let minus = UInt8(ascii: "-")

  private static func isSeparator(_ byte: UInt8) -> Bool { byte == minus || byte == UInt8(ascii: "/") }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ].map { Array($0.utf8) }
  /// RFC 5322 §4.3; military letters and other names say nothing sure.
  private static let zones = [
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "BST": 1, "JST": 9,
  ]
}
