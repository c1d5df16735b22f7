import ParleyEnvelope
import ParleySchemas
import SwiftProtobuf

extension NewEvent {
  /// An event that was read from a log, to be passed on: the same id, body bytes and envelope. Where a name is not
  /// known, the keyed id stands in its place.
  public init(_ event: Event, names: some EventNames) {
    self.init(asStored: event, names: names)
    (storedBody, storedVersion) = (nil, nil)
    if bodyBytes != event.bodyBytes || bodyVersion != event.envelope.bodyVersion {
      (storedBody, storedVersion) = (event.bodyBytes, event.envelope.bodyVersion)
    }
  }

  /// An event that was read from a log, with its stored bytes whether or not its body would give them again.
  init(asStored event: Event, names: some EventNames) {
    self.init(event.body, drawnID: event.id)
    let envelope = event.envelope
    self.event = envelope.event
    if envelope.occurredAt != .zero || envelope.precision != .unknown { occurredAt = envelope.occurredAt }
    utcOffset = envelope.utcOffset
    precision = envelope.precision
    channel = envelope.channel
    direction = envelope.direction
    visibility = envelope.visibility
    flags = envelope.flags
    sourceOrder = envelope.sourceOrder
    source = body.payload.flatMap { $0.hasSource ? SourceKey($0.source) : nil }
    takeParties(from: envelope, names: names)
    takeNames(from: envelope, names: names)
    let presented = body.presentedRecords.compactMap(PresentedIdentity.init)
    if presented.count == body.presentedRecords.count { self.presented = presented }
    (storedBody, storedVersion) = (event.bodyBytes, envelope.bodyVersion)
  }

  private mutating func takeParties(from envelope: Envelope, names: some EventNames) {
    let identity = names.identity(of: envelope.stream)
    takeParticipants(body.participants)
    if from == nil {
      if envelope.actorKind == .customer {
        from = identity.map(Party.identity)
      } else if let text = body.payload?.actor, Actor.begins(text) {
        from = (try? Actor(parsing: text)).map(Party.actor)
      }
    }
    if effectiveActorKind != envelope.actorKind { actorKind = envelope.actorKind }
    if !envelope.stream.isNone && identity?.hasExactText != true { knownIDs.stream = envelope.stream }
    if let identity, identity != primaryIdentity { customer = identity }
    takeActor(from: envelope, identity: identity)
  }

  /// The actor's id is known by name when it is the stream's own customer, or one of us whom the body names.
  private mutating func takeActor(from envelope: Envelope, identity: Identity?) {
    let isNamed =
      switch from {
      case .identity: identity != nil && envelope.actor.rawValue == envelope.stream.rawValue
      case .actor: !envelope.actor.isNone
      case .ours, nil: envelope.actor.isNone
      }
    if !isNamed { knownIDs.actor = envelope.actor }
    // A name is said of nobody but whom it is of.
    if isNamed, from != nil, !kind.namesParticipants { fromName = body.payload?.actorName ?? "" }
  }

  /// Takes a body's participants over, when they are no more than a sender and recipients in the order in which they
  /// are written again.
  private mutating func takeParticipants(_ participants: [Participant]) {
    var copy = self
    copy.recipients = []
    for participant in participants {
      guard let party = participant.party,
        participant == Participant(party, as: participant.role, name: participant.name)
      else { return }
      if participant.role == .from {
        guard copy.from == nil else { return }
        (copy.from, copy.fromName) = (party, participant.name)
      } else {
        copy.recipients.append(Recipient(party, as: participant.role, name: participant.name))
      }
    }
    self = copy
  }

  private mutating func takeNames(from envelope: Envelope, names: some EventNames) {
    if !envelope.conversation.isNone {
      conversation = names.conversation(of: envelope.conversation)
      if conversation == nil { knownIDs.conversation = envelope.conversation }
    }
    if !envelope.caseID.isNone {
      caseKey = names.caseKey(of: envelope.caseID)
      if caseKey == nil { knownIDs.caseID = envelope.caseID }
    }
    if envelope.touchpoint != .none {
      touchpoint = names.touchpoint(of: envelope.touchpoint, in: envelope.conversation)
      if touchpoint == nil { knownIDs.touchpoint = envelope.touchpoint }
    }
  }
}

extension EventKind {
  /// Whether a body of this kind says who takes part, each with a display name; in others only whoever acted has one.
  var namesParticipants: Bool { self == .messageSent || self == .callStarted }
}

extension Event.Body {
  /// Who takes part, for the kinds that say so.
  package var participants: [Participant] {
    switch self {
    case .messageSent(let message): message.participants
    case .callStarted(let call): call.participants
    default: []
    }
  }

  /// What a contact presented, for the kinds that say so.
  package var presentedRecords: [PresentedIdentityRecord] {
    switch self {
    case .conversationOpened(let opened): opened.presented
    case .conversationParticipantChanged(let changed): changed.presented
    default: []
    }
  }
}

extension PresentedIdentity {
  /// A presented identity as it stands in a body; nil when its kind is not known.
  public init?(_ record: PresentedIdentityRecord) {
    guard let identity = Identity(record.identity),
      let trust = IdentityTrust(rawValue: UInt8(clamping: record.trust.rawValue))
    else { return nil }
    self.init(identity, trust: trust, by: PresentedBy(rawValue: UInt8(clamping: record.by.rawValue)))
  }

  /// The presented identity as it stands in a body.
  public var record: PresentedIdentityRecord {
    .with {
      $0.identity = identity.record
      $0.trust = TrustRecord(rawValue: Int(trust.rawValue)) ?? .none
      $0.by = PresentedIdentityRecord.Presenter(rawValue: Int(by.rawValue)) ?? .unspecified
    }
  }
}
