import ParleyEnvelope

/// What one stream says about who its identity is and what its conversations presented: all that a customer is made
/// of, without the messages.
struct StreamFacts: Sendable {
  let stream: StreamID
  /// Whether events of it may be missing here, as they can't be read.
  let isDamaged: Bool
  private let streamOf: CustomerFold.StreamOf
  /// The identity, from `identity.observed`, or else as a link names it.
  private(set) var identity: Identity?
  /// What the identity is worth by itself.
  private(set) var trust = IdentityTrust.none
  /// Facts about it and other identities, each once, in the order they were recorded.
  private(set) var records: [LinkRecord] = []
  /// Of those: the links that are worth following, and where each stands.
  private(set) var links: [LinkRecord] = []
  private(set) var linkPositions: [LinkRecord.ID: Position] = [:]
  /// Of those: the last separation of each pair.
  private(set) var separations: [StreamPair: LinkRecord] = [:]
  /// Of those: marks that it is shared, and that it passed to somebody else.
  private(set) var marks: [LinkRecord] = []
  private(set) var corrections: [AttributionRecord] = []
  private(set) var parts: [ConversationID: PartFacts] = [:]
  private var seen: Set<LinkRecord.ID> = []

  init(stream: StreamID, isDamaged: Bool, streamOf: @escaping CustomerFold.StreamOf) {
    self.stream = stream
    self.isDamaged = isDamaged
    self.streamOf = streamOf
  }

  mutating func add(_ event: Event) {
    let envelope = event.envelope
    if envelope.actorKind == .customer && envelope.direction == .inbound { trust = max(trust, .channel) }
    if !envelope.conversation.isNone {
      parts[envelope.conversation, default: PartFacts(event)].add(event)
    }
    // No other body says who somebody is, and most events are of other kinds.
    guard EventKind.identityFamilies.contains(event.kind.family) else { return }
    switch event.body {
    case .identityObserved(let body):
      identity = Identity(body.identity) ?? identity
      trust = max(trust, IdentityTrust(body.trust))
    case .conversationOpened(let body): present(body.presented, event)
    case .conversationParticipantChanged(let body): present(body.presented, event)
    case .identityAttributionCorrected(let body): corrections.append(AttributionRecord(event, body))
    default:
      if let record = LinkRecord(event) { add(record.resolved(in: stream, by: streamOf)) }
    }
  }

  private mutating func add(_ record: LinkRecord) {
    if identity == nil, let own = [record.first, record.second].first(where: { $0?.stream == stream }) {
      identity = own?.identity
    }
    guard seen.insert(record.id).inserted else { return }
    records.append(record)
    switch record.kind {
    case .identityLinked where record.followedBy != nil:
      links.append(record)
      linkPositions[record.id] = record.position
    case .identitySeparated: if let pair = record.streams { separations[pair] = record }
    case .identityShared, .identityReassigned: if record.first.stream == stream { marks.append(record) }
    default: break
    }
  }

  private mutating func present(_ presented: [PresentedIdentityRecord], _ event: Event) {
    for each in presented {
      guard let found = Identity(each.identity) else { continue }
      let worth = IdentityTrust(each.trust)
      if found == identity { trust = max(trust, worth) }
      parts[event.envelope.conversation]?.present(found, worth, event.position)
    }
  }
}

/// The events of one conversation in one stream, before it is decided whose they are.
struct PartFacts: Sendable {
  /// When its first event happened.
  var begin: Timestamp
  var first: Position
  var last: Position
  var count = 0
  /// What it presented, with the best trust and where first.
  var presented: [Identity: (trust: IdentityTrust, position: Position)] = [:]

  init(_ event: Event) {
    begin = EffectiveTime(of: event.envelope).time
    first = event.position
    last = event.position
  }

  mutating func add(_ event: Event) {
    begin = min(begin, EffectiveTime(of: event.envelope).time)
    first = min(first, event.position)
    last = max(last, event.position)
    count += 1
  }

  mutating func present(_ identity: Identity, _ trust: IdentityTrust, _ position: Position) {
    let known = presented[identity]
    presented[identity] = (max(trust, known?.trust ?? .none), min(position, known?.position ?? position))
  }
}

/// A recorded correction: whose a conversation's part, or single events, are.
struct AttributionRecord: Sendable {
  var event: EventID
  var position: Position
  var conversation: ConversationID
  var stream: StreamID
  var events: [EventID]
  /// One of the right customer's identities; nil when they are nobody's.
  var side: LinkRecord.Side?
  var undone: EventID?
  var reason: String
  /// The body as stored: the copies of one correction in two streams have the same.
  var body: [UInt8]

  init(_ event: Event, _ body: IdentityAttributionCorrected) {
    self.event = event.id
    position = event.position
    conversation = ConversationID(rawValue: Bytes16(body.conversationID) ?? .zero)
    stream = StreamID(rawValue: Bytes16(body.streamID) ?? event.envelope.stream.rawValue)
    events = body.eventIds.compactMap { Bytes16($0).map(EventID.init(rawValue:)) }
    side = body.hasRightSide ? LinkRecord.Side(body.rightSide) : nil
    undone = Bytes16(body.undone).map(EventID.init(rawValue:))
    reason = body.reason
    self.body = event.bodyBytes
  }

  /// Whether both are about the same part or the same events.
  func hasTarget(of other: AttributionRecord) -> Bool {
    conversation == other.conversation && stream == other.stream && events == other.events
  }
}
