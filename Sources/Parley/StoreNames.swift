package import ParleyEnvelope
package import ParleyEvents
import ParleyLog

/// The readable names behind a store's keyed ids, looked up in the events by which the store recorded them first.
///
/// A look-up blocks on the disk when the name is not remembered; what can't be read counts as unknown.
package struct StoreNames: EventNames, Sendable {
  /// Names remembered of each sort.
  private static let namesMax = 65_536

  private let log: EventLog
  private let ids: StoreIDs
  private let identities = BoundedCache<StreamID, Identity>(entriesMax: namesMax)
  private let openings = BoundedCache<ConversationID, Opening>(entriesMax: namesMax)

  /// What a conversation's opening names.
  private struct Opening: Sendable {
    var key: ConversationKey?
    var touchpoint: Touchpoint?
  }

  init(log: EventLog, ids: StoreIDs) {
    self.log = log
    self.ids = ids
  }

  /// The identity that a stream is recorded under.
  package func identity(of stream: StreamID) -> Identity? {
    if let identity = identities[stream] { return identity }
    guard let event = event(ids.observed(stream)) ?? firstEvent(of: stream) else { return nil }
    return learnIdentity(of: stream, from: event)
  }

  /// A conversation's thread.
  package func conversation(of id: ConversationID) -> ConversationKey? {
    guard let key = opening(of: id)?.key else { return nil }
    return ids.conversation(key) == id ? key : nil
  }

  /// Remembers the name that an event states, if it is the one that a look-up would find: whoever reads a log in
  /// order and learns from each event hardly ever looks one up.
  package func learn(from event: Event) {
    let envelope = event.envelope
    switch event.kind {
    case .identityObserved where envelope.previous.isNone || event.id == ids.observed(envelope.stream):
      _ = learnIdentity(of: envelope.stream, from: event)
    case .conversationOpened where event.id == ids.opened(envelope.conversation):
      _ = learnOpening(of: envelope.conversation, from: event)
    default: break
    }
  }

  /// A case's number: no event of this version states one.
  package func caseKey(of id: CaseID) -> CaseKey? { nil }

  /// A touchpoint's name, as the conversation's opening states it: the keyed id proves that it is this one's.
  package func touchpoint(of id: TouchpointID, in conversation: ConversationID) -> Touchpoint? {
    guard let touchpoint = opening(of: conversation)?.touchpoint else { return nil }
    return ids.touchpoint(touchpoint) == id ? touchpoint : nil
  }

  private func learnIdentity(of stream: StreamID, from event: Event) -> Identity? {
    guard case .identityObserved(let body) = event.body, let identity = Identity(body.identity),
      ids.stream(of: identity) == stream
    else { return nil }
    identities[stream] = identity
    return identity
  }

  private func opening(of id: ConversationID) -> Opening? {
    openings[id] ?? event(ids.opened(id)).flatMap { learnOpening(of: id, from: $0) }
  }

  private func learnOpening(of id: ConversationID, from event: Event) -> Opening? {
    guard case .conversationOpened(let opened) = event.body else { return nil }
    let opening = Opening(
      key: opened.hasKey ? ConversationKey(opened.key) : nil,
      touchpoint: opened.touchpointName.isEmpty ? nil : Touchpoint(opened.touchpointName))
    openings[id] = opening
    return opening
  }

  private func event(_ id: EventID) -> Event? {
    guard let position = try? log.position(of: id) else { return nil }
    return event(at: position)
  }

  /// The first event of a stream: for a stream that came from another store, where ids are made with another key.
  private func firstEvent(of stream: StreamID) -> Event? {
    guard let first = try? log.positions(of: stream, before: .none, last: .max).first else { return nil }
    return event(at: first)
  }

  private func event(at position: Position) -> Event? {
    guard position < log.head, case .record(let record)? = try? log.read([position]).first else { return nil }
    return Event(record)
  }
}

extension ConversationStore {
  /// The readable names behind the store's keyed ids, for passing events on and for showing them.
  package var names: StoreNames { storeNames }
}
