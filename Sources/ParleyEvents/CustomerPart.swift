public import ParleyEnvelope

/// The events of one conversation in one stream, and whose they are. A mail thread of three senders has three parts.
public struct ConversationPart: Hashable, Sendable {
  /// The conversation.
  public var conversation: ConversationID
  /// The stream it is recorded in.
  public var stream: StreamID
  /// The stream's identity.
  public var identity: Identity
  /// Where its first event stands.
  public var first: Position
  /// Where its last event stands.
  public var last: Position
  /// Whose it is.
  public var owner: PartOwner
}

/// Whose a part of a conversation is.
public enum PartOwner: Hashable, Sendable {
  /// The customer's, because its identity is and nothing speaks against it.
  case customerByIdentity
  /// The customer's, because somebody said so.
  case customerByAttribution(reason: String)
  /// Another customer's, the one with this identity, because somebody said so.
  case another(Identity, reason: String)
  /// Nobody's yet: a suggestion, shown in no timeline.
  case undecided(PartDoubt)

  /// Whether it is the customer's.
  public var isCustomer: Bool {
    switch self {
    case .customerByIdentity, .customerByAttribution: true
    case .another, .undecided: false
    }
  }
}

/// Why it is not decided whose a part is.
public enum PartDoubt: Hashable, Sendable {
  /// Several customers use the identity.
  case sharedIdentity
  /// It presents an identity of a kind of which the customer holds only these others.
  case presentsAnother(Identity, customerHolds: [Identity])
  /// It presents an identity of a kind of which another part of the same identity presents only others.
  case presentsAnotherThan(ConversationID, Identity)
  /// Somebody said that it is not the customer's, and not whose it is.
  case attributedToNobody(reason: String)
}

/// Whose an event is, as a customer's timeline asks.
public enum EventOwner: Hashable, Sendable {
  /// The customer's, recorded under this identity of its own.
  case own(Identity)
  /// The customer's, because somebody said so, recorded under this identity of somebody else's.
  case attributed(Identity)
  /// Recorded under an identity of the customer's, but somebody said that it is the customer's with this identity,
  /// or nobody's.
  case another(Identity?, reason: String)
  /// Recorded under an identity of the customer's, but nobody's: it is shown as a suggestion.
  case undecided
  /// Somebody else's, or recorded when somebody else held the identity.
  case foreign
}

extension Customer {
  /// Whose an event is that is recorded in one of `streams`: corrections of the single event first, then what was
  /// decided for its conversation's part, else as its identity.
  public func owner(of envelope: Envelope) -> EventOwner {
    if let record = attributions.event(envelope.event) { return owner(by: record, of: envelope) }
    if let part = partIndex[PartKey(envelope)] { return owner(by: part, of: envelope) }
    let held = members[envelope.stream] ?? []
    let time = EffectiveTime(of: envelope).time
    guard envelope.conversation.isNone, let member = held.first(where: { $0.covers(time) }) else {
      return .foreign
    }
    return shared.contains(member.identity) ? .undecided : .own(member.identity)
  }

  private func owner(by record: AttributionRecord, of envelope: Envelope) -> EventOwner {
    let own = members[envelope.stream]?.first
    guard let side = record.side else { return own == nil ? .foreign : .another(nil, reason: record.reason) }
    if members[side.stream] != nil {
      return own.map { .own($0.identity) } ?? .attributed(others[envelope.stream] ?? .unknown)
    }
    return own == nil ? .foreign : .another(side.identity, reason: record.reason)
  }

  private func owner(by part: ConversationPart, of envelope: Envelope) -> EventOwner {
    switch part.owner {
    case .customerByIdentity: .own(part.identity)
    case .customerByAttribution:
      members[part.stream] == nil ? .attributed(part.identity) : .own(part.identity)
    case .another(let identity, let reason): .another(identity, reason: reason)
    case .undecided(.attributedToNobody(let reason)): .another(nil, reason: reason)
    case .undecided: .undecided
    }
  }
}

extension CustomerAttributions.PartKey {
  init(_ envelope: Envelope) { self.init(conversation: envelope.conversation, stream: envelope.stream) }
}
