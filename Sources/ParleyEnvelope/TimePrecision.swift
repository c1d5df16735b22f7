/// How exactly the time of an event is known.
///
/// An open set: a code written by a newer version is kept and passed on.
public struct TimePrecision: EnvelopeCode {
  /// The code as stored; 0 is unspecified.
  public var rawValue: UInt8

  /// A code as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names in the order of their codes, as written in JSON.
  public static let names = [
    "unspecified",
    "microsecond",
    "second",
    "minute",
    "hour",
    "day",
    "month",
    "year",
    "estimated",
    "unknown",
  ]

  /// To the microsecond.
  public static let microsecond = TimePrecision(rawValue: 1)
  /// To the second.
  public static let second = TimePrecision(rawValue: 2)
  /// To the minute.
  public static let minute = TimePrecision(rawValue: 3)
  /// To the hour.
  public static let hour = TimePrecision(rawValue: 4)
  /// To the day.
  public static let day = TimePrecision(rawValue: 5)
  /// To the month.
  public static let month = TimePrecision(rawValue: 6)
  /// To the year.
  public static let year = TimePrecision(rawValue: 7)
  /// A best guess: the source's own time was missing or not believed.
  public static let estimated = TimePrecision(rawValue: 8)
  /// Not known.
  public static let unknown = TimePrecision(rawValue: 9)
}
