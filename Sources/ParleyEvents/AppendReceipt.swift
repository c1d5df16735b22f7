public import ParleyEnvelope

/// What became of an appended event. Both answers mean that it is durable, once.
public enum AppendReceipt: Hashable, Sendable {
  /// It was stored, at this position.
  case stored(Position)
  /// The same was stored before, at this position.
  case alreadyStored(Position)

  /// Where the event stands in the log.
  public var position: Position {
    switch self {
    case .stored(let position), .alreadyStored(let position): position
    }
  }
}
