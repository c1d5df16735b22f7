/// A source's distance from UTC in minutes, east positive, or that it did not say.
public struct UTCOffset: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// Minutes, or `Int16.min` when unknown.
  public var rawValue: Int16

  /// An offset as stored.
  public init(rawValue: Int16) { self.rawValue = rawValue }

  /// An offset of so many minutes east of UTC; nil beyond 24 hours either way.
  public init?(minutes: Int) {
    guard abs(minutes) <= 24 * 60 else { return nil }
    rawValue = Int16(minutes)
  }

  /// The source did not say.
  public static let unknown = UTCOffset(rawValue: .min)
  /// No distance.
  public static let utc = UTCOffset(rawValue: 0)

  /// Minutes east of UTC, nil when unknown.
  public var minutes: Int? { self == .unknown ? nil : Int(rawValue) }
}
