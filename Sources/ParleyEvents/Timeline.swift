public import ParleyEnvelope

/// A customer's events folded into what happened, in the order in which it happened, and what is so now.
///
/// A pure function of the events through a position, an instant and the version of the rules: equal arguments give
/// equal values, and equal bytes in `json()`, whatever is linked or appended later.
///
/// ```swift
/// let seen = try await store.timeline(of: ana, for: .agent("kim"), last: 50)
/// for entry in seen.entries { print(entry.time.time, entry.channel) }
/// print(seen.text())
/// ```
///
/// Entries stand in order of effective time, then source order, then position (`EffectiveTime`). Every event is in
/// exactly one entry's positions, or in a conversation's.
public struct Timeline: Hashable, Sendable {
  /// The rules it was folded by.
  public internal(set) var version: FoldVersion
  /// The last position that is included; `.none` for an empty log.
  public internal(set) var position: Position
  /// The instant at which it was read.
  public internal(set) var instant: Timestamp
  /// Who looks.
  public internal(set) var viewer: Viewer
  /// What an append can be made to depend on: that nothing has happened to the customer since.
  public internal(set) var condition: TimelineCondition
  /// The customer's identities, in their order, and how they are joined.
  public internal(set) var identities: [TimelineIdentity]
  /// What may belong to the customer: named, never shown.
  public internal(set) var suggestions: [TimelineSuggestion]
  /// The names with which the customer's identities wrote last; nothing of the other identities it meets.
  var senderNames: [Identity: String] = [:]
  /// What happened. After `windowed`, a part of it.
  public internal(set) var entries: [TimelineEntry] = []
  /// What a window leaves out; nothing for a whole timeline.
  public internal(set) var omitted = TimelineOmitted()
  /// Every conversation, in the order of their first entries.
  public internal(set) var conversations: [TimelineConversation] = []
  /// What waits for an answer, the longest wait first.
  public internal(set) var unanswered: [TimelineUnanswered] = []
  /// What is known, a fact a name: the last statement, with the earlier ones it replaces.
  public internal(set) var facts: [TimelineFact] = []
  /// What was tried.
  public internal(set) var attempts: [TimelineAttempt] = []
  /// What we asked and nobody has answered.
  public internal(set) var questions: [TimelineQuestion] = []
  /// Handoffs, in the order of their first events.
  public internal(set) var handoffs: [TimelineHandoff] = []

  /// Folds events into a timeline. Takes time in proportion to n log n of the events.
  package init(_ input: TimelineInput) {
    var fold = TimelineFold(input)
    self = fold.run()
  }

  init(empty input: TimelineInput) {
    version = input.version
    position = input.through
    instant = input.instant
    viewer = input.viewer
    condition = TimelineCondition(through: input.through, streams: Set(input.streams).sorted())
    identities = input.identities.sorted { ($0.identity, $0.stream) < ($1.identity, $1.stream) }
    suggestions = input.suggestions.sorted {
      // A conversation's id is a keyed hash, and comes last: the order is the same under every key.
      ($0.identity, $0.position, $0.conversation) < ($1.identity, $1.position, $1.conversation)
    }
  }

  /// Conversations that wait for somebody, at the timeline's instant.
  public var openConversations: [TimelineConversation] { conversations.filter { $0.isOpen(at: instant) } }
}

/// What a timeline was read from, to be handed back with an append: nothing new may have come since.
///
/// Opaque: a position, and every stream that was folded. Only the store looks inside.
public struct TimelineCondition: Hashable, Sendable {
  /// The last position that was included; `.none` for an empty log.
  package var through: Position
  /// The streams, ascending.
  package var streams: [StreamID]

  package init(through: Position, streams: [StreamID]) {
    self.through = through
    self.streams = streams
  }
}
