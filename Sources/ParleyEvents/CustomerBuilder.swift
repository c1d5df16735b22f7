import ParleyEnvelope

/// Makes the customer of a node from the graph around it.
struct CustomerBuilder {
  private let graph: CustomerGraph
  private let start: Identity
  private let node: CustomerGraph.Node
  private let nodes: Set<CustomerGraph.Node>
  private let edges: [CustomerGraph.Edge]
  private let streams: Set<StreamID>
  private let reached: Set<StreamID>
  /// All records of the customer's streams, by position.
  private let records: [LinkRecord]

  init(graph: CustomerGraph, start: Identity, node: CustomerGraph.Node) {
    self.graph = graph
    self.start = start
    self.node = node
    let reach = graph.reach(from: node).nodes
    (nodes, edges) = graph.component(of: node, in: reach)
    streams = Set(nodes.map(\.stream))
    reached = Set(reach.map(\.stream))
    records = streams.flatMap { graph.facts[$0]?.records ?? [] }.sorted { $0.position < $1.position }
  }

  func customer() -> Customer {
    var customer = Customer(start: start, identities: nodes.map(identity))
    customer.streams = graph.facts.keys.sorted()
    customer.links = edges.map { link($0.record, $0.basis) }
    customer.suggestions = suggestions()
    customer.refusals = refusals()
    customer.shared = nodes.filter { graph.isShared($0.stream) }.map { name(of: $0.stream) }.sorted()
    customer.separated = separated()
    customer.attributions = CustomerAttributions(facts: graph.facts)
    customer.others = graph.facts.compactMapValues(\.identity).filter { !streams.contains($0.key) }
    let deciding = CustomerMembership(
      customer: customer, graph: graph, nodes: nodes, attributions: customer.attributions)
    customer.setParts(deciding.parts())
    return customer
  }

  // MARK: - Identities

  private func identity(_ node: CustomerGraph.Node) -> CustomerIdentity {
    let starts = graph.starts(of: node.stream)
    let trusts = edges.filter { $0.first == node || $0.second == node }.map(\.record.trust)
    return CustomerIdentity(
      identity: name(of: node.stream), stream: node.stream,
      trust: trusts.reduce(graph.facts[node.stream]?.trust ?? .none, max),
      from: node.tenure > 0 ? starts[node.tenure - 1] : nil,
      until: node.tenure < starts.count ? starts[node.tenure] : nil)
  }

  private func name(of stream: StreamID) -> Identity {
    if stream == node.stream { return start }
    if let identity = graph.facts[stream]?.identity { return identity }
    let sides = edges.flatMap { [$0.record.first, $0.record.second].compactMap { $0 } }
    return sides.first { $0.stream == stream }?.identity
      ?? .unknown
  }

  // MARK: - What is not followed

  private func suggestions() -> [CustomerLink] {
    let settled = settled()
    return outward { $0.kind == .identitySuggested || ($0.kind == .identityLinked && $0.followedBy == nil) }
      .filter { record in record.streams.flatMap { settled[$0] }.map { $0 < record.position } ?? true }
      .map { link($0, $0.basis) }
  }

  /// Where pairs were last declined or separated: suggestions before that are settled.
  private func settled() -> [StreamPair: Position] {
    records.reduce(into: [:]) { settled, record in
      let isSettling = record.kind == .identitySeparated || record.ground == .declined
      if isSettling, let pair = record.streams { settled[pair] = record.position }
    }
  }

  private func refusals() -> [CustomerRefusal] {
    outward { $0.kind == .identityRefused }
      .map { CustomerRefusal(link: link($0, $0.basis), ground: $0.ground) }
  }

  private func separated() -> [IdentityPair] {
    graph.separations(among: reached).values.filter { record in
      streams.contains(record.first.stream) || record.second.map { streams.contains($0.stream) } == true
    }
    .compactMap { record in record.second.map { IdentityPair(record.first.identity, $0.identity) } }
    .sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// The last record of each pair and kind that leads from the customer to somebody else, by position.
  private func outward(_ isWanted: (LinkRecord) -> Bool) -> [LinkRecord] {
    var last: [StreamPair: LinkRecord] = [:]
    for record in records where isWanted(record) {
      guard let pair = record.streams, !(streams.contains(pair.first) && streams.contains(pair.second)) else {
        continue
      }
      last[pair] = record
    }
    return last.values.sorted { $0.position < $1.position }
  }

  private func link(_ record: LinkRecord, _ basis: LinkBasis) -> CustomerLink {
    CustomerLink(
      id: record.id.link, first: record.first.identity,
      second: record.second?.identity ?? record.first.identity,
      trust: record.trust, basis: basis, evidence: record.evidence, reason: record.reason,
      position: record.position, recordedAt: record.recordedAt)
  }
}
