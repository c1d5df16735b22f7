import ParleyEnvelope
import ParleySchemas

// Who may be named. A blind copy is seen by the sender and by those who got it; they see no other recipient.

extension TimelineFold {
  /// The participants of an event that the viewer of this customer's timeline may see.
  func shownParticipants(_ participants: [Participant], _ item: TimelineItem) -> [Participant] {
    if isBlindCopy(participants, item) {
      return participants.filter { $0.role == .from || $0.role == .replyTo || isCustomer($0) }
    }
    guard !isSender(item) else { return participants }
    return participants.filter { $0.role != .bcc }
  }

  /// Whether the customer is here only by a blind copy.
  private func isBlindCopy(_ participants: [Participant], _ item: TimelineItem) -> Bool {
    if case .involved(let involvement)? = item.reason { return involvement.role == .bcc }
    let roles = participants.filter { isCustomer($0) }.map(\.role)
    return !roles.isEmpty && roles.allSatisfy { $0 == .bcc }
  }

  private func isSender(_ item: TimelineItem) -> Bool {
    if item.event.body.actorFields.actor == input.viewer.actor.description { return true }
    if let sender = item.event.body.sender, let identity = sender.shownIdentity {
      return customer.contains(identity)
    }
    guard case .own? = item.reason else { return false }
    return item.envelope.direction == .inbound
  }

  private func isCustomer(_ participant: Participant) -> Bool {
    participant.shownIdentity.map(customer.contains) ?? false
  }
}

extension IdentityRecord {
  /// The identity as it stands; nil when there is none.
  var shown: Identity? {
    guard let kind = IdentityKind(name: kind), kind != .unspecified else { return nil }
    return Identity(storedKind: kind, scope: scope, value: value)
  }
}

extension Participant {
  /// The identity it is known by.
  var shownIdentity: Identity? { hasIdentity ? identity.shown : nil }
}
