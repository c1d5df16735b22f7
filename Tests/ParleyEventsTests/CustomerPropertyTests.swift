import ParleyEnvelope
import ParleyEvents
import Testing

/// What links and separations say, worked out over the whole log the plain way.
private struct NaiveCustomers {
  struct Edge {
    var pair: IdentityPair
    var isAgents: Bool
    var at: Int
  }

  var edges: [Edge] = []
  var separations: [(pair: IdentityPair, at: Int)] = []
  var sharing: [(identity: Identity, isShared: Bool)] = []

  func isShared(_ identity: Identity) -> Bool { sharing.last { $0.identity == identity }?.isShared ?? false }

  func groups(of identities: [Identity]) -> [Set<Identity>] {
    var groups = identities.map { Set([$0]) }
    let apart = separations.filter { separation in
      !edges.contains { $0.isAgents && $0.pair == separation.pair && $0.at > separation.at }
    }.map(\.pair)
    for edge in edges where !isShared(edge.pair.first) && !isShared(edge.pair.second) {
      if separations.contains(where: { $0.pair == edge.pair && $0.at > edge.at }) { continue }
      let touched = groups.filter { $0.contains(edge.pair.first) || $0.contains(edge.pair.second) }
      let joined = touched.reduce(into: Set()) { $0.formUnion($1) }
      let crosses =
        touched.count == 2
        && apart.contains { pair in
          joined.contains(pair.first) && joined.contains(pair.second)
            && !touched.contains { $0.contains(pair.first) && $0.contains(pair.second) }
        }
      if crosses { continue }
      groups = groups.filter { !touched.contains($0) } + [joined]
    }
    return groups
  }
}

struct CustomerPropertyTests {
  private static let identities: [Identity] = (0..<9).map { try! .contact("chat", "c\($0)") }

  /// Random links, separations and sharing: the fold gives the naive model's groups from every identity, in
  /// whatever order streams and events are read, now and at every earlier position.
  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func foldAgreesWithTheNaiveModel(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var (log, model) = (IdentityScenario(), NaiveCustomers())
    var history: [(head: Position, groups: [Set<Identity>])] = []
    for step in 0..<24 {
      act(step, &log, &model, &random)
      history.append((log.head, model.groups(of: Self.identities)))
    }
    for (head, groups) in [history[7], history[15], history[23]] {
      for group in groups {
        for identity in group {
          let found = try log.customer(of: identity, through: head, seed: random.next())
          #expect(
            Set(found.identities.map(\.identity)) == group, "seed \(seed), \(identity), through \(head)")
        }
      }
    }
  }

  private func act(
    _ step: Int, _ log: inout IdentityScenario, _ model: inout NaiveCustomers, _ random: inout SplitMix
  ) {
    let two = Self.identities.shuffled(using: &random).prefix(2)
    let (first, second) = (two[0], two[1])
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      log.link(first, second)
      model.edges.append(.init(pair: IdentityPair(first, second), isAgents: false, at: step))
    case 5..<7:
      log.link(first, second, trust: .none, basis: .agent)
      model.edges.append(.init(pair: IdentityPair(first, second), isAgents: true, at: step))
    case 7..<9:
      log.separate(first, second)
      model.separations.append((IdentityPair(first, second), step))
    default:
      let isShared = !model.isShared(first)
      log.share(first, ended: !isShared)
      model.sharing.append((first, isShared))
    }
  }

  /// A path between two identities is made of followed links, each joining the next.
  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func everyTwoIdentitiesOfACustomerHaveAPath(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var (log, model) = (IdentityScenario(), NaiveCustomers())
    for step in 0..<16 { act(step, &log, &model, &random) }
    for identity in Self.identities {
      let customer = try log.customer(of: identity)
      for other in customer.identities.map(\.identity) {
        let path = try #require(customer.path(from: identity, to: other))
        let end = path.reduce(identity) { $1.first == $0 ? $1.second : $1.first }
        #expect(end == other && path.allSatisfy(customer.links.contains))
      }
    }
  }
}
