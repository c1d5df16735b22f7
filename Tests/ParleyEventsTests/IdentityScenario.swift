import Foundation
import ParleyEnvelope
import ParleyEvents
import SwiftProtobuf

/// A log in memory, filled as a store fills it: each fact about two identities once in each of their streams.
struct IdentityScenario {
  private(set) var events: [Event] = []

  /// The last event's position.
  var head: Position { Position(events.count - 1) }

  static func stream(_ identity: Identity) -> StreamID {
    var random = SplitMix(
      seed: identity.streamInput().reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    return StreamID(rawValue: Bytes16(high: random.next(), low: random.next()))
  }

  static func conversation(_ name: String) -> ConversationID {
    ConversationID(rawValue: Bytes16(high: 1, low: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
  }

  /// The instant so many seconds into the story.
  static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + seconds) }

  // MARK: - Facts

  @discardableResult
  mutating func add(
    _ body: some EventPayload, _ identity: Identity, in conversation: String? = nil, at seconds: Int64? = nil,
    by actor: ActorKind = .system
  ) -> Event {
    var envelope = Envelope()
    envelope.stream = Self.stream(identity)
    envelope.event = EventID(rawValue: Bytes16(high: 9, low: UInt64(events.count)))
    if let conversation { envelope.conversation = Self.conversation(conversation) }
    envelope.kind = type(of: body).kind
    envelope.actorKind = actor
    envelope.direction = actor == .customer ? .inbound : .internal
    envelope.precision = .second
    envelope.recordedAt = Self.time(max(Int64(events.count), seconds ?? 0))
    envelope.occurredAt = seconds.map(Self.time) ?? envelope.recordedAt
    let bytes = (try? body.serializedBytes() as [UInt8]) ?? []
    let event = Event(position: Position(events.count), envelope: envelope, bodyBytes: bytes)
    events.append(event)
    return event
  }

  @discardableResult
  mutating func message(_ identity: Identity, in conversation: String? = nil, at seconds: Int64? = nil)
    -> Event
  {
    add(MessageSent(), identity, in: conversation, at: seconds, by: .customer)
  }

  mutating func observe(_ identity: Identity, _ trust: TrustRecord = .none) {
    add(
      IdentityObserved.with {
        $0.identity = identity.record
        $0.trust = trust
      }, identity)
  }

  mutating func open(
    _ conversation: String, _ identity: Identity, presents: [(Identity, TrustRecord)],
    at seconds: Int64? = nil
  ) {
    let body = ConversationOpened.with { body in
      body.presented = presents.map { pair in
        .with {
          $0.identity = pair.0.record
          $0.trust = pair.1
        }
      }
    }
    add(body, identity, in: conversation, at: seconds)
    message(identity, in: conversation, at: seconds)
  }

  /// A link; an agent's when `basis` is, else verified unless `trust` says otherwise.
  mutating func link(
    _ first: Identity, _ second: Identity, trust: TrustRecord = .verified,
    basis: LinkEvidence.Basis = .login, from: Int64? = nil, until: Int64? = nil
  ) {
    var body = IdentityLinked()
    (body.first, body.second, body.linkID) = (side(first), side(second), id)
    body.trust = trust
    body.evidence = [.with { $0.basis = basis }]
    if let from { body.validFrom = stamp(from) }
    if let until { body.validUntil = stamp(until) }
    record(body, first, second)
  }

  mutating func suggest(_ first: Identity, _ second: Identity) {
    var body = IdentitySuggested()
    (body.first, body.second, body.linkID, body.trust) = (side(first), side(second), id, .claimed)
    record(body, first, second)
  }

  mutating func refuse(_ first: Identity, _ second: Identity, _ ground: IdentityRefused.Ground) {
    var body = IdentityRefused()
    (body.first, body.second, body.linkID, body.ground) = (side(first), side(second), id, ground)
    record(body, first, second)
  }

  mutating func separate(_ first: Identity, _ second: Identity) {
    var body = IdentitySeparated()
    (body.first, body.second, body.linkID) = (side(first), side(second), id)
    record(body, first, second)
  }

  mutating func share(_ identity: Identity, ended: Bool = false) {
    var body = IdentityShared()
    (body.first, body.linkID, body.ended) = (side(identity), id, ended)
    add(body, identity)
  }

  mutating func reassign(_ identity: Identity, at seconds: Int64) {
    var body = IdentityReassigned()
    (body.first, body.linkID, body.validFrom) = (side(identity), id, stamp(seconds))
    add(body, identity)
  }

  /// Says whose a part, or an event, is; returns the copies.
  @discardableResult
  mutating func attribute(
    _ conversation: String? = nil, event: Event? = nil, of identity: Identity, to right: Identity?,
    undoing undone: Event? = nil
  ) -> [Event] {
    var body = IdentityAttributionCorrected()
    if let conversation { body.conversationID = Data(Self.conversation(conversation).rawValue.bytes) }
    if let event { body.eventIds = [Data(event.id.rawValue.bytes)] }
    body.streamID = Data(Self.stream(identity).rawValue.bytes)
    if let right { body.rightSide = side(right) }
    if let undone { body.undone = Data(undone.id.rawValue.bytes) }
    body.reason = "checked \(events.count)"
    return [identity, right].compactMap { $0 }.map { add(body, $0) }
  }

  private mutating func record(_ body: some EventPayload, _ first: Identity, _ second: Identity) {
    add(body, first)
    add(body, second)
  }

  private var id: Data { Data(Bytes16(high: 5, low: UInt64(events.count)).bytes) }

  private func side(_ identity: Identity) -> LinkSide {
    .with {
      $0.identity = identity.record
      $0.streamID = Data(Self.stream(identity).rawValue.bytes)
    }
  }

  private func stamp(_ seconds: Int64) -> Google_Protobuf_Timestamp {
    .with { $0.seconds = Self.time(seconds).microseconds / 1_000_000 }
  }

  // MARK: - Reading

  /// The customer of an identity, reading streams and events in an order drawn from a seed.
  func customer(
    of identity: Identity, through: Position = .none, at seconds: Int64 = 1_000_000, seed: UInt64 = 1
  ) throws -> Customer {
    var random = SplitMix(seed: seed)
    var fold = CustomerFold(
      of: identity, stream: Self.stream(identity), through: through, at: Self.time(seconds))
    while let stream = fold.frontier.randomElement(using: &random) {
      try fold.add(stream, events.filter { $0.envelope.stream == stream }.shuffled(using: &random))
    }
    return fold.customer()
  }

  func identities(of identity: Identity, through: Position = .none, at seconds: Int64 = 1_000_000) throws
    -> [String]
  {
    try customer(of: identity, through: through, at: seconds).identities.map(\.identity.description)
  }
}
