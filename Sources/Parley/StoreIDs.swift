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
  private let streams = BoundedCache<Identity, StreamID>(entriesMax: cachedIDsMax)
  private let conversations = BoundedCache<[String], ConversationID>(entriesMax: cachedIDsMax)
  private let actors = BoundedCache<String, ActorID>(entriesMax: cachedIDsMax)
  private let touchpoints = BoundedCache<String, TouchpointID>(entriesMax: cachedIDsMax)

  /// The ids of a store with a key of 32 bytes.
  init(key: [UInt8]) { keyed = HMAC(key: SymmetricKey(data: key)) }

  /// The stream of an identity, which has gone through the store's normalization.
  func stream(of identity: Identity) -> StreamID {
    streams.value(for: identity) { identity in
      StreamID(rawValue: hash(.stream, raw: identity.streamInput()))
    }
  }

  /// The event of a source's item.
  func event(system: String, account: String, nativeID: String, revision: String) -> EventID {
    EventID(rawValue: hash(.event, texts: [system, account, nativeID, revision]))
  }

  /// The conversation of a source's thread. The channel is no part of it.
  func conversation(system: String, account: String, thread: String) -> ConversationID {
    conversations.value(for: [system, account, thread]) { parts in
      ConversationID(rawValue: hash(.conversation, texts: parts))
    }
  }

  /// One of us, by the text form: `agent:kim`.
  func actor(_ text: String) -> ActorID {
    actors.value(for: text) { text in ActorID(rawValue: hash(.actor, texts: [text])) }
  }

  /// A case, by the system that keeps it and its id there.
  func caseID(system: String, account: String, nativeID: String) -> CaseID {
    CaseID(rawValue: hash(.caseID, texts: [system, account, nativeID]))
  }

  /// An inbox, number, page or brand of ours, by its name.
  func touchpoint(_ name: String) -> TouchpointID {
    touchpoints.value(for: name) { name in TouchpointID(rawValue: hash(.touchpoint, texts: [name]).high) }
  }
}

// MARK: - Events the store records itself

extension StoreIDs {
  /// `identity.observed` of a stream's first use.
  func observed(_ stream: StreamID) -> EventID {
    EventID(rawValue: hash(.observed, ids: [stream.rawValue]))
  }

  /// `conversation.opened` of a conversation's first use.
  func opened(_ conversation: ConversationID) -> EventID {
    EventID(rawValue: hash(.opened, ids: [conversation.rawValue]))
  }

  /// `identity.involved`, in the stream of another party of an event.
  func involved(in event: EventID, _ stream: StreamID) -> EventID {
    EventID(rawValue: hash(.involved, ids: [event.rawValue, stream.rawValue]))
  }

  /// The event by which a fact about a link stands in one of the streams it touches.
  func fact(of kind: EventKind, link: Bytes16, in stream: StreamID) -> EventID {
    let code = [UInt8(truncatingIfNeeded: kind.rawValue), UInt8(truncatingIfNeeded: kind.rawValue >> 8)]
    return EventID(rawValue: hash(.linkFact, parts: [code, link.bytes, stream.rawValue.bytes]))
  }

  /// The link that one contact presented: the same however often the contact repeats it, whichever side is named
  /// first. Without a conversation, the contact is the event.
  func presentedLink(_ one: StreamID, _ other: StreamID, trust: IdentityTrust, contact: Bytes16) -> Bytes16 {
    let sides = [one, other].sorted().map(\.rawValue.bytes)
    return hash(.presentedLink, parts: sides + [[trust.rawValue], contact.bytes])
  }
}

// MARK: - Hashing

extension StoreIDs {
  /// What an id is for: the first part of its input, so that no two uses of the key can give the same id.
  private enum Purpose: String {
    case stream = "parley/stream/v1"
    case event = "parley/event/v1"
    case conversation = "parley/conversation/v1"
    case actor = "parley/actor/v1"
    case caseID = "parley/case/v1"
    case touchpoint = "parley/touchpoint/v1"
    case observed = "parley/observed/v1"
    case opened = "parley/opened/v1"
    case involved = "parley/involved/v1"
    case linkFact = "parley/link-fact/v1"
    case presentedLink = "parley/presented-link/v1"
  }

  private func hash(_ purpose: Purpose, texts: [String]) -> Bytes16 {
    hash(purpose, parts: texts.map { Array($0.utf8) })
  }

  private func hash(_ purpose: Purpose, ids: [Bytes16]) -> Bytes16 {
    hash(purpose, parts: ids.map(\.bytes))
  }

  private func hash(_ purpose: Purpose, parts: [[UInt8]]) -> Bytes16 {
    var input: [UInt8] = []
    for part in parts { input.append(part: part) }
    return hash(purpose, raw: input)
  }

  /// Hashes parts that carry their lengths already.
  private func hash(_ purpose: Purpose, raw parts: [UInt8]) -> Bytes16 {
    var input: [UInt8] = []
    input.append(part: Array(purpose.rawValue.utf8))
    input.append(contentsOf: parts)
    var authenticator = keyed
    authenticator.update(data: input)
    guard let id = Bytes16(authenticator.finalize()) else { preconditionFailure("HMAC-SHA256 has 32 bytes") }
    return id
  }
}

extension [UInt8] {
  /// Appends a part's length in four bytes, little-endian, and the part.
  fileprivate mutating func append(part: [UInt8]) {
    let count = UInt32(part.count)
    for shift in [0, 8, 16, 24] as [UInt32] { append(UInt8(truncatingIfNeeded: count >> shift)) }
    append(contentsOf: part)
  }
}
