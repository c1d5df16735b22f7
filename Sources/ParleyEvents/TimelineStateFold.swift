import ParleyEnvelope
import ParleySchemas

/// What is so now, from the entries in timeline order: the conversations, who serves, what is known, what waits.
struct TimelineStateFold {
  var timeline: Timeline
  let openings: [ConversationID: [TimelineItem]]
  let threads: [ConversationID: ConversationKeyRecord]
  private let customer: Set<Identity>
  private var conversations: [TimelineConversation] = []
  private var indexes: [ConversationID: Int] = [:]
  private var factIndexes: [String: Int] = [:]
  private var handoffIndexes: [Bytes16: Int] = [:]
  private var origins = ConversationOrigins()

  init(
    timeline: Timeline, openings: [ConversationID: [TimelineItem]],
    threads: [ConversationID: ConversationKeyRecord]
  ) {
    self.timeline = timeline
    customer = Set(timeline.identities.map(\.identity))
    self.openings = openings
    self.threads = threads
  }

  mutating func run() -> Timeline {
    for entry in timeline.entries { fold(entry) }
    // A conversation that was opened and holds nothing yet is one all the same.
    let unseen = openings.filter { indexes[$0.key] == nil }
    for (id, items) in unseen.sorted(by: { $0.value[0].order < $1.value[0].order }) {
      _ = index(of: id, items[0].envelope.channel)
    }
    for index in conversations.indices {
      conversations[index].origin = origins.origin(of: conversations[index].id)
    }
    timeline.conversations = conversations
    timeline.unanswered = TimelineUnanswered.found(in: timeline)
    return timeline
  }

  // MARK: - Entries

  private mutating func fold(_ entry: TimelineEntry) {
    let conversation = count(entry)
    takeName(entry.actor)
    switch entry.content {
    case .message(let message): foldMessage(message, entry, conversation)
    case .single(let body): foldSingle(body, entry, conversation)
    case .call, .gap: break
    }
  }

  /// The entry's conversation, with the entry counted; nil for one outside a conversation.
  private mutating func count(_ entry: TimelineEntry) -> Int? {
    guard !entry.conversation.isNone else { return nil }
    let index = index(of: entry.conversation, entry.channel)
    let isImported = entry.marks.contains(.imported)
    conversations[index].isImported =
      isImported && (conversations[index].isImported || conversations[index].entryCount == 0)
    conversations[index].entryCount += 1
    if conversations[index].firstTime == nil { conversations[index].firstTime = entry.time.time }
    conversations[index].lastTime = entry.time.time
    return index
  }

  private mutating func index(of id: ConversationID, _ channel: Channel) -> Int {
    if let index = indexes[id] { return index }
    var conversation = TimelineConversation(id: id, channel: channel, origin: id)
    conversation.key = threads[id]
    for item in openings[id] ?? [] { conversation.open(item) }
    indexes[id] = conversations.count
    conversations.append(conversation)
    return conversations.count - 1
  }

  private mutating func foldMessage(_ message: TimelineMessage, _ entry: TimelineEntry, _ conversation: Int?)
  {
    guard let conversation else { return }
    if conversations[conversation].subject.isEmpty {
      conversations[conversation].subject = message.revisions[0].subject
    }
    let isOurs = entry.actor.kind == .agent || entry.actor.kind == .bot
    guard isOurs, entry.isAnswer, !entry.actor.actor.isEmpty else { return }
    conversations[conversation].server = TimelineServer(
      who: entry.actor.actor, basis: .answered, position: entry.position)
  }

  private mutating func foldSingle(_ body: Event.Body, _ entry: TimelineEntry, _ conversation: Int?) {
    switch body {
    case .conversationStatusChanged(let body): change(conversation) { $0.take(body, entry.position) }
    case .conversationClassified(let body): change(conversation) { $0.take(body) }
    case .conversationParticipantChanged(let body): change(conversation) { $0.take(body, entry.position) }
    case .conversationRelated(let body):
      change(conversation) { $0.take(body, entry.position) }
      origins.take(body, of: entry.conversation)
    case .workFactStated(let body): state(body, entry)
    case .workAttemptRecorded(let body):
      timeline.attempts.append(
        TimelineAttempt(
          position: entry.position, time: entry.time.time, conversation: entry.conversation, step: body.step,
          outcome: body.outcome))
    case .workQuestionAsked(let body): ask(body, entry)
    case .handoffRequested, .handoffSettled, .handoffBriefGiven, .handoffContextRead: handOff(body, entry)
    default: break
    }
  }

  private mutating func change(_ conversation: Int?, _ body: (inout TimelineConversation) -> Void) {
    if let conversation { body(&conversations[conversation]) }
  }

  /// The name with which a customer's identity wrote last.
  private mutating func takeName(_ actor: TimelineActor) {
    guard let identity = actor.identity, !actor.name.isEmpty, customer.contains(identity) else { return }
    timeline.senderNames[identity] = actor.name
  }

  // MARK: - Facts and questions

  private mutating func state(_ body: WorkFactStated, _ entry: TimelineEntry) {
    var fact = TimelineFact(
      position: entry.position, time: entry.time.time, conversation: entry.conversation, name: body.factName,
      value: body.factValue, isChecked: body.checked)
    timeline.questions.removeAll { $0.factName == body.factName && !body.factName.isEmpty }
    guard let index = factIndexes[body.factName] else {
      factIndexes[body.factName] = timeline.facts.count
      return timeline.facts.append(fact)
    }
    fact.replaced = timeline.facts[index].replaced + [timeline.facts[index].position]
    timeline.facts[index] = fact
  }

  /// A question with an answer closes the same question asked before it; one from a customer is not ours.
  private mutating func ask(_ body: WorkQuestionAsked, _ entry: TimelineEntry) {
    guard entry.direction != .inbound else { return }
    let question = TimelineQuestion(
      position: entry.position, time: entry.time.time, conversation: entry.conversation,
      question: body.question,
      factName: body.factName)
    timeline.questions.removeAll {
      $0.question == question.question && $0.factName == question.factName
        && $0.conversation == question.conversation
    }
    if !body.hasAnsweredBy { timeline.questions.append(question) }
  }

  // MARK: - Handoffs

  private mutating func handOff(_ body: Event.Body, _ entry: TimelineEntry) {
    guard let id = body.handoffID else { return }
    if handoffIndexes[id] == nil {
      handoffIndexes[id] = timeline.handoffs.count
      timeline.handoffs.append(TimelineHandoff(id: id))
    }
    guard let index = handoffIndexes[id] else { return }
    timeline.handoffs[index].take(body, entry)
    guard case .handoffSettled(let settled) = body, settled.outcome == .accepted else { return }
    accept(settled, timeline.handoffs[index], entry)
  }

  /// Whoever accepts serves from then on, in the newer conversation when there is one.
  private mutating func accept(_ settled: HandoffSettled, _ handoff: TimelineHandoff, _ entry: TimelineEntry)
  {
    let newer = Bytes16(settled.newerConversationID).map(ConversationID.init(rawValue:))
    let older = handoff.conversation.isNone ? entry.conversation : handoff.conversation
    if let newer, !older.isNone { origins.join(newer, to: older) }
    let who = settled.hasReceiver ? settled.receiver.shownName : handoff.receiver
    for id in [older, newer ?? .none] where !id.isNone && !who.isEmpty {
      let index = index(of: id, entry.channel)
      conversations[index].server = TimelineServer(who: who, basis: .handoff, position: entry.position)
    }
  }
}

// MARK: - Conversations

extension TimelineConversation {
  fileprivate mutating func open(_ item: TimelineItem) {
    positions.append(contentsOf: item.positions)
    guard case .conversationOpened(let body) = item.event.body else { return }
    if body.hasKey { key = body.key }
    if subject.isEmpty { subject = body.subject }
    if touchpoint.isEmpty { touchpoint = body.touchpointName }
  }

  fileprivate mutating func take(_ body: ConversationStatusChanged, _ position: Position) {
    status = body.status
    statusPosition = position
    snoozedUntil = body.hasSnoozedUntil ? body.snoozedUntil.shown : nil
  }

  fileprivate mutating func take(_ body: ConversationClassified) {
    if body.labelsSet || !body.labels.isEmpty { labels = body.labels }
    if !body.topic.isEmpty { topic = body.topic }
    if body.priority != .unspecified { priority = body.priority }
  }

  fileprivate mutating func take(_ body: ConversationParticipantChanged, _ position: Position) {
    let actor = body.participant.actor
    guard body.hasParticipant, !actor.isEmpty else { return }
    if body.change == .joined { server = TimelineServer(who: actor, basis: .joined, position: position) }
    if body.change == .left, server?.who == actor { server = nil }
  }

  fileprivate mutating func take(_ body: ConversationRelated, _ position: Position) {
    guard let bytes = Bytes16(body.conversationID) else { return }
    let relation = Relation(
      relation: body.relation, other: ConversationID(rawValue: bytes), position: position)
    relations.removeAll { $0.relation == relation.relation && $0.other == relation.other }
    if !body.ended { relations.append(relation) }
  }
}

/// Which conversations go on with which: the first of a chain stands for all of it.
private struct ConversationOrigins {
  private var before: [ConversationID: ConversationID] = [:]

  mutating func take(_ body: ConversationRelated, of id: ConversationID) {
    guard let bytes = Bytes16(body.conversationID), !id.isNone else { return }
    guard body.relation == .continues || body.relation == .mergedInto else { return }
    let other = ConversationID(rawValue: bytes)
    if !body.ended { join(id, to: other) } else if before[id] == other { before[id] = nil }
  }

  mutating func join(_ id: ConversationID, to other: ConversationID) {
    // A circle has no first one: the link that would close it is left out.
    guard origin(of: other) != id, id != other else { return }
    before[id] = other
  }

  func origin(of id: ConversationID) -> ConversationID {
    var origin = id
    var steps = 0
    while let next = before[origin], steps <= before.count {
      origin = next
      steps += 1
    }
    return origin
  }
}

// MARK: - Handoffs

extension TimelineHandoff {
  fileprivate mutating func take(_ body: Event.Body, _ entry: TimelineEntry) {
    positions.append(entry.position)
    switch body {
    case .handoffRequested(let body):
      conversation = Bytes16(body.conversationID).map(ConversationID.init(rawValue:)) ?? entry.conversation
      giver = body.hasGiver ? body.giver.shownName : entry.actor.actor
      receiver = body.receiver.shownName
      reason = body.reason
      note = body.note
    case .handoffSettled(let body):
      outcome = body.outcome
      if body.hasReceiver { receiver = body.receiver.shownName }
    case .handoffBriefGiven(let body): briefThrough = Position(rawValue: body.throughPosition)
    case .handoffContextRead: isContextRead = true
    default: break
    }
  }
}

extension Event.Body {
  /// The handoff that an event is about.
  fileprivate var handoffID: Bytes16? {
    switch self {
    case .handoffRequested(let body): Bytes16(body.handoffID)
    case .handoffSettled(let body): Bytes16(body.handoffID)
    case .handoffBriefGiven(let body): Bytes16(body.handoffID)
    case .handoffContextRead(let body): Bytes16(body.handoffID)
    default: nil
    }
  }
}

extension Place {
  /// The place in one word: the narrowest thing it names.
  var shownName: String {
    if !actor.isEmpty { return actor }
    for (kind, value) in [
      ("queue", queue), ("team", team), ("organization", organization), ("function", function),
      ("channel", medium),
    ] where !value.isEmpty { return "\(kind):\(value)" }
    return tier > 0 ? "tier:\(tier)" : ""
  }
}
