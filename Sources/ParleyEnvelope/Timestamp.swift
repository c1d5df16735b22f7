/// A point in time: microseconds from 1970-01-01T00:00:00Z, without leap seconds.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Microseconds from 1970, negative before it.
  public var microseconds: Int64

  /// A time from microseconds since 1970.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// A time from whole seconds since 1970.
  public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

  /// 1970-01-01T00:00:00Z, also the value of a time that was not given.
  public static let zero = Timestamp(microseconds: 0)
  /// The first time a store accepts: 0001-01-01T00:00:00Z.
  public static let earliest = Timestamp(seconds: -62_135_596_800)
  /// The last time a store accepts: 9999-12-31T23:59:59.999999Z.
  public static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

  /// The earlier one is less.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  /// Microseconds from another time to this one.
  public static func - (left: Timestamp, right: Timestamp) -> Int64 { left.microseconds - right.microseconds }

  /// A time so many microseconds later.
  public static func + (left: Timestamp, microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: left.microseconds + microseconds)
  }
}

// MARK: - Civil time

/// A date and time of day as a calendar shows them (proleptic Gregorian).
public struct CivilTime: Hashable, Sendable {
  /// Year, 1 to 9999.
  public var year: Int
  /// Month, 1 to 12.
  public var month: Int
  /// Day of the month, from 1.
  public var day: Int
  /// Hour, 0 to 23.
  public var hour: Int = 0
  /// Minute, 0 to 59.
  public var minute: Int = 0
  /// Second, 0 to 59.
  public var second: Int = 0
  /// Microsecond, 0 to 999,999.
  public var microsecond: Int = 0

  /// A date and time of day; nothing is checked before it becomes a `Timestamp`.
  public init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }
}

extension Timestamp {
  /// The time of a civil date and time at a distance from UTC; nil when a field is out of its range.
  public init?(_ civil: CivilTime, offset: UTCOffset = .utc) {
    guard (1...9999).contains(civil.year), (1...12).contains(civil.month),
      (1...daysInMonth(civil.month, year: civil.year)).contains(civil.day), (0...23).contains(civil.hour),
      (0...59).contains(civil.minute), (0...59).contains(civil.second),
      (0...999_999).contains(civil.microsecond)
    else { return nil }
    let days = daysFromCivil(year: civil.year, month: civil.month, day: civil.day)
    let minutes = (days * 24 + civil.hour) * 60 + civil.minute - (offset.minutes ?? 0)
    self.init(
      microseconds: (Int64(minutes) * 60 + Int64(civil.second)) * 1_000_000 + Int64(civil.microsecond))
  }

  /// The date and time of day at a distance from UTC.
  public func civil(at offset: UTCOffset = .utc) -> CivilTime {
    let local = microseconds + Int64(offset.minutes ?? 0) * 60_000_000
    let (days, rest) = floorDivision(local, 86_400_000_000)
    let (year, month, day) = civilFromDays(Int(days))
    let seconds = Int(rest / 1_000_000)
    return CivilTime(
      year: year, month: month, day: day, hour: seconds / 3600, minute: seconds / 60 % 60,
      second: seconds % 60, microsecond: Int(rest % 1_000_000))
  }
}

// MARK: - RFC 3339

extension Timestamp {
  /// The RFC 3339 form at a distance from UTC, with as many fractional digits (0, 3 or 6) as the value needs.
  /// An unknown offset is written `Z`.
  public func rfc3339(offset: UTCOffset = .utc) -> String {
    let civil = civil(at: offset)
    var text = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
    text += "T\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
    if civil.microsecond % 1000 != 0 {
      text += ".\(padded(civil.microsecond, 6))"
    } else if civil.microsecond != 0 {
      text += ".\(padded(civil.microsecond / 1000, 3))"
    }
    guard let minutes = offset.minutes, minutes != 0 else { return text + "Z" }
    return text + (minutes < 0 ? "-" : "+")
      + "\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
  }

  /// A time and its source's offset from RFC 3339 text; nil for anything else. `-00:00` means an unknown offset
  /// (RFC 3339 §4.3), `Z` means UTC; fractions past the sixth digit are dropped; a leap second counts as the
  /// second before.
  public static func parse(rfc3339 text: some StringProtocol) -> (time: Timestamp, offset: UTCOffset)? {
    var reader = DigitReader(Array(text.utf8))
    guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
      let day = reader.number(2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
      let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2), reader.skip(":"),
      let second = reader.number(2), second <= 60
    else { return nil }
    var microsecond = 0
    if reader.skip(".") {
      guard let fraction = reader.microseconds() else { return nil }
      microsecond = fraction
    }
    guard let offset = reader.offset(), reader.isAtEnd else { return nil }
    let civil = CivilTime(
      year: year, month: month, day: day, hour: hour, minute: minute, second: min(second, 59),
      microsecond: microsecond)
    guard let time = Timestamp(civil, offset: offset) else { return nil }
    return (time, offset)
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC.
  public var description: String { rfc3339() }
}

/// Reads fixed-width decimal fields from the front of some text.
private struct DigitReader {
  private let text: [UInt8]
  private var index = 0

  init(_ text: [UInt8]) { self.text = text }

  var isAtEnd: Bool { index == text.count }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  mutating func digit() -> Int? {
    guard index < text.count, (48...57).contains(text[index]) else { return nil }
    defer { index += 1 }
    return Int(text[index]) - 48
  }

  mutating func number(_ width: Int) -> Int? {
    var value = 0
    for _ in 0..<width {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  mutating func microseconds() -> Int? {
    guard var value = digit() else { return nil }
    var digits = 1
    while let next = digit() {
      if digits < 6 { value = value * 10 + next }
      digits += 1
    }
    while digits < 6 {
      value *= 10
      digits += 1
    }
    return value
  }

  mutating func offset() -> UTCOffset? {
    if skip("Z") || skip("z") { return .utc }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = number(2), hours <= 23, skip(":"), let minutes = number(2),
      minutes <= 59
    else { return nil }
    if isWest && hours == 0 && minutes == 0 { return .unknown }
    return UTCOffset(minutes: (isWest ? -1 : 1) * (hours * 60 + minutes))
  }
}

// MARK: - Calendar arithmetic (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms")

private func floorDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

private func daysFromCivil(year: Int, month: Int, day: Int) -> Int {
  let shifted = month <= 2 ? year - 1 : year
  let era = (shifted >= 0 ? shifted : shifted - 399) / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civilFromDays(_ days: Int) -> (year: Int, month: Int, day: Int) {
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let month = (5 * dayOfYear + 2) / 153
  let civilMonth = month < 10 ? month + 3 : month - 9
  let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
  return (year, civilMonth, dayOfYear - (153 * month + 2) / 5 + 1)
}

private func daysInMonth(_ month: Int, year: Int) -> Int {
  switch month {
  case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
