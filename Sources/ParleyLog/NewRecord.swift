package import ParleyEnvelope

/// One event to append: its envelope, of which the log sets `recordedAt` and `previous`, and its opaque body.
package struct NewRecord: Sendable {
  /// What the log does when the event's id is stored already.
  package enum KnownRule: Sendable {
    /// Stores nothing of the batch and says which are known.
    case report
    /// Leaves the event out: for what the store adds by itself, whoever comes first.
    case skip
  }

  package var envelope: Envelope
  package var body: [UInt8]
  package var ifKnown: KnownRule

  package init(envelope: Envelope, body: [UInt8], ifKnown: KnownRule = .report) {
    self.envelope = envelope
    self.body = body
    self.ifKnown = ifKnown
  }
}

/// A condition on streams: that nothing was appended to any of them since a position.
package struct UnchangedCondition: Sendable {
  package var streams: [StreamID]
  /// The first position that would break the condition.
  package var through: Position

  package init(streams: [StreamID], through: Position) {
    self.streams = streams
    self.through = through
  }
}

/// Events that are stored together or not at all, in one frame.
package struct AppendBatch: Sendable {
  package var records: [NewRecord]
  package var unchanged: UnchangedCondition?

  package init(_ records: [NewRecord], unchanged: UnchangedCondition? = nil) {
    self.records = records
    self.unchanged = unchanged
  }
}

/// A record of a batch whose id is stored already.
package struct KnownRecord: Equatable, Sendable {
  /// Its place in the batch.
  package var index: Int
  /// Where the event with its id stands.
  package var position: Position

  package init(index: Int, position: Position) {
    self.index = index
    self.position = position
  }
}

/// The answer to a batch, given only when it is durable.
package enum AppendOutcome: Equatable, Sendable {
  /// Stored: the position of each record, nil for one that was skipped as known.
  case stored([Position?])
  /// Nothing was stored, as these are known. What they hold is for the caller to compare.
  case known([KnownRecord])
  /// Nothing was stored, as this stream has an event at this position.
  case changed(StreamID, Position)
}
