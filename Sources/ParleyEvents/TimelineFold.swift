import ParleyEnvelope
import ParleySchemas

/// The fold: one pass over the events in timeline order that makes entries, one over what belongs to other entries
/// (edits, deliveries, files), one over the entries for what is so now.
///
/// A new kind gets a line in `fold`, a method in the file of its family, and its lines in `TimelineEntryJSON` and
/// `TimelineEntryText`; without them it is an entry that stands for itself.
struct TimelineFold {
  let input: TimelineInput
  let customer: Set<Identity>
  var timeline: Timeline
  var drafts: [TimelineDraft] = []
  var messages: [TimelineMessage] = []
  var calls: [TimelineCall] = []
  /// The draft that an event is folded into.
  var draftByEvent: [EventID: Int] = [:]
  /// The draft of a source's item; the first one when the source used an id twice.
  var draftByItem: [SourceItem: Int] = [:]
  var draftByCall: [SourceItem: Int] = [:]
  /// The draft of a fact about two identities, which is recorded in the stream of each.
  private var draftByLink: [LinkRecord.ID: Int] = [:]
  /// Items that belong to entries which may come later.
  var dependents: [TimelineItem] = []
  var openings: [ConversationID: [TimelineItem]] = [:]

  init(_ input: TimelineInput) {
    self.input = input
    customer = Set(input.identities.map(\.identity))
    timeline = Timeline(empty: input)
  }

  mutating func run() -> Timeline {
    let items = TimelineItem.ordered(input)
    drafts.reserveCapacity(items.count + input.gaps.count)
    messages.reserveCapacity(items.count)
    draftByEvent.reserveCapacity(items.count)
    draftByItem.reserveCapacity(items.count)
    for item in items { fold(item) }
    for item in dependents { attach(item) }
    addGaps()
    finishEntries()
    var state = TimelineStateFold(
      timeline: timeline, openings: openings, threads: input.threads)
    return state.run()
  }

  // MARK: - Kinds

  private mutating func fold(_ item: TimelineItem) {
    guard item.envelope.visibility != .restricted else { return addRestricted(item) }
    switch item.event.body {
    case .messageSent, .socialPosted, .noteAdded: addMessage(item)
    case .callStarted, .callLegChanged, .callTransferred, .callRecordingChanged, .callEnded: foldCall(item)
    case .messageEdited, .messageRetracted, .messageDeliveryUpdated, .socialEngagementChanged, .mediaStored:
      dependents.append(item)
    case .conversationOpened: openings[item.envelope.conversation, default: []].append(item)
    case .identityObserved(let body): observe(body, item)
    case .identityLinked, .identitySuggested, .identityRefused, .identitySeparated: addLink(item)
    default: addSingle(item)
    }
  }

  private mutating func attach(_ item: TimelineItem) {
    switch item.event.body {
    case .messageEdited(let body): attachEdit(body, item)
    case .messageRetracted(let body): attachRetraction(body, item)
    case .messageDeliveryUpdated(let body): attachDelivery(body, item)
    case .socialEngagementChanged(let body): attachEngagement(body, item)
    case .mediaStored(let body): attachMedia(body, item)
    default: addSingle(item)
    }
  }

  // MARK: - Drafts

  /// An entry of its own for one event.
  mutating func addSingle(_ item: TimelineItem) { add(item, .single) }

  /// One entry for a fact about two identities, however many of its copies are the customer's.
  private mutating func addLink(_ item: TimelineItem) {
    guard let link = LinkRecord(item.event)?.id else { return addSingle(item) }
    if let index = draftByLink[link] { return count(item, into: index) }
    draftByLink[link] = add(item, .single)
  }

  @discardableResult
  mutating func add(_ item: TimelineItem, _ content: TimelineDraft.Content) -> Int {
    let index = drafts.count
    drafts.append(TimelineDraft(item: item, content: content, positions: item.positions))
    draftByEvent[item.event.id] = index
    return index
  }

  /// Counts an event into the entry of another one.
  mutating func count(_ item: TimelineItem, into index: Int) {
    drafts[index].positions.append(contentsOf: item.positions)
    draftByEvent[item.event.id] = index
  }

  private mutating func addRestricted(_ item: TimelineItem) {
    let gap = TimelineGap(
      first: item.position, last: item.position, reason: .restricted, envelope: item.envelope)
    add(item, .gap(gap))
  }

  private mutating func addGaps() {
    guard !input.gaps.isEmpty else { return }
    let known =
      (input.events.lazy.map { ($0.event.position, $0.event.envelope) }
      + input.gaps.compactMap { gap in gap.envelope.map { (gap.first, $0) } }).sorted { $0.0 < $1.0 }
    for gap in input.gaps.sorted(by: { ($0.first, $0.last) < ($1.first, $1.last) }) {
      guard input.through.isNone || gap.first <= input.through else { continue }
      let after = known.partitioningIndex { $0.0 >= gap.first }
      let neighbor = after > 0 ? known[after - 1].1 : known.first?.1
      addGap(gap, beside: neighbor ?? Envelope())
    }
  }

  /// Where nothing is known of a gap's time, it stands at that of its neighbor by position, behind it.
  private mutating func addGap(_ gap: TimelineGap, beside neighbor: Envelope) {
    if let envelope = gap.envelope {
      add(TimelineItem(Event(unreadableAt: gap.first, envelope: envelope), nil), .gap(gap))
      return
    }
    var envelope = Envelope()
    envelope.occurredAt = neighbor.occurredAt
    envelope.utcOffset = neighbor.utcOffset
    envelope.precision = neighbor.precision
    envelope.recordedAt = neighbor.recordedAt
    envelope.sourceOrder = neighbor.sourceOrder
    var item = TimelineItem(Event(unreadableAt: gap.first, envelope: envelope), nil)
    // What is unusual about the neighbor's time is not about this.
    item.marks = []
    add(item, .gap(gap))
  }

  /// What was observed of an identity stands with the identity.
  private mutating func observe(_ body: IdentityObserved, _ item: TimelineItem) {
    let observed = body.hasIdentity ? body.identity.shown : nil
    guard let index = timeline.identities.firstIndex(where: { $0.identity == observed }) else {
      return addSingle(item)
    }
    timeline.identities[index].observe(body, item.position)
  }

  /// The draft that a reference points to: by the event's id, else by the item's id in its source.
  func draft(_ reference: EventReference, from source: SourceRecord) -> Int? {
    if let bytes = Bytes16(reference.eventID), let index = draftByEvent[EventID(rawValue: bytes)] {
      return index
    }
    guard !reference.nativeID.isEmpty else { return nil }
    let system = reference.system.isEmpty ? source.system : reference.system
    return draftByItem[SourceItem(system: system, account: source.account, id: reference.nativeID)]
      ?? draftByItem[SourceItem(system: system, account: "", id: reference.nativeID)]
  }

  // MARK: - Entries

  private mutating func finishEntries() {
    var order = Array(drafts.indices)
    order.sort { drafts[$0].item.order < drafts[$1].item.order }
    timeline.entries = order.map { entry(drafts[$0]) }
  }

  private func entry(_ draft: TimelineDraft) -> TimelineEntry {
    let item = draft.item
    return TimelineEntry(
      position: item.position, positions: draft.positions.sorted(), event: item.event.id,
      kind: item.event.kind,
      time: item.time, occurredAt: item.envelope.occurredAt, recordedAt: item.envelope.recordedAt,
      statedAt: item.event.body.statedAt, marks: item.marks, conversation: item.envelope.conversation,
      channel: item.envelope.channel, direction: item.envelope.direction,
      visibility: item.envelope.visibility,
      actor: actor(of: item), reason: item.reason, content: content(of: draft))
  }

  private func content(of draft: TimelineDraft) -> TimelineEntry.Content {
    switch draft.content {
    case .message(let index): .message(messages[index])
    case .call(let index): .call(calls[index])
    case .single: .single(draft.item.event.body)
    case .gap(let gap): .gap(gap)
    }
  }

  /// Who acted: one of us by the body's actor, a customer by the stream or the sender.
  func actor(of item: TimelineItem) -> TimelineActor {
    let common = item.event.body.actorFields
    var actor = TimelineActor(kind: item.envelope.actorKind, actor: common.actor, name: common.name)
    let sender = item.event.body.sender
    if actor.name.isEmpty, let sender { actor.name = sender.name }
    if actor.actor.isEmpty, let sender { actor.actor = sender.actor }
    guard actor.actor.isEmpty, item.envelope.direction != .outbound else { return actor }
    actor.identity = sender?.shownIdentity
    if actor.identity == nil, sender == nil, case .own(let identity) = item.reason, actor.kind == .customer {
      actor.identity = identity
    }
    return actor
  }
}

/// An entry in the making.
struct TimelineDraft {
  enum Content {
    case message(Int)
    case call(Int)
    case single
    case gap(TimelineGap)
  }
  /// The event that gives the entry its time.
  var item: TimelineItem
  var content: Content
  var positions: [Position]
}

/// A source's name for one of its items.
struct SourceItem: Hashable {
  var system: String
  var account: String
  var id: String
}

extension Array {
  /// The index of the first element that a condition holds for, when it holds for all after it too.
  fileprivate func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
