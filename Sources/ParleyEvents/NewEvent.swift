public import ParleyEnvelope
import ParleySchemas

/// An event to be appended.
///
/// ```swift
/// let ana = try Identity.email("Ana@Example.com")
/// let chat = ConversationKey(.chat, "webchat", thread: "c-991")
/// let event = NewEvent.message("Where is order 4711?", from: ana, in: chat, id: "m-17", at: sentAt)
/// ```
///
/// Its id is decided when the value is made, not when it is appended, so that appending the same value again is
/// harmless: `event` if that is set, else a keyed hash of `source`, else random.
///
/// Stream, direction, actor kind and visibility follow from who it is from and to, unless stated.
public struct NewEvent: Hashable, Sendable {
  /// What it says. The common fields for source, actor and actor's name, and a message's or call's participants, are
  /// filled in from this value's own when they are empty.
  public var body: Event.Body
  /// Who acted.
  public var from: Party?
  /// The display name of whoever acted, as it stood; else empty.
  public var fromName: String = ""
  /// Whom it is to.
  public var recipients: [Recipient] = []
  /// The identity to record it under, when `from` and `recipients` do not say.
  public var customer: Identity?
  /// The thread it belongs to.
  public var conversation: ConversationKey?
  /// The item it was made from.
  public var source: SourceKey?
  /// When it happened, by the source's clock; nil when that is not known.
  public var occurredAt: Timestamp?
  /// The source's distance from UTC.
  public var utcOffset: UTCOffset = .unknown
  /// How exactly `occurredAt` is known; nil for what its digits say, second or microsecond.
  public var precision: TimePrecision?
  /// The medium; nil for the conversation's.
  public var channel: Channel?
  /// What kind of party acted; nil for what `from` says.
  public var actorKind: ActorKind?
  /// Which way it went; nil for what `from` and `recipients` say.
  public var direction: Direction?
  /// Who may see it; nil for what its kind says.
  public var visibility: Visibility?
  /// Yes-or-no facts.
  public var flags: EventFlags = []
  /// The case it is about.
  public var caseKey: CaseKey?
  /// Our side of the contact.
  public var touchpoint: Touchpoint?
  /// The ordinal inside the source's item, 0 when there is only one.
  public var sourceOrder: UInt32 = 0
  /// What the contact presented beside the identity it came from.
  public var presented: [PresentedIdentity] = []
  /// The event it answers: conversation, channel and customer are that one's, unless stated.
  public var inReplyTo: Position?
  /// The event's id, when it is known already. It wins over `source`.
  public var event: EventID?
  /// Ids that are known where their readable names are not. They win over the names.
  public var knownIDs = KnownIDs()
  /// The body's schema version, where `storedBody` is not of this version's.
  package var storedVersion: UInt16?
  /// The body's bytes, where encoding `body` again would not give them.
  package var storedBody: [UInt8]?
  /// The id when there is neither `event` nor `source`.
  package let drawnID: EventID

  /// Envelope ids of an event that was read somewhere, for passing it on.
  public struct KnownIDs: Hashable, Sendable {
    /// The identity it was recorded under.
    public var stream: StreamID?
    /// Its thread.
    public var conversation: ConversationID?
    /// Who acted.
    public var actor: ActorID?
    /// Its case.
    public var caseID: CaseID?
    /// Our side of the contact.
    public var touchpoint: TouchpointID?

    /// No ids.
    public init() {}
  }

  /// An event that says something; `generator` gives the sixteen random bytes of its id.
  public init(_ body: Event.Body, using generator: inout some RandomNumberGenerator) {
    self.init(body, drawnID: EventID(rawValue: Bytes16(high: generator.next(), low: generator.next())))
  }

  /// An event that says something, with an id from the system's random numbers.
  public init(_ body: Event.Body) {
    var generator = SystemRandomNumberGenerator()
    self.init(body, using: &generator)
  }

  /// An event that says something, with an id that was drawn before.
  init(_ body: Event.Body, drawnID: EventID) {
    self.body = body
    self.drawnID = drawnID
  }

  /// An event that says something, in a thread.
  public init(
    _ payload: some EventPayload, from: Party? = nil, in conversation: ConversationKey? = nil,
    id: String? = nil, at occurredAt: Timestamp? = nil
  ) {
    self.init(Event.Body(payload))
    self.from = from
    self.conversation = conversation
    self.occurredAt = occurredAt
    if let id {
      source = conversation.map { SourceKey(system: $0.system, account: $0.account, nativeID: id) }
    }
  }

  /// What the event is a fact about.
  public var kind: EventKind { body.kind }
}

// MARK: - Defaults by rule

extension NewEvent {
  /// How events of a kind stand between the customer and us when nothing is stated.
  private enum Nature {
    /// Content that both sides see: messages, calls, posts.
    case exchange
    /// What we keep about it.
    case record
  }

  private var nature: Nature {
    switch kind {
    case .messageSent, .messageEdited, .messageRetracted, .mediaStored, .callStarted, .callLegChanged,
      .callTransferred, .callRecordingChanged, .callEnded, .socialPosted, .socialEngagementChanged,
      .conversationParticipantChanged:
      .exchange
    default: .record
    }
  }

  /// Which way it went: as stated, else from a customer inbound, from us outbound, and what we keep about a
  /// contact internal.
  public var effectiveDirection: Direction {
    if let direction { return direction }
    if visibility == .internal || visibility == .restricted { return .internal }
    switch from {
    case .identity: return .inbound
    case .actor, .ours: return nature == .exchange ? .outbound : .internal
    case nil: return nature == .exchange ? .unspecified : .internal
    }
  }

  /// Who may see it: as stated, else messages, calls and posts are public, all else internal.
  public var effectiveVisibility: Visibility {
    if let visibility { return visibility }
    return nature == .exchange && effectiveDirection != .internal ? .public : .internal
  }

  /// What kind of party acted: as stated, else what `from` says.
  public var effectiveActorKind: ActorKind {
    if let actorKind { return actorKind }
    switch from {
    case .identity: return .customer
    case .actor(let actor): return actor.kind
    case .ours: return flags.contains(.automated) ? .automation : .agent
    case nil: return .unspecified
    }
  }

  /// How exactly the time is known: as stated, else to the second, or to the microsecond when there is a fraction.
  public var effectivePrecision: TimePrecision {
    guard let occurredAt else { return .unknown }
    return precision ?? Self.precision(of: occurredAt)
  }

  static func precision(of time: Timestamp) -> TimePrecision {
    time.microseconds % 1_000_000 == 0 ? .second : .microsecond
  }

  /// The medium: as stated, else the conversation's.
  public var effectiveChannel: Channel { channel ?? conversation?.channel ?? .unspecified }

  /// The identity to record it under: as stated, else inbound the sender, outbound the first customer it is to,
  /// else the first customer named. Nil when nobody is: then it is the customer of the event it answers, or of its
  /// conversation.
  public var primaryIdentity: Identity? {
    if let customer { return customer }
    let addressed = recipients.lazy.compactMap(\.party.customer).first
    return effectiveDirection == .outbound ? addressed ?? from?.customer : from?.customer ?? addressed
  }

  /// The other customers it involves, each once, with the role in which it is named first. Where answers should go
  /// is a fact about the sender: it involves nobody.
  package var involved: [(identity: Identity, role: Participant.Role)] {
    let primary = primaryIdentity
    let sender =
      from?.customer.flatMap { $0 == primary ? nil : $0 }.map { [($0, Participant.Role.from)] } ?? []
    if recipients.isEmpty { return sender }
    var seen = Set([primary, sender.first?.0].compactMap(\.self))
    let addressed = recipients.filter { $0.role != .replyTo }.compactMap { recipient in
      recipient.party.customer.map { ($0, recipient.role) }
    }
    return sender + addressed.filter { seen.insert($0.0).inserted }
  }
}
