import ParleyEnvelope
import ParleyEvents

/// What has to be looked up in the store before new events can be laid out for it.
struct AppendNeeds: Equatable {
  /// Events that are answered.
  var targets: Set<Position> = []
  /// Conversations of which the customer or medium is not stated, or into which something is presented.
  var conversations: Set<ConversationID> = []
  /// Identities that were presented with proof, and those they came with, by the event that does: whether they are
  /// joined depends on both customers.
  var customers: [EventID: Set<Identity>] = [:]

  var isEmpty: Bool { targets.isEmpty && conversations.isEmpty && customers.isEmpty }

  /// Adds what a new event needs.
  mutating func add(_ event: NewEvent, _ id: EventID, in context: StoreContext) {
    if let target = event.inReplyTo { targets.insert(target) }
    if event.presented.contains(where: { $0.trust == .verified }) {
      addCustomers(event.resolved(by: context.normalization), id)
    }
    guard needsOpening(event),
      let conversation = event.knownIDs.conversation ?? event.conversation.map(context.ids.conversation),
      context.uses.opening(of: conversation) == nil
    else { return }
    conversations.insert(conversation)
  }

  private mutating func addCustomers(_ event: NewEvent, _ id: EventID) {
    guard let identity = event.statedIdentity else { return }
    let verified = event.presented.filter { $0.trust == .verified }.map(\.identity)
    customers[id] = Set(verified + [identity])
  }

  private func needsOpening(_ event: NewEvent) -> Bool {
    let hasStream = event.knownIDs.stream != nil || event.statedIdentity != nil || event.inReplyTo != nil
    return !hasStream || event.effectiveChannel == .unspecified || !event.presented.isEmpty
  }
}

/// What was found about `AppendNeeds`.
struct AppendFacts: Sendable {
  /// The envelopes of events that are answered.
  var targets: [Position: Envelope] = [:]
  /// What of the events that are answered can't be read.
  var damagedTargets: [Position: DamagedEvents] = [:]
  /// How conversations were opened, for those that were.
  var openings: [ConversationID: FirstUses.Opening] = [:]
  /// What may hide how the other conversations were opened.
  var damagedOpenings: [ConversationID: DamagedEvents] = [:]
  /// What the customers hold that links are asked for, by identity; an identity that is not here stands alone.
  var holdings: [Identity: LinkHoldings] = [:]
  /// The streams that the holdings were read from, and up to where.
  var judged: TimelineCondition?
}
