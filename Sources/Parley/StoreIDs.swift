import Crypto
import ParleyEnvelope
import ParleyEvents

/// Makes the ids of one store: HMAC-SHA256 under the store's key over a purpose and length-prefixed parts, cut to
/// sixteen (touchpoints: eight) bytes. `Schemas/ids.md` defines the input of each.
///
/// Equal arguments give equal ids for ever. About 1 µs an id; those asked for again and again are kept in bounded
/// caches, so any number of callers may share one value.
struct StoreIDs: Sendable {
  /// Entries of each cache.
  static let cachedIDsMax = 65_536

  /// The keyed hash before any input: copied for each id, so that the key is worked in once.
  private let keyed: HMAC<SHA256>
  // By the input's bytes rather than by the value made of it: Swift's strings are equal when they look the same,
  // also where their bytes, and so their ids, differ.
  private let streams = BoundedCache<[UInt8], Bytes16>(entriesMax: cachedIDsMax)
  private let conversations = BoundedCache<[UInt8], Bytes16>(entriesMax: cachedIDsMax)
  private let actors = BoundedCache<[UInt8], Bytes16>(entriesMax: cachedIDsMax)
  private let touchpoints = BoundedCache<[UInt8], Bytes16>(entriesMax: cachedIDsMax)

  /// The ids of a store with a key of 32 bytes.
  init(key: [UInt8]) { keyed = HMAC(key: SymmetricKey(data: key)) }

  /// The stream of an identity, which has gone through the store's normalization.
  func stream(of identity: Identity) -> StreamID {
    let input = KeyInput(purpose: "parley-stream/v1").bytes + identity.streamInput()
    return StreamID(rawValue: streams.value(for: input, make: hash))
  }

  /// The conversation of a source's thread. The channel is no part of it.
  func conversation(_ key: ConversationKey) -> ConversationID {
    ConversationID(rawValue: conversations.value(for: key.keyInput(), make: hash))
  }

  /// One of us.
  func actor(_ actor: Actor) -> ActorID {
    ActorID(rawValue: actors.value(for: actor.keyInput(), make: hash))
  }

  /// A case.
  func caseID(_ key: CaseKey) -> CaseID { CaseID(rawValue: hash(key.keyInput())) }

  /// Our side of a contact: the first eight bytes.
  func touchpoint(_ touchpoint: Touchpoint) -> TouchpointID {
    TouchpointID(rawValue: touchpoints.value(for: touchpoint.keyInput(), make: hash).high)
  }

  /// The first sixteen bytes of the keyed hash of an input that begins with its purpose.
  func hash(_ input: [UInt8]) -> Bytes16 {
    var authenticator = keyed
    authenticator.update(data: input)
    guard let id = Bytes16(authenticator.finalize()) else { preconditionFailure("HMAC-SHA256 has 32 bytes") }
    return id
  }
}

// MARK: - Events the store records itself

extension StoreIDs {
  /// `identity.observed` of a stream's first use.
  func observed(_ stream: StreamID) -> EventID {
    EventID(rawValue: hash("parley-observed/v1", [stream.rawValue.bytes]))
  }

  /// `conversation.opened` of a conversation's first use.
  func opened(_ conversation: ConversationID) -> EventID {
    EventID(rawValue: hash("parley-opened/v1", [conversation.rawValue.bytes]))
  }

  /// `identity.involved`, in the stream of another party of an event.
  func involved(in event: EventID, _ stream: StreamID) -> EventID {
    EventID(rawValue: hash("parley-involved/v1", [event.rawValue.bytes, stream.rawValue.bytes]))
  }

  /// `conversation.participant_changed`, by which a later message of a conversation presented an identity.
  func presented(_ identity: StreamID, trust: IdentityTrust, in part: (ConversationID, StreamID)) -> EventID {
    EventID(
      rawValue: hash(
        "parley-presented/v1",
        [part.0.rawValue.bytes, part.1.rawValue.bytes, identity.rawValue.bytes, [trust.rawValue]]))
  }

  /// The event by which a fact about a link stands in one of the streams it touches.
  func fact(of kind: EventKind, link: Bytes16, in stream: StreamID) -> EventID {
    let code = [UInt8(truncatingIfNeeded: kind.rawValue), UInt8(truncatingIfNeeded: kind.rawValue >> 8)]
    return EventID(rawValue: hash("parley-link-fact/v1", [code, link.bytes, stream.rawValue.bytes]))
  }

  /// The link that one contact presented: the same however often the contact repeats it, whichever side is named
  /// first. Without a conversation, the contact is the event.
  func presentedLink(_ one: StreamID, _ other: StreamID, trust: IdentityTrust, contact: Bytes16) -> Bytes16 {
    let sides = [one, other].sorted().map(\.rawValue.bytes)
    return hash("parley-presented-link/v1", sides + [[trust.rawValue], contact.bytes])
  }
}

// MARK: - Inputs

extension StoreIDs {
  private func hash(_ purpose: String, _ parts: [[UInt8]]) -> Bytes16 {
    var input = KeyInput(purpose: purpose).bytes
    for part in parts {
      for shift in [0, 8, 16, 24] as [UInt32] { input.append(UInt8(truncatingIfNeeded: part.count >> shift)) }
      input.append(contentsOf: part)
    }
    return hash(input)
  }
}
