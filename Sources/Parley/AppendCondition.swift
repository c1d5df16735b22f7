import ParleyEnvelope
public import ParleyEvents

/// What must be so for an append to be made.
public struct AppendCondition: Hashable, Sendable {
  /// Streams that must have no event after a position.
  package var unchanged: TimelineCondition

  /// Nothing was appended to any of the customer's streams since the timeline was read.
  public static func nothingNew(since timeline: Timeline) -> AppendCondition {
    AppendCondition(unchanged: timeline.condition)
  }

  /// Nothing was appended since a timeline was read that the token is from.
  public static func nothingNew(since token: TimelineCondition) -> AppendCondition {
    AppendCondition(unchanged: token)
  }
}
