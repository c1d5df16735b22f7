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

  private mutating func addPresentation(_ presented: PresentedIdentity, _ envelope: Envelope) {
    guard !envelope.conversation.isNone else { return }
    var body = ConversationParticipantChanged()
    body.causedBy = envelope.event.rawValue.data
    body.change = .presentedIdentity
    body.presented = [presented.record]
    let id = ids.presented(
      ids.stream(of: presented.identity), trust: presented.trust, in: (envelope.conversation, envelope.stream)
    )
    add(Event.Body(body), id: id, in: envelope.stream, cause: envelope)
  }

  private mutating func fact(
    of presented: PresentedIdentity, _ envelope: Envelope, _ identity: Identity
  ) -> LinkFact? {
    guard presented.trust > .none else { return nil }
    let contact = envelope.conversation.isNone ? envelope.event.rawValue : envelope.conversation.rawValue
    let link = ids.presentedLink(
      envelope.stream, ids.stream(of: presented.identity), trust: presented.trust, contact: contact)
    var fact = LinkFact(
      kind: .identitySuggested, link: link, first: identity, second: presented.identity,
      trust: presented.trust)
    fact.causedBy = envelope.event
    fact.evidence = [evidence(of: presented, envelope)]
    let ownTrust: IdentityTrust = envelope.direction == .inbound ? .channel : .none
    switch decide(ProposedLink(identity, presented.identity, trust: presented.trust), ownTrust) {
    case .follow: fact.kind = .identityLinked
    case .suggest: break
    case .alreadyJoined: return nil
    case .refuse(let refusal):
      fact.kind = .identityRefused
      (fact.ground, fact.reason) = (refusal.ground, refusal.reason)
    }
    return fact
  }

  /// What the rules say to a link. One that is followed counts for those after it.
  private mutating func decide(_ link: ProposedLink, _ ownTrust: IdentityTrust) -> LinkDecision {
    let first = holdings(of: link.first, ownTrust)
    let second = holdings(of: link.second, link.trust)
    let decision = LinkRules.standard.decide(link, first: first, second: second)
    if decision == .follow {
      let both = LinkHoldings(
        first.identities.merging(second.identities) { max($0, $1) },
        shared: first.shared.union(second.shared),
        separated: first.separated.union(second.separated))
      for identity in both.identities.keys { holdings[identity] = both }
    }
    return decision
  }

  /// What an identity's customer holds, the identity itself worth what this contact shows of it.
  private func holdings(of identity: Identity, _ trust: IdentityTrust) -> LinkHoldings {
    var held = holdings[identity] ?? LinkHoldings([:])
    held.identities[identity] = max(held.identities[identity] ?? .none, trust)
    return held
  }

  private func evidence(of presented: PresentedIdentity, _ envelope: Envelope) -> LinkEvidence {
    .with {
      $0.basis = presented.trust == .verified && presented.by == .adapter ? .sourceStatement : .sameContact
      if !envelope.conversation.isNone { $0.conversationID = envelope.conversation.rawValue.data }
      $0.eventID = envelope.event.rawValue.data
    }
  }
}
