import Crypto
package import ParleyEnvelope
package import ParleyEvents

/// Makes the ids of one store: HMAC-SHA256 under the store's key over a purpose and length-prefixed parts, cut to
/// sixteen (touchpoints: eight) bytes. `Schemas/ids.md` defines the input of each.
///
/// Equal arguments give equal ids for ever. About 1 µs an id; those asked for again and again are kept in bounded
/// caches, so any number of callers may share one value.
package struct StoreIDs: Sendable {
  /// Entries of each cache.
  static let cachedIDsMax = 65_536

  /// The keyed hash before any input: copied for each id, so that the key is worked in once.
  private let keyed: HMAC<SHA256>
  // By the input's bytes rather than by the value made of it: Swift's strings are equal when they look the same,
  // also where their bytes, and so their ids, differ.
  private let streams = BoundedCache<ByteKey, Bytes16>(entriesMax: cachedIDsMax)
  private let conversations = BoundedCache<ByteKey, Bytes16>(entriesMax: cachedIDsMax)
  private let actors = BoundedCache<ByteKey, Bytes16>(entriesMax: cachedIDsMax)
  private let touchpoints = BoundedCache<ByteKey, Bytes16>(entriesMax: cachedIDsMax)

  /// The ids of a store with a key of 32 bytes.
  package init(key: [UInt8]) { keyed = HMAC(key: SymmetricKey(data: key)) }

  /// The stream of an identity, which has gone through the store's normalization.
  package func stream(of identity: Identity) -> StreamID {
    StreamID(rawValue: hash(identity.keyInput(), remembering: streams))
  }

  /// The conversation of a source's thread. The channel is no part of it.
  package func conversation(_ key: ConversationKey) -> ConversationID {
    ConversationID(rawValue: hash(key.keyInput(), remembering: conversations))
  }

  /// One of us.
  package func actor(_ actor: Actor) -> ActorID {
    ActorID(rawValue: hash(actor.keyInput(), remembering: actors))
  }

  /// A case.
  package func caseID(_ key: CaseKey) -> CaseID { CaseID(rawValue: hash(key.keyInput())) }

  /// Our side of a contact: the first eight bytes.
  package func touchpoint(_ touchpoint: Touchpoint) -> TouchpointID {
    TouchpointID(rawValue: hash(touchpoint.keyInput(), remembering: touchpoints).high)
  }

  /// The first sixteen bytes of the keyed hash of an input that begins with its purpose.
  package func hash(_ input: [UInt8]) -> Bytes16 {
    var authenticator = keyed
    authenticator.update(data: input)
    return Bytes16(beginning: authenticator.finalize())
  }

  private func hash(_ input: [UInt8], remembering cache: BoundedCache<ByteKey, Bytes16>) -> Bytes16 {
    cache.value(for: ByteKey(input)) { hash($0.bytes) }
  }
}

// MARK: - Events the store records itself

extension StoreIDs {
  /// `identity.observed` of a stream's first use.
  package func observed(_ stream: StreamID) -> EventID {
    EventID(rawValue: hash("parley-observed/v1", [stream.rawValue.bytes]))
  }

  /// `conversation.opened` of a conversation's first use.
  package func opened(_ conversation: ConversationID) -> EventID {
    EventID(rawValue: hash("parley-opened/v1", [conversation.rawValue.bytes]))
  }

  /// `identity.involved`, in the stream of another party of an event.
  package func involved(in event: EventID, _ stream: StreamID) -> EventID {
    EventID(rawValue: hash("parley-involved/v1", [event.rawValue.bytes, stream.rawValue.bytes]))
  }

  /// `conversation.participant_changed`, by which a later message of a conversation presented an identity.
  package func presented(_ identity: StreamID, trust: IdentityTrust, in part: (ConversationID, StreamID))
    -> EventID
  {
    EventID(
      rawValue: hash(
        "parley-presented/v1",
        [part.0.rawValue.bytes, part.1.rawValue.bytes, identity.rawValue.bytes, [trust.rawValue]]))
  }

  /// The event by which a fact about a link stands in one of the streams it touches.
  package func fact(of kind: EventKind, link: Bytes16, in stream: StreamID) -> EventID {
    let code = [UInt8(truncatingIfNeeded: kind.rawValue), UInt8(truncatingIfNeeded: kind.rawValue >> 8)]
    return EventID(rawValue: hash("parley-link-fact/v1", [code, link.bytes, stream.rawValue.bytes]))
  }

  /// The link that one contact presented: the same however often the contact repeats it, whichever side is named
  /// first. Without a conversation, the contact is the event.
  package func presentedLink(_ one: StreamID, _ other: StreamID, trust: IdentityTrust, contact: Bytes16)
    -> Bytes16
  {
    let sides = [one, other].sorted().map(\.rawValue.bytes)
    return hash("parley-presented-link/v1", sides + [[trust.rawValue], contact.bytes])
  }
}

// MARK: - Inputs

extension StoreIDs {
  private func hash(_ purpose: String, _ parts: [[UInt8]]) -> Bytes16 {
    var input = KeyInput(purpose: purpose)
    for part in parts { input.append(part) }
    return hash(input.bytes)
  }
}

extension Bytes16 {
  /// The first sixteen bytes of a keyed hash.
  fileprivate init(beginning code: HMAC<SHA256>.MAC) {
    self.init(high: 0, low: 0)
    var bytes = code.makeIterator()
    for _ in 0..<8 { high = high << 8 | UInt64(bytes.next() ?? 0) }
    for _ in 0..<8 { low = low << 8 | UInt64(bytes.next() ?? 0) }
  }
}
