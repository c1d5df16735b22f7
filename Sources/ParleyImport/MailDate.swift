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
    if let iso = MailDate(iso8601: text) {
      self = iso
      return
    }
    var fields = DateFields()
    for token in Self.tokens(text) { fields.take(token) }
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

  /// Words, numbers and signed zones of the text, comments left out; at most 32.
  private static func tokens(_ text: String) -> [Substring] {
    var depth = 0
    var bare: [Character] = []
    for character in text.prefix(256) {
      switch character {
      case "(": depth += 1
      case ")": depth = max(0, depth - 1)
      default: if depth == 0 { bare.append(character) }
      }
    }
    return String(bare).split { $0.isWhitespace || $0 == "," || $0 == ";" }.prefix(32).map { $0 }
  }
}

/// The fields of a date while its words are read in order.
private struct DateFields {
  private var day: Int?
  private var month: Int?
  private var year: Int?
  private var clock: (hour: Int, minute: Int, second: Int?)?
  private var offset: UTCOffset?
  private var afternoon: Bool?

  mutating func take(_ token: Substring) {
    if token.contains(":") {
      takeClock(token)
    } else if let first = token.first, first == "+" || first == "-" {
      takeZone(token)
    } else if token.dropFirst().contains("-") || token.dropFirst().contains("/") {
      for part in token.split(whereSeparator: { $0 == "-" || $0 == "/" }) { takeWord(part) }
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

  private mutating func takeClock(_ token: Substring) {
    var digits = token
    if let sign = token.firstIndex(where: { $0 == "+" || $0 == "-" }) {
      takeZone(token[sign...])
      digits = token[..<sign]
    }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    guard clock == nil, (2...3).contains(parts.count), let hour = number(parts[0]),
      let minute = number(parts[1])
    else { return }
    let second = parts.count == 3 ? number(parts[2].prefix { $0 != "." }) : nil
    guard parts.count == 2 || (second ?? 61) <= 60 else { return }
    clock = (hour, minute, second)
  }

  private mutating func takeWord(_ word: Substring) {
    if let value = number(word) {
      takeNumber(value, digits: word.utf8.count)
    } else if month == nil, let value = Self.months.firstIndex(of: word.prefix(3).lowercased()) {
      month = value + 1
    } else if clock != nil {
      takeZoneName(word.uppercased())
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

  private mutating func takeZone(_ token: Substring) {
    let digits = token.dropFirst().filter { $0 != ":" }
    guard offset == nil, digits.utf8.count == 4, let value = number(Substring(digits)) else { return }
    let minutes = value / 100 * 60 + value % 100
    guard value % 100 < 60, !(token.first == "-" && minutes == 0) else { return }
    offset = UTCOffset(minutes: token.first == "-" ? -minutes : minutes)
  }

  private mutating func takeZoneName(_ name: String) {
    if name == "AM" || name == "PM" {
      afternoon = name == "PM"
    } else if offset == nil, let hours = Self.zones[name] {
      offset = UTCOffset(minutes: hours * 60)
    }
  }

  private func number(_ text: Substring) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  /// RFC 5322 §4.3; military letters and other names say nothing sure.
  private static let zones = [
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "BST": 1, "JST": 9,
  ]
}
