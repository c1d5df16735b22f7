public import ParleyEnvelope
public import ParleySchemas

/// One conversation as it stands now.
public struct TimelineConversation: Hashable, Sendable {
  /// A relation to another conversation that holds now.
  public struct Relation: Hashable, Sendable {
    /// How this one relates to the other.
    public var relation: ConversationRelated.Relation
    /// The other one.
    public var other: ConversationID
    /// The event that says so.
    public var position: Position
  }

  /// The conversation.
  public var id: ConversationID
  /// Its thread in the system it lives in, when an event names it.
  public var key: ConversationKeyRecord?
  /// The medium.
  public var channel: Channel = .unspecified
  /// Our side of it, an inbox, number, page or brand by its name, when its opening names one.
  public var touchpoint = ""
  /// What it is about, in the words of its opening or its first message.
  public var subject = ""
  /// The status stated last; `unspecified` when none was.
  public var status: ConversationStatusChanged.Status = .unspecified
  /// The event that states it.
  public var statusPosition: Position?
  /// Until when it is snoozed.
  public var snoozedUntil: Timestamp?
  /// Labels, as stated last.
  public var labels: [String] = []
  /// The topic, as stated last.
  public var topic = ""
  /// The priority, as stated last.
  public var priority: ConversationClassified.Priority = .unspecified
  /// Relations that hold.
  public var relations: [Relation] = []
  /// The first of the conversations that this one goes on with, through `continues`, `merged_into` and accepted
  /// handoffs; itself when there is no other.
  public var origin: ConversationID
  /// Who serves the customer in it.
  public var server: TimelineServer?
  /// Events that speak of the conversation and are no entry: its opening.
  public var positions: [Position] = []
  /// The number of its entries.
  public var entryCount = 0
  /// Whether everything in it was brought in from another system's archive.
  var isImported = false
  /// When its first entry happened.
  public var firstTime: Timestamp?
  /// When its last entry happened.
  public var lastTime: Timestamp?

  /// Whether it waits for anybody: it is not resolved, closed or spam, nor merged into another, nor snoozed beyond
  /// an instant.
  public func isOpen(at instant: Timestamp) -> Bool {
    switch status {
    case .resolved, .closed, .spam: false
    case .snoozed: snoozedUntil.map { $0 <= instant } ?? false
    default: !relations.contains { $0.relation == .mergedInto }
    }
  }
}

/// Who serves a customer in a conversation.
public struct TimelineServer: Hashable, Sendable {
  /// `agent:kim`, `bot:helper`, `team:billing`, `queue:returns`.
  public var who: String
  /// What shows it.
  public enum Basis: String, Hashable, Sendable {
    /// Accepted a handoff.
    case handoff
    /// Joined the conversation.
    case joined
    /// Answered last.
    case answered
  }
  /// What shows it.
  public var basis: Basis
  /// The event that shows it.
  public var position: Position

  package init(who: String, basis: Basis, position: Position) {
    self.who = who
    self.basis = basis
    self.position = position
  }
}

/// What a customer wrote or said and nobody has answered.
public struct TimelineUnanswered: Hashable, Sendable {
  /// The conversation of the first of them.
  public var conversation: ConversationID
  /// Since when the customer waits.
  public var since: Timestamp
  /// The entries, in timeline order.
  public var positions: [Position]
}

/// Something that is known about a customer or the matter.
public struct TimelineFact: Hashable, Sendable {
  /// The event that states it.
  public var position: Position
  /// When.
  public var time: Timestamp
  /// The conversation it was stated in.
  public var conversation: ConversationID
  /// What it is.
  public var name: String
  /// Its value.
  public var value: String
  /// Whether somebody checked it.
  public var isChecked: Bool
  /// Earlier statements of the same name that this one replaces, in timeline order.
  public var replaced: [Position] = []
}

/// A step towards a solution that was tried.
public struct TimelineAttempt: Hashable, Sendable {
  /// The event that records it.
  public var position: Position
  /// When.
  public var time: Timestamp
  /// The conversation it was tried in.
  public var conversation: ConversationID
  /// What was tried.
  public var step: String
  /// How it went.
  public var outcome: WorkAttemptRecorded.Outcome
}

/// A question we asked and that is not answered.
public struct TimelineQuestion: Hashable, Sendable {
  /// The event that records it.
  public var position: Position
  /// When.
  public var time: Timestamp
  /// The conversation it was asked in.
  public var conversation: ConversationID
  /// What was asked.
  public var question: String
  /// The fact it is about, by its name.
  public var factName: String
}

/// A handoff as it stands now.
public struct TimelineHandoff: Hashable, Sendable {
  /// Its id, 16 bytes.
  public var id: Bytes16
  /// The conversation that is passed on.
  public var conversation: ConversationID = .none
  /// Who passes it on, as in `TimelineServer.who`.
  public var giver = ""
  /// Who is to have it, or has it.
  public var receiver = ""
  /// Why.
  public var reason: HandoffRequested.Reason = .unspecified
  /// What the giver wants the receiver to know.
  public var note = ""
  /// How it was settled; `unspecified` while it is open.
  public var outcome: HandoffSettled.Outcome = .unspecified
  /// Every event of it, ascending.
  public var positions: [Position] = []
  /// The last position that a brief of it covered.
  public var briefThrough: Position?
  /// Whether a receiver acknowledged the context.
  public var isContextRead = false
}
