import ParleyEnvelope
public import ParleyEvents
import ParleyLog
import SwiftProtobuf

/// A link or separation on its way: decided from what both customers are now, and recorded only if that has not
/// changed meanwhile.
struct LinkRun {
  /// What somebody wants recorded, whatever becomes of it.
  struct Statement: Sendable {
    var first: Identity
    var second: Identity
    var trust: IdentityTrust
    var basis: LinkBasis
    var evidence: String
    var reason: String
    var actor: Actor
    var time: Timestamp
    /// The fact's id, drawn once, so that trying again is harmless.
    var link: Bytes16
  }

  let statement: Statement
  let context: StoreContext
  let first: Customer
  let second: Customer

  /// What becomes of a link, and what is to be appended for that; nil when nothing is.
  func link() -> (outcome: LinkOutcome, batch: AppendBatch?) {
    let wish = ProposedLink(
      statement.first, statement.second, trust: statement.trust, basis: statement.basis)
    switch LinkRules.standard.decide(wish, first: first.holdings, second: second.holdings) {
    case .alreadyJoined: return (.alreadyJoined, nil)
    case .follow: return (.linked, batch(fact(.identityLinked)))
    case .suggest: return (.suggested, batch(fact(.identitySuggested)))
    case .refuse(let refusal):
      var refused = fact(.identityRefused)
      refused.ground = refusal.ground
      refused.reason = [refusal.reason, statement.reason].filter { !$0.isEmpty }.joined(separator: "; ")
      return (.refused(refusal), batch(refused))
    }
  }

  /// What becomes of a separation, and what is to be appended for that; nil when nothing is.
  func separate() -> (outcome: SeparationDecision, batch: AppendBatch?) {
    let decision = first.separation(of: statement.first, statement.second)
    let pair = IdentityPair(statement.first, statement.second)
    switch decision {
    case .joinedThroughOthers: return (decision, nil)
    case .notJoined where first.separated.contains(pair) || statement.first == statement.second:
      return (decision, nil)
    case .notJoined, .separate: return (decision, batch(fact(.identitySeparated)))
    }
  }

  private func fact(_ kind: EventKind) -> LinkFact {
    var fact = LinkFact(
      kind: kind, link: statement.link, first: statement.first, second: statement.second,
      trust: statement.trust)
    fact.reason = statement.reason
    fact.actor = statement.actor
    fact.evidence = [
      LinkEvidence.with {
        $0.basis = evidenceBasis(of: kind)
        $0.explanation = statement.evidence
        $0.actor = statement.actor.description
      }
    ]
    return fact
  }

  /// Only an agent has checked what a separation says; of a bot's or rule's nothing is known but who it was.
  private func evidenceBasis(of kind: EventKind) -> LinkEvidence.Basis {
    kind == .identitySeparated && statement.actor.kind != .agent ? .unspecified : statement.basis.evidence
  }

  private func batch(_ fact: LinkFact) -> AppendBatch {
    var cause = Envelope()
    cause.occurredAt = statement.time
    cause.precision = .microsecond
    cause.utcOffset = .utc
    cause.channel = .system
    var planner = AppendPlanner(context)
    planner.add(fact, cause: cause)
    return AppendBatch(planner.plan.records, unchanged: condition)
  }

  private var condition: UnchangedCondition? {
    TimelineCondition(through: through, streams: Set(first.streams + second.streams).sorted()).ifCheckable
  }

  /// The last position that both customers were read through.
  let through: Position
}

/// What became of a link.
public enum LinkOutcome: Hashable, Sendable {
  /// It is followed from now on.
  case linked
  /// The two were one customer already; nothing was recorded.
  case alreadyJoined
  /// It is listed as a suggestion, as it is merely claimed.
  case suggested
  /// It was refused, and the refusal recorded.
  case refused(LinkRefusal)
}

extension TimelineCondition {
  /// The condition as the log checks it; nil when it names more streams than that.
  var ifCheckable: UnchangedCondition? {
    streams.count <= AppendLimits.conditionStreamsMax ? unchanged : nil
  }
}

extension LinkBasis {
  /// The basis as it stands in a body's evidence.
  fileprivate var evidence: LinkEvidence.Basis {
    switch self {
    case .agent: .agent
    case .handoff: .handoff
    case .contact: .sameContact
    }
  }
}
