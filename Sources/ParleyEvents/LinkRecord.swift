import ParleyEnvelope

/// A recorded fact about two identities, or about one: linked, suggested, refused, separated, shared, reassigned.
struct LinkRecord: Sendable {
  struct Side: Hashable, Sendable {
    var identity: Identity
    var stream: StreamID

    /// The side as a store knows it that has no stream of that id, or not this identity in it: an event that was passed
    /// on names the streams of the store it was written in.
    func resolved(in stream: StreamID, by streamOf: CustomerFold.StreamOf) -> Side {
      var side = self
      if self.stream != stream, let known = streamOf(identity) { side.stream = known }
      return side
    }

    init?(_ side: LinkSide) {
      guard let identity = Identity(side.identity), let stream = Bytes16(side.streamID) else { return nil }
      self.identity = identity
      self.stream = StreamID(rawValue: stream)
    }
  }

  /// What makes the copies of one fact in its two streams the same.
  struct ID: Hashable, Sendable {
    var kind: EventKind
    var link: Bytes16
  }

  var id: ID
  /// Whether each of its streams holds a copy: a fact without an id of its own stands in one.
  var isCopied: Bool
  var position: Position
  /// When it is said to have happened.
  var time: Timestamp
  var recordedAt: Timestamp
  var first: Side
  var second: Side?
  var trust: IdentityTrust
  var evidence: [LinkEvidence]
  var reason: String
  var validFrom: Timestamp?
  var validUntil: Timestamp?
  var ground = IdentityRefused.Ground.unspecified
  /// Of a shared mark: whether it ends the sharing.
  var isEnded = false

  var kind: EventKind { id.kind }

  /// The record, found in a stream, with the streams of the store that is read.
  func resolved(in stream: StreamID, by streamOf: CustomerFold.StreamOf) -> LinkRecord {
    var record = self
    record.first = first.resolved(in: stream, by: streamOf)
    record.second = second?.resolved(in: stream, by: streamOf)
    return record
  }

  /// The record of an event; nil for other kinds, and for one whose identities this version can't read.
  init?(_ event: Event) {
    switch event.body {
    case .identityLinked(let body): self.init(event, body)
    case .identitySuggested(let body): self.init(event, body)
    case .identitySeparated(let body): self.init(event, body)
    case .identityReassigned(let body): self.init(event, body)
    case .identityRefused(let body):
      self.init(event, body)
      ground = body.ground
    case .identityShared(let body):
      self.init(event, body)
      isEnded = body.ended
    default: return nil
    }
  }

  private init?(_ event: Event, _ body: some LinkBody) {
    guard body.hasFirst, let first = Side(body.first) else { return nil }
    self.first = first
    second = body.hasSecond ? Side(body.second) : nil
    let link = Bytes16(body.linkID)
    id = ID(kind: event.kind, link: link ?? event.id.rawValue)
    isCopied = link != nil
    position = event.position
    time = EffectiveTime(of: event.envelope).time
    recordedAt = event.envelope.recordedAt
    trust = IdentityTrust(body.trust)
    evidence = body.evidence
    reason = body.reason
    validFrom = body.hasValidFrom ? body.validFrom.shown : nil
    validUntil = body.hasValidUntil ? body.validUntil.shown : nil
  }
}

extension LinkRecord {
  /// By what the link is followed; nil for one that is merely claimed, whoever recorded it as linked.
  var followedBy: LinkBasis? {
    guard kind == .identityLinked, let second else { return nil }
    let link = ProposedLink(first.identity, second.identity, trust: trust, basis: basis)
    return link.isFollowable ? basis : nil
  }

  /// Who asked for it, by its evidence.
  var basis: LinkBasis {
    let bases: [(LinkEvidence.Basis, LinkBasis)] = [(.agent, .agent), (.handoff, .handoff)]
    return bases.first { pair in evidence.contains { $0.basis == pair.0 } }?.1 ?? .contact
  }

  /// Whether it holds at an instant: from its beginning on, until its end.
  func isValid(at instant: Timestamp) -> Bool {
    if let validFrom, instant < validFrom { return false }
    if let validUntil, instant >= validUntil { return false }
    return true
  }

  /// The time by which it belongs to one of the holders that an identity had one after the other.
  var referenceTime: Timestamp {
    if let validFrom { return validFrom }
    if let validUntil, validUntil <= time { return validUntil + -1 }
    return time
  }

  /// The two streams, in whichever order they were named.
  var streams: StreamPair? { second.map { StreamPair(first.stream, $0.stream) } }

  /// The side that is not this stream's.
  func side(oppositeTo stream: StreamID) -> Side? { first.stream == stream ? second : first }
}

/// Two streams, in whichever order they come.
struct StreamPair: Hashable, Sendable {
  let first: StreamID
  let second: StreamID

  init(_ one: StreamID, _ other: StreamID) {
    (first, second) = one < other ? (one, other) : (other, one)
  }
}

extension IdentityTrust {
  /// The trust that stands in a body; `none` for a level of a newer version.
  public init(_ record: TrustRecord) {
    self = UInt8(exactly: record.rawValue).flatMap(IdentityTrust.init(rawValue:)) ?? .none
  }
}
