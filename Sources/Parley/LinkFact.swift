import Foundation
import ParleyEnvelope
import ParleyEvents
import SwiftProtobuf

/// One fact about two identities: recorded as an event in each of their streams, all in one batch.
struct LinkFact: Sendable {
  /// `identity.linked`, `suggested`, `refused` or `separated`.
  var kind: EventKind
  /// The fact's id, the same in both streams.
  var link: Bytes16
  var first: Identity
  var second: Identity
  var trust: IdentityTrust
  var evidence: [LinkEvidence] = []
  /// Why, in words.
  var reason = ""
  /// Why not, of a refusal.
  var ground: IdentityRefused.Ground = .unspecified
  /// Who says so; nil for the store.
  var actor: Actor?
  /// The event that brought it about.
  var causedBy: EventID = .none

  /// The body, which is the same in both streams.
  func body(_ ids: StoreIDs) -> Event.Body {
    switch kind {
    case .identityLinked: filled(IdentityLinked(), ids)
    case .identitySuggested: filled(IdentitySuggested(), ids)
    case .identitySeparated: filled(IdentitySeparated(), ids)
    case .identityRefused: filled(IdentityRefused.with { $0.ground = ground }, ids)
    default: preconditionFailure("LinkFact of kind \(kind.rawValue)")
    }
  }

  private func filled<Payload: LinkPayload>(_ payload: Payload, _ ids: StoreIDs) -> Event.Body {
    var payload = payload
    if !causedBy.isNone { payload.causedBy = causedBy.rawValue.data }
    if let actor { payload.actor = actor.description }
    payload.linkID = link.data
    payload.first = side(first, ids)
    payload.second = side(second, ids)
    payload.trust = trust.record
    payload.evidence = evidence
    payload.reason = reason
    return Event.Body(payload)
  }

  private func side(_ identity: Identity, _ ids: StoreIDs) -> LinkSide {
    .with {
      $0.identity = identity.record
      $0.streamID = ids.stream(of: identity).rawValue.data
    }
  }
}

/// The bodies of facts about two identities, which have the same fields.
private protocol LinkPayload: EventPayload {
  var linkID: Data { get set }
  var first: LinkSide { get set }
  var second: LinkSide { get set }
  var trust: TrustRecord { get set }
  var evidence: [LinkEvidence] { get set }
  var reason: String { get set }
}

extension IdentityLinked: LinkPayload {}
extension IdentitySuggested: LinkPayload {}
extension IdentityRefused: LinkPayload {}
extension IdentitySeparated: LinkPayload {}

extension AppendPlanner {
  /// Adds a fact to each of the two streams, `observed` before it where a stream is new.
  mutating func add(_ fact: LinkFact, cause: Envelope) {
    let body = fact.body(ids)
    for identity in [fact.first, fact.second] {
      addObserved(identity, trust: .none, name: "", cause: cause)
      let stream = ids.stream(of: identity)
      add(
        body, id: ids.fact(of: fact.kind, link: fact.link, in: stream), in: stream, cause: cause,
        by: fact.actor)
    }
  }
}
