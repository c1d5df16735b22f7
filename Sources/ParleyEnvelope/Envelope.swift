/// The fixed fields of an event: what metrics, routing and audits need, and nothing readable about people.
///
/// `Schemas/log-format.md` has the table of its 136 bytes; `EnvelopeLayout` is the code for them.
public struct Envelope: Hashable, Sendable, BitwiseCopyable {
  /// The identity the event is recorded under.
  public var stream: StreamID = .none
  /// The event, and its idempotency key.
  public var event: EventID = .none
  /// The thread it belongs to, if any.
  public var conversation: ConversationID = .none
  /// Who acted.
  public var actor: ActorID = .none
  /// The case it is about, if any.
  public var caseID: CaseID = .none
  /// Our side of the contact, if known.
  public var touchpoint: TouchpointID = .none
  /// When it happened, by the source's clock.
  public var occurredAt: Timestamp = .zero
  /// When it was appended, by the log's clock, which never goes back. Set by the log.
  public var recordedAt: Timestamp = .zero
  /// The event before it in its stream. Set by the log.
  public var previous: Position = .none
  /// The ordinal inside the source's item, 0 when there is only one.
  public var sourceOrder: UInt32 = 0
  /// What the body is.
  public var kind: EventKind = EventKind(rawValue: 0)
  /// The version of the body's schema.
  public var bodyVersion: UInt16 = 1
  /// The source's distance from UTC , or that it did not say.
  public var utcOffset: UTCOffset = .unknown
  /// The medium.
  public var channel: Channel = .unspecified
  /// What kind of party acted.
  public var actorKind: ActorKind = .unspecified
  /// Which way it went.
  public var direction: Direction = .unspecified
  /// Who may see it.
  public var visibility: Visibility = .unspecified
  /// How exactly `occurredAt` is known.
  public var precision: TimePrecision = .unspecified
  /// Yes-or-no facts.
  public var flags: EventFlags = []

  /// An envelope with every field absent.
  public init() {}

  /// An envelope with every field given.
  init(
    stream: StreamID, event: EventID, conversation: ConversationID, actor: ActorID, caseID: CaseID,
    touchpoint: TouchpointID, occurredAt: Timestamp, recordedAt: Timestamp, previous: Position,
    sourceOrder: UInt32, kind: EventKind, bodyVersion: UInt16, utcOffset: UTCOffset, channel: Channel,
    actorKind: ActorKind, direction: Direction, visibility: Visibility, precision: TimePrecision,
    flags: EventFlags
  ) {
    (self.stream, self.event, self.conversation, self.actor) = (stream, event, conversation, actor)
    (self.caseID, self.touchpoint) = (caseID, touchpoint)
    (self.occurredAt, self.recordedAt, self.previous) = (occurredAt, recordedAt, previous)
    (self.sourceOrder, self.kind, self.bodyVersion) = (sourceOrder, kind, bodyVersion)
    (self.utcOffset, self.channel, self.actorKind) = (utcOffset, channel, actorKind)
    (self.direction, self.visibility, self.precision) = (direction, visibility, precision)
    self.flags = flags
  }
}
