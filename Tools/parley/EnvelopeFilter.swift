import ParleyEnvelope

/// Which events a command looks at, by their envelopes alone. All conditions that are set must hold, but for those of
/// kinds that are admitted whatever else is asked.
struct EnvelopeFilter {
  var since: Timestamp?
  var until: Timestamp?
  var kinds: Set<EventKind> = []
  var channels: Set<Channel> = []
  var stream: StreamID?
  var conversation: ConversationID?
  var actor: ActorID?
  /// Kinds that name what other events only point to.
  var alsoAdmitted: Set<EventKind> = []

  /// Whether an event is looked at.
  func admits(_ envelope: Envelope) -> Bool {
    if alsoAdmitted.contains(envelope.kind) { return true }
    if let since, envelope.recordedAt < since { return false }
    if !kinds.isEmpty && !kinds.contains(envelope.kind) { return false }
    if !channels.isEmpty && !channels.contains(envelope.channel) { return false }
    if let stream, envelope.stream != stream { return false }
    if let conversation, envelope.conversation != conversation { return false }
    if let actor, envelope.actor != actor { return false }
    return true
  }

  /// Whether this event and, since the log's clock never goes back, all after it are too late.
  func isPast(_ envelope: Envelope) -> Bool { until.map { envelope.recordedAt >= $0 } ?? false }
}
