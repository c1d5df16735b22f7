public import ParleyEnvelope
public import ParleySchemas

/// The version of the rules that fold events into a timeline. A rule that changes what comes out makes a new one;
/// old ones stay, so that a timeline of the past can be made again.
public struct FoldVersion: RawRepresentable, Hashable, Comparable, Sendable {
  /// The version's number, from 1.
  public var rawValue: UInt32

  /// A version by its number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The rules of `Schemas/timeline-json.md`.
  public static let current = FoldVersion(rawValue: 1)

  /// By number.
  public static func < (left: FoldVersion, right: FoldVersion) -> Bool { left.rawValue < right.rawValue }
}

/// Everything a timeline is a function of: what has been decided to belong to one customer, through one position,
/// seen by one viewer at one instant. The store fills it; the order of the lists does not matter.
package struct TimelineInput: Sendable {
  /// The customer's events, each with why it is the customer's. Pointers (`identity.involved`) among them are
  /// counted into the entry of the event they point to.
  package var events: [TimelineEvent] = []
  /// Every stream that was read for this: an event in one of them makes the timeline old.
  package var streams: [StreamID] = []
  /// The customer's identities and how they are joined.
  package var identities: [TimelineIdentity] = []
  /// What may belong to the customer and is not shown.
  package var suggestions: [TimelineSuggestion] = []
  /// What can't be shown, and why.
  package var gaps: [TimelineGap] = []
  /// The threads of conversations whose opening is not among the events, because it was recorded in somebody else's
  /// stream: what to call them.
  package var threads: [ConversationID: ConversationKeyRecord] = [:]
  /// Who looks.
  package var viewer: Viewer
  /// The last position that is included; `.none` for an empty log.
  package var through: Position
  /// The instant at which the timeline is read: what is overdue or snoozed depends on it.
  package var instant: Timestamp
  /// The rules to fold by.
  package var version: FoldVersion = .current

  /// An input without any events yet.
  package init(viewer: Viewer, through: Position, instant: Timestamp) {
    self.viewer = viewer
    self.through = through
    self.instant = instant
  }
}

/// An event and why it is in a customer's timeline.
package struct TimelineEvent: Sendable {
  package var event: Event
  package var reason: TimelineReason

  package init(_ event: Event, _ reason: TimelineReason) {
    self.event = event
    self.reason = reason
  }
}

/// Why an event is in a customer's timeline.
public enum TimelineReason: Hashable, Sendable {
  /// It is recorded under this identity of the customer's.
  case own(Identity)
  /// It is recorded under somebody else's, and involves the customer.
  case involved(TimelineInvolvement)
  /// It is recorded under this identity of somebody else's, and a correction says that it is this customer's.
  case attributed(Identity)
}

/// How an event of somebody else's stream involves a customer.
public struct TimelineInvolvement: Hashable, Sendable {
  /// The customer's identity that is involved.
  public var identity: Identity
  /// The part it plays.
  public var role: Participant.Role
  /// From when on, for a late joiner.
  public var from: Timestamp?
  /// Until when, for somebody who left.
  public var until: Timestamp?
  /// The pointer's position in the customer's stream.
  public var pointer: Position

  /// An involvement.
  public init(
    identity: Identity, role: Participant.Role, from: Timestamp? = nil, until: Timestamp? = nil,
    pointer: Position
  ) {
    self.identity = identity
    self.role = role
    self.from = from
    self.until = until
    self.pointer = pointer
  }

  /// Whether an event of this time falls into the involvement: from the join on, until the leaving.
  func covers(_ time: Timestamp) -> Bool {
    if let from, time < from { return false }
    if let until, time >= until { return false }
    return true
  }
}

/// One of a customer's identities and how it is joined to the others.
public struct TimelineIdentity: Hashable, Sendable {
  /// How an identity came to be followed.
  public struct Join: Hashable, Sendable {
    /// The identity on the link's other side.
    public var to: Identity
    /// What the link is worth.
    public var trust: IdentityTrust
    /// Why it is followed, in a word: `verified`, `agent`, `handoff`.
    public var how: String
    /// When the link was recorded.
    public var at: Timestamp
    /// The link's position.
    public var position: Position
    /// The evidence in words.
    public var evidence: String

    /// A join.
    public init(
      to: Identity, trust: IdentityTrust, how: String, at: Timestamp, position: Position,
      evidence: String = ""
    ) {
      self.to = to
      self.trust = trust
      self.how = how
      self.at = at
      self.position = position
      self.evidence = evidence
    }
  }

  /// The identity.
  public var identity: Identity
  /// Its stream.
  public var stream: StreamID
  /// The links by which it belongs to the customer; empty for one that stands alone.
  public var joins: [Join]
  /// What the source calls it, as observed last.
  public internal(set) var displayName = ""
  /// BCP 47 tag of the customer's language, as observed last.
  public internal(set) var language = ""
  /// IANA time zone, as observed last.
  public internal(set) var timeZone = ""
  /// The medium the customer prefers, as observed last.
  public internal(set) var preferredMedium = ""
  /// What to heed in speaking with the customer, as observed last.
  public internal(set) var accessibility: [String] = []
  /// The events that observed it, in timeline order.
  public internal(set) var observed: [Position] = []

  /// An identity of a customer.
  public init(identity: Identity, stream: StreamID, joins: [Join] = []) {
    self.identity = identity
    self.stream = stream
    self.joins = joins
  }

  /// Takes over what an observation says; what it does not say stays.
  mutating func observe(_ body: IdentityObserved, _ position: Position) {
    observed.append(position)
    if !body.displayName.isEmpty { displayName = body.displayName }
    if !body.language.isEmpty { language = body.language }
    if !body.timeZone.isEmpty { timeZone = body.timeZone }
    if !body.preferredMedium.isEmpty { preferredMedium = body.preferredMedium }
    if !body.accessibility.isEmpty { accessibility = body.accessibility }
  }
}

/// Something that may belong to a customer: named with its evidence, never shown.
public struct TimelineSuggestion: Hashable, Sendable {
  /// The identity that may be the customer's.
  public var identity: Identity
  /// The conversation that may be the customer's, when it is one part rather than the whole identity.
  public var conversation: ConversationID
  /// Why nobody followed it, in words.
  public var evidence: String
  /// Where the suggestion comes from.
  public var position: Position

  /// A suggestion.
  public init(identity: Identity, conversation: ConversationID = .none, evidence: String, position: Position)
  {
    self.identity = identity
    self.conversation = conversation
    self.evidence = evidence
    self.position = position
  }
}

/// Positions whose events can't be shown, and why.
public struct TimelineGap: Hashable, Sendable {
  /// Why an event is not shown.
  public enum Reason: String, Hashable, Sendable {
    /// Its bytes are damaged. It may be another customer's when its envelope is damaged too.
    case damaged
    /// Its content was erased, or the stream it is recorded in.
    case erased
    /// Only those who were given access may see it.
    case restricted
    /// A correction says that it is another customer's.
    case attributedElsewhere = "attributed_elsewhere"
  }

  /// The first position.
  public var first: Position
  /// The last position.
  public var last: Position
  /// Why.
  public var reason: Reason
  /// In words: what was found, or the correction's reason.
  public var explanation: String
  /// The envelope, when it can be read and there is one event.
  public var envelope: Envelope?

  /// A gap.
  public init(
    first: Position, last: Position, reason: Reason, explanation: String = "", envelope: Envelope? = nil
  ) {
    self.first = first
    self.last = last
    self.reason = reason
    self.explanation = explanation
    self.envelope = envelope
  }
}
