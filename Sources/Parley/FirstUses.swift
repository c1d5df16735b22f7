import ParleyEnvelope

/// Which streams and conversations are known to have been used, so that their `observed` and `opened` events need
/// not be made again and again. What is not remembered here may still be used: the log decides.
struct FirstUses: Sendable {
  /// A conversation's customer and medium, as its `conversation.opened` has them.
  struct Opening: Hashable, Sendable {
    var stream: StreamID
    var channel: Channel
  }

  /// Streams, and conversations, remembered: at least half of these are those used last. For what is not, each of its
  /// events costs another record and a look-up in every segment, so this is more than may be in use at once; it
  /// takes some 25 MB when it is full.
  static let usesMax = 262_144

  private let streams = BoundedCache<StreamID, Bool>(entriesMax: usesMax)
  private let conversations = BoundedCache<ConversationID, Opening>(entriesMax: usesMax)

  /// Whether the stream's identity is recorded for certain.
  func isObserved(_ stream: StreamID) -> Bool { streams[stream] ?? false }

  /// How the conversation was opened, when that is remembered.
  func opening(of conversation: ConversationID) -> Opening? { conversations[conversation] }

  /// Remembers what is durable.
  func remember(streams observed: some Sequence<StreamID>, openings: [ConversationID: Opening]) {
    for stream in observed { streams[stream] = true }
    for (conversation, opening) in openings { conversations[conversation] = opening }
  }
}
