public import Foundation
public import ParleyEnvelope

extension Timestamp {
  /// Now, by the system's clock.
  public static var now: Timestamp { Timestamp(Date()) }

  /// A date to the microsecond, down; the first or last time there is for one that is further off.
  public init(_ date: Date) {
    let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded(.down)
    self.init(microseconds: Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max))
  }
}

extension Date {
  /// A time of the log as a date, which holds it to about a quarter of a microsecond in our days.
  public init(_ time: Timestamp) { self.init(timeIntervalSince1970: Double(time.microseconds) / 1_000_000) }
}
