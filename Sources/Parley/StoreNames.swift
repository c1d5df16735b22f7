package import ParleyEnvelope
package import ParleyEvents
import ParleyLog

/// The readable names behind a store's keyed ids, looked up in the events by which the store recorded them first.
///
/// A look-up blocks on the disk when the name is not remembered; what can't be read counts as unknown.
package struct StoreNames: EventNames, Sendable {
  /// Names remembered of each sort.
  private static let namesMax = 16_384

  private let log: EventLog
  private let ids: StoreIDs
  private let identities = BoundedCache<StreamID, Identity>(entriesMax: namesMax)
  private let openings = BoundedCache<ConversationID, ConversationOpened>(entriesMax: namesMax)

  init(log: EventLog, ids: StoreIDs) {
    self.log = log
    self.ids = ids
  }

  /// The identity that a stream is recorded under.
  package func identity(of stream: StreamID) -> Identity? {
    if let identity = identities[stream] { return identity }
    guard
      case .identityObserved(let body)? = event(ids.observed(stream))?.body ?? firstEvent(of: stream)?.body,
      let identity = Identity(body.identity), ids.stream(of: identity) == stream
    else { return nil }
    identities[stream] = identity
    return identity
  }

  /// A conversation's thread.
  package func conversation(of id: ConversationID) -> ConversationKey? {
    guard let opening = opening(of: id), opening.hasKey else { return nil }
    let key = ConversationKey(opening.key)
    return ids.conversation(key) == id ? key : nil
  }

  /// A case's number: no event of this version states one.
  package func caseKey(of id: CaseID) -> CaseKey? { nil }

  /// A touchpoint's name, as the conversation's opening states it: the keyed id proves that it is this one's.
  package func touchpoint(of id: TouchpointID, in conversation: ConversationID) -> Touchpoint? {
    guard let opening = opening(of: conversation), !opening.touchpointName.isEmpty else { return nil }
    let touchpoint = Touchpoint(opening.touchpointName)
    return ids.touchpoint(touchpoint) == id ? touchpoint : nil
  }

  private func opening(of id: ConversationID) -> ConversationOpened? {
    if let opening = openings[id] { return opening }
    guard case .conversationOpened(let opening)? = event(ids.opened(id))?.body else { return nil }
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
