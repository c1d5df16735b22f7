public import ParleyEnvelope

/// One thing that happened to a customer: a message with its edits, a call with its legs, a change of status.
public struct TimelineEntry: Hashable, Sendable {
  /// What is unusual about an entry.
  public struct Marks: OptionSet, Hashable, Sendable {
    /// The marks as bits.
    public var rawValue: UInt8

    /// Marks from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It was appended after something that happened more than a minute later. Events of an archive are compared
    /// only with what was recorded as it happened.
    public static let late = Marks(rawValue: 1)
    /// The source gave no time: it stands where it was recorded.
    public static let timeUnknown = Marks(rawValue: 2)
    /// The source's time lies more than 24 hours after the log's: it stands where it was recorded.
    public static let timeInFuture = Marks(rawValue: 4)
    /// Its time is a best guess.
    public static let timeEstimated = Marks(rawValue: 8)
    /// Its time is known to the minute at best: it stands after everything finer inside its span.
    public static let timeCoarse = Marks(rawValue: 16)
    /// A program made it without a person deciding.
    public static let automated = Marks(rawValue: 32)
    /// It was brought in from another system's archive.
    public static let imported = Marks(rawValue: 64)

    /// Names in the order of the bits, as written in JSON.
    public static let names = [
      "late", "time_unknown", "time_in_future", "time_estimated", "time_coarse", "automated", "imported",
    ]

    /// The names of the marks that are set.
    public var names: [String] {
      Self.names.enumerated().filter { rawValue & 1 << UInt8($0.offset) != 0 }.map(\.element)
    }
  }

  /// What an entry says.
  public enum Content: Hashable, Sendable {
    /// A message, post or note, with its edits and what became of it.
    case message(TimelineMessage)
    /// A call with its legs, transfers, recordings and transcripts.
    case call(TimelineCall)
    /// One event that stands for itself, of a kind that this version may not know.
    case single(Event.Body)
    /// Something that can't be shown.
    case gap(TimelineGap)
  }

  /// Where the event stands that gives the entry its time.
  public var position: Position
  /// Every event that is folded into the entry, ascending.
  public var positions: [Position]
  /// The id of the event at `position`.
  public var event: EventID
  /// What that event is a fact about.
  public var kind: EventKind
  /// When it counts as having happened.
  public var time: EffectiveTime
  /// The source's clock, whether believed or not.
  public var occurredAt: Timestamp
  /// The log's clock.
  public var recordedAt: Timestamp
  /// The source's time as it stood there, when it was not believed.
  public var statedAt: String
  /// What is unusual about it.
  public var marks: Marks
  /// The thread, `.none` when it belongs to none.
  public var conversation: ConversationID
  /// The medium.
  public var channel: Channel
  /// Which way it went.
  public var direction: Direction
  /// Who may see it.
  public var visibility: Visibility
  /// Who acted.
  public var actor: TimelineActor
  /// Why it is in this timeline.
  public var reason: TimelineReason?
  /// What it says.
  public var content: Content

  /// Whether nothing is known of its time, as for a gap whose envelope can't be read: it stands beside what was
  /// recorded next to it, at whose time it is then.
  public var isUndated: Bool { if case .gap(let gap) = content { gap.envelope == nil } else { false } }

  /// Whether the customer may know of it: everything that is not stated to be internal or restricted.
  public var isPublic: Bool { visibility != .internal && visibility != .restricted && direction != .internal }
}

/// Who acted, as far as events say.
public struct TimelineActor: Hashable, Sendable {
  /// What kind of party.
  public var kind: ActorKind
  /// `agent:kim`, `bot:helper`, when it was not a customer.
  public var actor: String
  /// The name as the source gave it.
  public var name: String
  /// The identity, when it was a customer.
  public var identity: Identity?
}
