public import ParleyEnvelope

/// When an event counts as having happened, and how much of that to believe.
///
/// It is the source's time, unless that is unknown or lies more than 24 hours after the log's own: then it is the
/// time of recording, and marked. A future date in one mail must not be the "last exchange" for two years.
public struct EffectiveTime: Hashable, Sendable {
  /// Which clock `time` was taken from, and why.
  public enum Basis: String, Hashable, Sendable {
    /// The source's.
    case occurred
    /// The log's, because the source gave no time.
    case recordedForUnknown = "recorded_unknown"
    /// The log's, because the source's lies too far in the future.
    case recordedForFuture = "recorded_future"
  }

  /// How far the source's clock may be ahead of the log's and still be believed: 24 hours, in microseconds.
  public static let aheadMicrosecondsMax: Int64 = 24 * 3_600_000_000

  /// The time itself.
  public var time: Timestamp
  /// Which clock it is from.
  public var basis: Basis
  /// How exactly it is known; `microsecond` for the log's clock.
  public var precision: TimePrecision
  /// The source's distance from UTC.
  public var offset: UTCOffset

  /// The effective time of an event.
  public init(of envelope: Envelope) {
    self.init(
      occurredAt: envelope.occurredAt, precision: envelope.precision, offset: envelope.utcOffset,
      recordedAt: envelope.recordedAt)
  }

  /// The effective time of what happened then, as far as its source says, and was recorded then.
  package init(occurredAt: Timestamp, precision: TimePrecision, offset: UTCOffset, recordedAt: Timestamp) {
    self.offset = offset
    if precision == .unknown {
      (time, basis, self.precision) = (recordedAt, .recordedForUnknown, .microsecond)
    } else if occurredAt.microseconds > recordedAt.microseconds &+ Self.aheadMicrosecondsMax {
      (time, basis, self.precision) = (recordedAt, .recordedForFuture, .microsecond)
    } else {
      (time, basis, self.precision) = (occurredAt, .occurred, precision)
    }
  }

  /// The last instant of the span that the time stands for: a day known only as a day ends with that day, at the
  /// source's distance from UTC. The time itself when it is exact or a guess.
  public var spanEnd: Timestamp {
    guard let unit = precision.spanUnit else { return time }
    return unit.end(of: time, at: offset)
  }

  /// Where the time stands in a timeline.
  package var order: EffectiveOrder { EffectiveOrder(end: spanEnd, coarseness: precision.coarseness) }
}

/// The part of a timeline's order that comes from time: by the end of the span, and of two spans that end together
/// the finer one first. So a coarse time stands after every finer one inside its span.
package struct EffectiveOrder: Hashable, Comparable, Sendable {
  package var end: Timestamp
  package var coarseness: UInt8

  package static func < (left: Self, right: Self) -> Bool {
    left.end != right.end ? left.end < right.end : left.coarseness < right.coarseness
  }
}

// MARK: - Spans

/// The stretch of time that a coarse time stands for.
private enum SpanUnit {
  case microseconds(Int64)
  case month
  case year

  func end(of time: Timestamp, at offset: UTCOffset) -> Timestamp {
    switch self {
    case .microseconds(let length): return endOfFixed(length, time, offset)
    case .month, .year: return endOfCalendar(time, offset)
    }
  }

  private func endOfFixed(_ length: Int64, _ time: Timestamp, _ offset: UTCOffset) -> Timestamp {
    let shift = Int64(offset.minutes ?? 0) * 60_000_000
    let into = (time.microseconds &+ shift) % length
    let start = time.microseconds - (into < 0 ? into + length : into)
    return Timestamp(microseconds: start + length - 1)
  }

  private func endOfCalendar(_ time: Timestamp, _ offset: UTCOffset) -> Timestamp {
    var civil = time.civil(at: offset)
    let isYear = if case .year = self { true } else { false }
    let isLastMonth = isYear || civil.month == 12
    (civil.year, civil.month, civil.day) = (
      civil.year + (isLastMonth ? 1 : 0), isLastMonth ? 1 : civil.month + 1, 1
    )
    (civil.hour, civil.minute, civil.second, civil.microsecond) = (0, 0, 0, 0)
    guard let next = Timestamp(civil, offset: offset) else { return .latest }
    return next + -1
  }
}

extension TimePrecision {
  fileprivate var spanUnit: SpanUnit? {
    switch self {
    case .second: .microseconds(1_000_000)
    case .minute: .microseconds(60_000_000)
    case .hour: .microseconds(3_600_000_000)
    case .day: .microseconds(86_400_000_000)
    case .month: .month
    case .year: .year
    default: nil
    }
  }

  /// 0 for a time without a span, rising with the span's length.
  fileprivate var coarseness: UInt8 {
    switch self {
    case .second, .minute, .hour, .day, .month, .year: rawValue
    default: 0
    }
  }
}
