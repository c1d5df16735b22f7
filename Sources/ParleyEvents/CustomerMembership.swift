import ParleyEnvelope

/// Decides whose each part of a conversation is, in this order:
///
/// 1. as somebody said of that conversation and stream;
/// 2. as an accepted handoff or a continued conversation says (no body that this version reads says so yet with
///    the streams of both);
/// 3. as the stream's identity, unless several customers use it, or the part presents somebody else.
struct CustomerMembership {
  let customer: Customer
  let graph: CustomerGraph
  let nodes: Set<CustomerGraph.Node>
  let attributions: CustomerAttributions

  /// All parts under the customer's identities, and those attributed to it, in the order they began.
  func parts() -> [ConversationPart] {
    let own = nodes.flatMap { node in ownParts(of: node) }
    let streams = Set(nodes.map(\.stream))
    let foreign = attributions.parts(of: streams).compactMap { key in foreignPart(key) }
    return (own + foreign).sorted { ($0.first, $0.stream) < ($1.first, $1.stream) }
  }

  private func ownParts(of node: CustomerGraph.Node) -> [ConversationPart] {
    let held = parts(of: node)
    let claims = PartClaims(held)
    return held.map { conversation, facts in
      part(conversation, node.stream, facts, owner: owner(of: conversation, facts, at: node, claims))
    }
  }

  /// The parts that began while the node's holder held the identity.
  private func parts(of node: CustomerGraph.Node) -> [ConversationID: PartFacts] {
    (graph.facts[node.stream]?.parts ?? [:]).filter { graph.node(node.stream, at: $0.value.begin) == node }
  }

  private func foreignPart(_ key: CustomerAttributions.PartKey) -> ConversationPart? {
    guard let facts = graph.facts[key.stream]?.parts[key.conversation],
      let record = attributions.part(key.conversation, in: key.stream)
    else { return nil }
    return part(key.conversation, key.stream, facts, owner: .customerByAttribution(reason: record.reason))
  }

  private func part(
    _ conversation: ConversationID, _ stream: StreamID, _ facts: PartFacts, owner: PartOwner
  ) -> ConversationPart {
    ConversationPart(
      conversation: conversation, stream: stream, identity: identity(of: stream), first: facts.first,
      last: facts.last, owner: owner)
  }

  private func identity(of stream: StreamID) -> Identity {
    customer.identities.first { $0.stream == stream }?.identity ?? graph.facts[stream]?.identity
      ?? .unknown
  }

  // MARK: - The rule

  private func owner(
    of conversation: ConversationID, _ facts: PartFacts, at node: CustomerGraph.Node, _ claims: PartClaims
  ) -> PartOwner {
    if let record = attributions.part(conversation, in: node.stream) { return owner(by: record) }
    if graph.isShared(node.stream) { return .undecided(.sharedIdentity) }
    return contest(facts, claims).map { .undecided($0) } ?? .customerByIdentity
  }

  private func owner(by record: AttributionRecord) -> PartOwner {
    guard let side = record.side else { return .undecided(.attributedToNobody(reason: record.reason)) }
    let isOwn = nodes.contains { $0.stream == side.stream }
    return isOwn
      ? .customerByAttribution(reason: record.reason) : .another(side.identity, reason: record.reason)
  }

  /// What a part presents that speaks for somebody else; a value that the customer holds never does.
  private func contest(_ part: PartFacts, _ claims: PartClaims) -> PartDoubt? {
    for identity in part.claims.sorted() where !customer.holds(identity) {
      let kind = IdentityScope(identity)
      let held = customer.identities.filter { IdentityScope($0.identity) == kind && $0.trust >= .channel }
      if !held.isEmpty { return .presentsAnother(identity, customerHolds: held.map(\.identity)) }
      if let other = claims.another(than: identity) { return .presentsAnotherThan(other.0, other.1) }
    }
    return nil
  }
}

/// What the parts of one identity present, by kind: each set of values once, with the first part that presents it,
/// so that comparing thousands of parts stays cheap.
private struct PartClaims {
  private var sets: [IdentityScope: [(values: Set<Identity>, conversation: ConversationID)]] = [:]

  init(_ parts: [ConversationID: PartFacts]) {
    for (conversation, facts) in parts.sorted(by: { $0.value.first < $1.value.first }) {
      for (kind, values) in Dictionary(grouping: facts.claims, by: IdentityScope.init) {
        let values = Set(values)
        let isKnown = sets[kind]?.contains { $0.values == values } ?? false
        if !isKnown { sets[kind, default: []].append((values, conversation)) }
      }
    }
  }

  /// The first part that presents only others of an identity's kind, and what it presents.
  func another(than identity: Identity) -> (ConversationID, Identity)? {
    let other = sets[IdentityScope(identity)]?.first { !$0.values.contains(identity) }
    return other.flatMap { other in other.values.min().map { (other.conversation, $0) } }
  }
}

extension PartFacts {
  /// The presented identities that tell people apart, also those that are merely claimed.
  fileprivate var claims: [Identity] {
    presented.filter { identity, worth in
      worth.trust >= .claimed && identity.kind.tellsPeopleApart && !identity.isLocalPhone
        && !BlockedValues.contains(identity)
    }.map(\.key)
  }
}
