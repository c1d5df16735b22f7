import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// Lays new events out for the log: finds the stream, conversation and ids of each, and puts beside it what the
/// store records itself.
///
/// Pure: everything it knows of the store comes in with `facts` and `uses`.
struct AppendPlanner {
  /// The stream of what concerns the store and no customer.
  static let systemIdentity = Identity(storedKind: .system, scope: "", value: "store")

  let ids: StoreIDs
  let normalization: Normalization
  let uses: FirstUses
  let facts: AppendFacts
  /// Ids that the caller's own events have: what the store would add under one of them is there already.
  let ownIDs: Set<EventID>
  /// What customers hold, as links of this batch join them.
  var holdings: [Identity: LinkHoldings]
  var plan = AppendPlan()

  init(_ context: StoreContext, facts: AppendFacts = AppendFacts(), ownIDs: Set<EventID> = []) {
    ids = context.ids
    normalization = context.normalization
    uses = context.uses
    self.facts = facts
    holdings = facts.holdings
    self.ownIDs = ownIDs
  }

  /// Adds a new event, the `index`th of its batch, and what the store records with it.
  mutating func add(_ event: NewEvent, _ id: EventID, at index: Int) throws(StoreError) {
    var event = event.resolved(by: normalization)
    let target = try target(of: event, at: index)
    if let target { event.answer(target) }
    let body = try StoreError.wrappingEvents(index: index) { () throws(EventError) in try event.validate() }
    let conversation = conversation(of: event, target)
    let primary = try primary(of: event, conversation, target, at: index)
    guard !id.isNone, !primary.stream.isNone else {
      throw StoreError(
        .invalidEvent, "the event's id or its stream's is all zeros, which is none: leave it out",
        at: .init(index: index))
    }
    if event.effectiveChannel == .unspecified {
      event.channel = target?.channel ?? opening(of: conversation)?.channel
    }
    let envelope = envelope(of: event, id, stream: primary.stream, conversation, target)
    let involved = event.involved.map {
      (identity: $0.identity, role: $0.role, stream: ids.stream(of: $0.identity))
    }
    let opens = addFirstUses(of: event, envelope, identity: primary.identity, involved)
    plan.append(envelope, body, for: index)
    guard !event.isPassedOn else { return }
    addInvolved(involved, envelope)
    if let identity = primary.identity { addPresented(by: event, envelope, identity, opened: opens) }
  }
}

// MARK: - Where it belongs

extension AppendPlanner {
  private func target(of event: NewEvent, at index: Int) throws(StoreError) -> Envelope? {
    guard let position = event.inReplyTo else { return nil }
    if let target = facts.targets[position] { return target }
    if let damage = facts.damagedTargets[position] {
      throw StoreError(
        .damaged, "the event answers position \(position), which can't be read: \(damage.explanation)",
        at: .init(index: index, position: position))
    }
    throw StoreError(
      .noSuchEvent, "the event answers position \(position), where there is none",
      at: .init(index: index, position: position))
  }

  private func conversation(of event: NewEvent, _ target: Envelope?) -> ConversationID {
    event.knownIDs.conversation ?? event.conversation.map(ids.conversation) ?? target?.conversation ?? .none
  }

  /// How a conversation was opened, by what is known and what this batch has opened itself.
  func opening(of conversation: ConversationID) -> FirstUses.Opening? {
    guard !conversation.isNone else { return nil }
    return plan.openings[conversation] ?? facts.openings[conversation] ?? uses.opening(of: conversation)
  }

  /// The stream to record an event in, and its identity where the event says it.
  private func primary(
    of event: NewEvent, _ conversation: ConversationID, _ target: Envelope?, at index: Int
  ) throws(StoreError) -> (stream: StreamID, identity: Identity?) {
    let stated = event.statedIdentity.map { (stream: ids.stream(of: $0), identity: $0) }
    if let known = event.knownIDs.stream { return (known, stated?.stream == known ? stated?.identity : nil) }
    if let stated { return (stated.stream, stated.identity) }
    if let target { return (target.stream, nil) }
    if let opening = opening(of: conversation) { return (opening.stream, nil) }
    if let damage = facts.damagedOpenings[conversation] {
      throw StoreError(
        .damaged,
        "the event names no customer and answers no event, and what opened its conversation may be in what can't be "
          + "read: \(damage.explanation); say whom it is from, to or about", at: .init(index: index))
    }
    throw StoreError(
      .noStream,
      "the event names no customer, answers no event, and its conversation is not one that a customer opened: "
        + "say whom it is from, to or about", at: .init(index: index))
  }

  private func envelope(
    of event: NewEvent, _ id: EventID, stream: StreamID, _ conversation: ConversationID, _ target: Envelope?
  ) -> Envelope {
    var known = NewEvent.KnownIDs()
    known.stream = stream
    known.conversation = conversation
    known.actor = event.from.map { actor($0, as: event.effectiveActorKind) }
    known.caseID = event.caseKey.map(ids.caseID)
    known.touchpoint = event.touchpoint.map(ids.touchpoint) ?? target?.touchpoint
    return event.envelope(event: id, ids: known)
  }

  private func actor(_ party: Party, as kind: ActorKind) -> ActorID {
    switch party {
    case .identity(let identity): ActorID(rawValue: ids.stream(of: identity).rawValue)
    case .actor(let actor): ids.actor(actor)
    case .ours(let address): ids.actor(Actor(kind, address.description))
    }
  }
}

// MARK: - What the store records itself

extension AppendPlanner {
  /// Another customer of an event, and its stream.
  typealias Involved = (identity: Identity, role: Participant.Role, stream: StreamID)

  /// Before an event: `observed` for each stream and `opened` for the conversation, when this may be their first
  /// use. Says whether it opens the conversation.
  private mutating func addFirstUses(
    of event: NewEvent, _ envelope: Envelope, identity: Identity?, _ involved: [Involved]
  ) -> Bool {
    if event.kind == .identityObserved { plan.observed.insert(envelope.stream) }
    if let identity, isNew(envelope.stream) {
      addObserved(identity, isSender: event.from?.customer == identity, of: event, cause: envelope)
    }
    let opens = addOpened(by: event, envelope)
    for (identity, role, stream) in involved where isNew(stream) {
      addObserved(identity, isSender: role == .from, of: event, cause: envelope)
    }
    for presented in event.presented where presented.trust > .none {
      addObserved(presented.identity, trust: presented.trust, name: "", cause: envelope)
    }
    return opens
  }

  /// What the store's own records repeat of an event's text: the beginning of one that is larger than any name, so that
  /// they stay within the limit of a body. The event itself has all of it.
  private static func copied(_ text: String) -> String { text.cut(toUTF8: copiedBytesMax) }

  private static let copiedBytesMax = 16_384

  private func isNew(_ stream: StreamID) -> Bool {
    !uses.isObserved(stream) && !plan.observed.contains(stream)
  }

  private mutating func addObserved(
    _ identity: Identity, isSender: Bool, of event: NewEvent, cause: Envelope
  ) {
    let name = isSender ? event.fromName : event.recipients.first { $0.party.customer == identity }?.name
    addObserved(identity, trust: isSender ? .channel : .none, name: name ?? "", cause: cause)
  }

  mutating func addObserved(_ identity: Identity, trust: IdentityTrust, name: String, cause: Envelope) {
    let stream = ids.stream(of: identity)
    guard isNew(stream) else { return }
    plan.observed.insert(stream)
    var body = IdentityObserved()
    body.causedBy = cause.event.rawValue.data
    body.identity = identity.record
    body.trust = trust.record
    body.displayName = Self.copied(name)
    body.normalizationVersion = UInt32(normalization.version)
    add(Event.Body(body), id: ids.observed(stream), in: stream, cause: cause, keepsConversation: false)
  }

  private mutating func addOpened(by event: NewEvent, _ envelope: Envelope) -> Bool {
    guard let key = event.conversation, opening(of: envelope.conversation) == nil,
      event.knownIDs.conversation == nil || ids.conversation(key) == envelope.conversation
    else { return false }
    plan.openings[envelope.conversation] = .init(stream: envelope.stream, channel: envelope.channel)
    var body = ConversationOpened()
    body.causedBy = envelope.event.rawValue.data
    body.key = key.record
    if case .messageSent(let message) = event.body { body.subject = Self.copied(message.subject) }
    body.initiative = event.initiative
    body.touchpointName = event.touchpoint?.name ?? ""
    body.presented = event.presented.map(\.record)
    // One that says what was presented must not be left out silently: if it comes second, the log says so, and
    // what was presented is recorded on its own.
    add(
      Event.Body(body), id: ids.opened(envelope.conversation), in: envelope.stream, cause: envelope,
      ifKnown: event.presented.isEmpty ? .skip : .report)
    return true
  }

  /// After an event: a pointer in the stream of each other customer it involves.
  private mutating func addInvolved(_ involved: [Involved], _ envelope: Envelope) {
    for (_, role, stream) in involved where stream != envelope.stream {
      var body = IdentityInvolved()
      body.causedBy = envelope.event.rawValue.data
      body.eventID = envelope.event.rawValue.data
      body.streamID = envelope.stream.rawValue.data
      body.role = role
      add(
        Event.Body(body), id: ids.involved(in: envelope.event, stream), in: stream, cause: envelope)
    }
  }

  /// Adds one of the store's own events, at the time of the event that caused it.
  mutating func add(
    _ body: Event.Body, id: EventID, in stream: StreamID, cause: Envelope, keepsConversation: Bool = true,
    by actor: Actor? = nil, ifKnown: NewRecord.KnownRule = .skip
  ) {
    guard !ownIDs.contains(id) else { return }
    var envelope = Envelope()
    envelope.stream = stream
    envelope.event = id
    if keepsConversation {
      envelope.conversation = cause.conversation
      envelope.caseID = cause.caseID
      envelope.touchpoint = cause.touchpoint
    }
    envelope.occurredAt = cause.occurredAt
    envelope.sourceOrder = cause.sourceOrder
    envelope.kind = body.kind
    envelope.bodyVersion = body.version
    envelope.utcOffset = cause.utcOffset
    envelope.channel = cause.channel
    envelope.actor = actor.map(ids.actor) ?? .none
    envelope.actorKind = actor?.kind ?? .system
    envelope.direction = .internal
    envelope.visibility = .internal
    envelope.precision = cause.precision
    envelope.flags = cause.flags.intersection([.imported, .late])
    plan.append(own: envelope, body.bytes, ifKnown: ifKnown)
  }
}
