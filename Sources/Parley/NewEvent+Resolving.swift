import ParleyEnvelope
import ParleyEvents

extension NewEvent {
  /// The event with every identity as a store with these rules knows it.
  func resolved(by normalization: Normalization) -> NewEvent {
    guard normalization.region != nil else { return self }
    var event = self
    event.from = from?.resolved(by: normalization)
    event.customer = customer?.resolved(by: normalization)
    for index in recipients.indices {
      event.recipients[index].party = recipients[index].party.resolved(by: normalization)
    }
    for index in presented.indices {
      event.presented[index].identity = presented[index].identity.resolved(by: normalization)
    }
    return event
  }

  /// The identity to record it under, as far as the event itself says so: what concerns the store and not a
  /// customer has a stream of its own.
  var statedIdentity: Identity? {
    if let identity = primaryIdentity { return identity }
    return kind.concernsStore ? AppendPlanner.systemIdentity : nil
  }

  /// Makes the event an answer: to a message it says which one.
  mutating func answer(_ target: Envelope) {
    guard storedBody == nil, case .messageSent(var message) = body, !message.hasInReplyTo else { return }
    message.inReplyTo.eventID = target.event.rawValue.data
    body = .messageSent(message)
  }

  /// Whether it was read from a log and is passed on: then what a store records beside it is passed on as well.
  var isPassedOn: Bool { event != nil }

  /// Who began the conversation that this event opens.
  var initiative: ConversationOpened.Initiative {
    if flags.contains(.proactive) { return .proactive }
    switch effectiveDirection {
    case .inbound: return .reactive
    case .outbound: return .proactive
    default: return .unspecified
    }
  }
}

extension Party {
  fileprivate func resolved(by normalization: Normalization) -> Party {
    switch self {
    case .identity(let identity): .identity(identity.resolved(by: normalization))
    case .ours(let identity): .ours(identity.resolved(by: normalization))
    case .actor: self
    }
  }
}

extension EventKind {
  /// Whether events of this kind are about the store, its rules or its people rather than a customer: those of the
  /// families policy, people and record.
  var concernsStore: Bool { [11, 12, 24].contains(rawValue / 100) }
}

extension IdentityTrust {
  /// The trust as it stands in a body.
  var record: TrustRecord { TrustRecord(rawValue: Int(rawValue)) ?? .none }
}
