import ParleyEnvelope
import ParleyEvents
import SwiftProtobuf

// What a contact presented beside the identity it came from.

extension AppendPlanner {
  /// After an event: that later messages of a conversation presented something, and what follows from it. Verified
  /// identities are linked or refused as the rules say; what is merely claimed becomes a suggestion.
  mutating func addPresented(by event: NewEvent, _ envelope: Envelope, _ identity: Identity, opened: Bool) {
    for presented in event.presented where ids.stream(of: presented.identity) != envelope.stream {
      if !opened { addPresentation(presented, envelope) }
      if let fact = fact(of: presented, envelope, identity) { add(fact, cause: envelope) }
    }
  }

  /// The questions that must be answered before an event can be laid out.
  static func questions(of event: NewEvent) -> [LinkQuestion] {
    guard let identity = event.statedIdentity else { return [] }
    return event.presented.filter { $0.trust == .verified && $0.identity != identity }
      .map { LinkQuestion(first: identity, second: $0.identity, trust: $0.trust) }
  }

  private mutating func addPresentation(_ presented: PresentedIdentity, _ envelope: Envelope) {
    guard !envelope.conversation.isNone else { return }
    var body = ConversationParticipantChanged()
    body.causedBy = envelope.event.rawValue.data
    body.change = .presentedIdentity
    body.presented = [presented.record]
    let id = ids.presented(
      ids.stream(of: presented.identity), trust: presented.trust, in: (envelope.conversation, envelope.stream))
    add(Event.Body(body), id: id, in: envelope.stream, cause: envelope)
  }

  private func fact(of presented: PresentedIdentity, _ envelope: Envelope, _ identity: Identity) -> LinkFact? {
    let contact =
      envelope.conversation.isNone ? envelope.event.rawValue : envelope.conversation.rawValue
    let link = ids.presentedLink(
      envelope.stream, ids.stream(of: presented.identity), trust: presented.trust, contact: contact)
    var fact = LinkFact(
      kind: .identitySuggested, link: link, first: identity, second: presented.identity, trust: presented.trust)
    fact.causedBy = envelope.event
    fact.evidence = [evidence(of: presented, envelope)]
    guard presented.trust == .verified else { return presented.trust == .none ? nil : fact }
    switch facts.verdicts[LinkQuestion(first: identity, second: presented.identity, trust: .verified)] {
    case .followed: fact.kind = .identityLinked
    case .alreadyJoined, nil: return nil
    case .refused(let ground, let reason):
      fact.kind = .identityRefused
      (fact.ground, fact.reason) = (ground, reason)
    }
    return fact
  }

  private func evidence(of presented: PresentedIdentity, _ envelope: Envelope) -> LinkEvidence {
    .with {
      $0.basis = presented.trust == .verified && presented.by == .adapter ? .sourceStatement : .sameContact
      if !envelope.conversation.isNone { $0.conversationID = envelope.conversation.rawValue.data }
      $0.eventID = envelope.event.rawValue.data
    }
  }
}
