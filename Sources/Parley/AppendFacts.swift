import ParleyEnvelope
import ParleyEvents

/// What has to be looked up in the store before new events can be laid out for it.
struct AppendNeeds: Equatable {
  /// Events that are answered.
  var targets: Set<Position> = []
  /// Conversations of which the customer or medium is not stated, or into which something is presented.
  var conversations: Set<ConversationID> = []
  /// Verified identities that were presented, by the event that does: whether to follow the link depends on both
  /// customers.
  var links: [EventID: Set<LinkQuestion>] = [:]

  var isEmpty: Bool { targets.isEmpty && conversations.isEmpty && links.isEmpty }

  /// Adds what a new event needs.
  mutating func add(_ event: NewEvent, _ id: EventID, in context: StoreContext) {
    let event = event.resolved(by: context.normalization)
    if let target = event.inReplyTo { targets.insert(target) }
    let questions = AppendPlanner.questions(of: event)
    if !questions.isEmpty { links[id] = Set(questions) }
    guard let conversation = event.knownIDs.conversation ?? event.conversation.map(context.ids.conversation),
      needsOpening(event, context.uses.opening(of: conversation))
    else { return }
    conversations.insert(conversation)
  }

  private func needsOpening(_ event: NewEvent, _ opening: FirstUses.Opening?) -> Bool {
    guard opening == nil else { return false }
    let hasStream = event.knownIDs.stream != nil || event.statedIdentity != nil || event.inReplyTo != nil
    return !hasStream || event.effectiveChannel == .unspecified || !event.presented.isEmpty
  }
}

/// Whether two identities that one contact showed with proof may be joined.
struct LinkQuestion: Hashable, Sendable {
  var first: Identity
  var second: Identity
  var trust: IdentityTrust
}

/// What was found about `AppendNeeds`.
struct AppendFacts: Sendable {
  /// The envelopes of events that are answered.
  var targets: [Position: Envelope] = [:]
  /// How conversations were opened, for those that were.
  var openings: [ConversationID: FirstUses.Opening] = [:]
  /// What the rules say to links.
  var verdicts: [LinkQuestion: LinkVerdict] = [:]
  /// The streams that the verdicts were made from, and up to where they were read.
  var judged: TimelineCondition?
}

/// What the rules say to a link.
enum LinkVerdict: Hashable, Sendable {
  /// It is followed from now on.
  case followed
  /// The two are one customer already.
  case alreadyJoined
  /// It is not made, for a reason that is recorded.
  case refused(IdentityRefused.Ground, String)
}
