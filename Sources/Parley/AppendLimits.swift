import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// What one append takes. What the store records itself counts in `recordsMax` only.
public enum AppendLimits {
  /// Events of a batch.
  public static let batchEventsMax = 65_536
  /// Events of a batch with those that the store records beside them: for each identity and each conversation that is
  /// new, and for each other customer involved.
  public static let recordsMax = 131_072
  /// Bytes of a batch before compression, 16 MiB.
  public static let batchBytesMax = 16 << 20
  /// Streams of a condition.
  public static let conditionStreamsMax = 1_000

  package static func check(eventCount: Int) throws(StoreError) {
    guard eventCount > batchEventsMax else { return }
    throw exceeded("a batch has \(eventCount) events, at most \(batchEventsMax) are taken; split it")
  }

  /// - Parameters:
  ///   - recordCount: the first so many events of a batch and those that the store records with them.
  ///   - eventCount: how many events that are.
  static func check(recordCount: Int, eventCount: Int) throws(StoreError) {
    guard recordCount > recordsMax else { return }
    throw exceeded(
      "a batch's first \(eventCount) events are \(recordCount) with those that the store records for new identities and "
        + "conversations and for whom they involve, at most \(recordsMax) are taken; split it")
  }

  static func check(plainBytes: Int) throws(StoreError) {
    guard plainBytes > batchBytesMax else { return }
    throw exceeded("a batch has \(plainBytes) bytes, at most \(batchBytesMax) are taken; split it")
  }

  static func check(_ condition: AppendCondition) throws(StoreError) {
    let count = condition.unchanged.streams.count
    guard count > conditionStreamsMax else { return }
    throw exceeded("a condition names \(count) streams, at most \(conditionStreamsMax) are checked")
  }

  private static func exceeded(_ message: String) -> StoreError { StoreError(.limitExceeded, message) }
}

extension TimelineCondition {
  /// As the log checks it: by the first position that would break it.
  var unchanged: UnchangedCondition {
    UnchangedCondition(streams: streams, through: through.isNone ? .start : through.advanced(by: 1))
  }
}
