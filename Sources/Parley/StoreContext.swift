import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// What every part of an open store needs.
struct StoreContext: Sendable {
  let ids: StoreIDs
  let normalization: Normalization
  let uses = FirstUses()

  /// The id that a new event has here.
  func id(of event: NewEvent) -> EventID { firstUse(of: event) ?? event.id { ids.hash($0) } }

  /// The id of a record by which another store, or this one, noted the first use of a stream or conversation; nil
  /// for other events.
  ///
  /// Such a record is passed on under this store's own id for it: what the store would record by itself is then
  /// there already, and stays there once, also when this store was first to see the stream.
  func firstUse(of event: NewEvent) -> EventID? {
    guard event.isPassedOn, event.kind == .identityObserved || event.kind == .conversationOpened else {
      return nil
    }
    // Adapters observe and open too: theirs name a source, and nothing that brought them about.
    guard let payload = event.body.payload, !payload.hasSource, !payload.causedBy.isEmpty else { return nil }
    if event.kind == .identityObserved { return stream(of: event).map(ids.observed) }
    return (event.knownIDs.conversation ?? event.conversation.map(ids.conversation)).map(ids.opened)
  }

  /// The stream of an identity that an event names, whichever store wrote it; nil for one that another normalization
  /// made, which keeps the stream it had.
  func stream(ofRecorded identity: Identity) -> StreamID? {
    identity.hasExactText ? ids.stream(of: identity.resolved(by: normalization)) : nil
  }

  private func stream(of event: NewEvent) -> StreamID? {
    event.knownIDs.stream ?? event.resolved(by: normalization).statedIdentity.map(ids.stream)
  }
}
