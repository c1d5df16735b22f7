public import ParleyEnvelope

/// A connected set of identities and the conversations that are theirs: what is known of who somebody is, through one
/// position and at one instant. Nothing is stored under a customer, so nothing moves when it changes.
public struct Customer: Sendable {
  /// The most identities of a customer.
  public static let identitiesMax = 1_000

  /// The identity that was asked for.
  public let start: Identity
  /// The identities, sorted; at least the one that was asked for.
  public internal(set) var identities: [CustomerIdentity] = []
  /// The links that are followed, in the order they were recorded.
  public internal(set) var links: [CustomerLink] = []
  /// Identities that may belong to it: named with their evidence, never followed.
  public internal(set) var suggestions: [CustomerLink] = []
  /// Links that were asked for and not made.
  public internal(set) var refusals: [CustomerRefusal] = []
  /// Pairs of which one is the customer's and that are known not to be one customer.
  public internal(set) var separated: [IdentityPair] = []
  /// The identities among its own that several customers use: they own no conversation.
  public internal(set) var shared: [Identity] = []
  /// The parts of conversations recorded under its identities, and those that are attributed to it from others', in
  /// the order they began.
  public internal(set) var parts: [ConversationPart] = []
  /// Every stream that was read for this, sorted: an event in one of them may change the customer.
  public internal(set) var streams: [StreamID] = []

  /// What can't be read and may change it: events of its streams, and events of which nobody knows the stream.
  public package(set) var gaps: [TimelineGap] = []

  var attributions = CustomerAttributions(facts: [:])
  /// Identities of other streams that were read.
  var others: [StreamID: Identity] = [:]
  private(set) var partIndex: [PartKey: ConversationPart] = [:]
  /// The identities by their streams; one held twice, with a gap, stands twice.
  private(set) var members: [StreamID: [CustomerIdentity]] = [:]

  init(start: Identity, identities: [CustomerIdentity]) {
    self.start = start
    self.identities = identities.sorted {
      ($0.identity, $0.from ?? .earliest) < ($1.identity, $1.from ?? .earliest)
    }
    members = Dictionary(grouping: self.identities, by: \.stream)
  }
}

extension Customer {
  typealias PartKey = CustomerAttributions.PartKey

  mutating func setParts(_ parts: [ConversationPart]) {
    self.parts = parts
    for part in parts { partIndex[PartKey(conversation: part.conversation, stream: part.stream)] = part }
  }
}

/// An identity of a customer.
public struct CustomerIdentity: Hashable, Sendable {
  /// The identity.
  public var identity: Identity
  /// The events recorded under it.
  public var stream: StreamID
  /// What it is worth: by itself, or by the links that are followed to it.
  public var trust: IdentityTrust
  /// From when on it is the customer's; nil for always. Events before it are a former holder's.
  public var from: Timestamp?
  /// Until when it is the customer's; nil for always. Events from then on are a new holder's.
  public var until: Timestamp?

  /// Whether an event of this time is the customer's.
  func covers(_ time: Timestamp) -> Bool {
    if let from, time < from { return false }
    if let until, time >= until { return false }
    return true
  }
}

/// A link between two identities, or one that somebody suggests.
public struct CustomerLink: Hashable, Sendable {
  /// The link's id, the same in both streams.
  public var id: Bytes16
  /// One side.
  public var first: Identity
  /// The other side.
  public var second: Identity
  /// What it is worth.
  public var trust: IdentityTrust
  /// By what it is followed, or what suggests it.
  public var basis: LinkBasis
  /// Why somebody believes it.
  public var evidence: [LinkEvidence]
  /// Why, in words.
  public var reason: String
  /// Where it was recorded first.
  public var position: Position
  /// When it was recorded.
  public var recordedAt: Timestamp
}

/// A link that was asked for and not made.
public struct CustomerRefusal: Hashable, Sendable {
  /// The link.
  public var link: CustomerLink
  /// Why not.
  public var ground: IdentityRefused.Ground
}

// MARK: - Questions

extension Customer {
  /// Whether an identity is one of the customer's.
  public func holds(_ identity: Identity) -> Bool { identities.contains { $0.identity == identity } }

  /// What it holds, for the decision about a link.
  public var holdings: LinkHoldings {
    LinkHoldings(
      Dictionary(identities.map { ($0.identity, $0.trust) }, uniquingKeysWith: max), shared: Set(shared),
      separated: Set(separated))
  }

  /// The links by which one of its identities is joined with another, the shortest way; empty for one identity, nil
  /// when one of the two is not the customer's.
  public func path(from first: Identity, to second: Identity) -> [CustomerLink]? {
    path(from: first, to: second, by: links)
  }

  /// What ends when two identities are separated.
  public func separation(of first: Identity, _ second: Identity) -> SeparationDecision {
    let pair = IdentityPair(first, second)
    let direct = links.filter { IdentityPair($0.first, $0.second) == pair }
    if first == second || !holds(first) || !holds(second) { return .notJoined }
    if let path = path(from: first, to: second, by: links.filter { !direct.contains($0) }) {
      return .joinedThroughOthers(identities(along: path, from: first))
    }
    return .separate(direct)
  }

  private func path(from first: Identity, to second: Identity, by links: [CustomerLink]) -> [CustomerLink]? {
    guard holds(first), holds(second) else { return nil }
    var (ways, queue) = ([first: [CustomerLink]()], [first])
    while let identity = queue.first, identity != second {
      queue.removeFirst()
      for link in links where link.first == identity || link.second == identity {
        let next = link.first == identity ? link.second : link.first
        guard ways[next] == nil else { continue }
        ways[next] = (ways[identity] ?? []) + [link]
        queue.append(next)
      }
    }
    return ways[second]
  }

  private func identities(along path: [CustomerLink], from first: Identity) -> [Identity] {
    path.reduce(into: [first]) { way, link in
      way.append(link.first == way.last ? link.second : link.first)
    }
  }
}

/// What becomes of a wish to separate two identities.
public enum SeparationDecision: Hashable, Sendable {
  /// These direct links end, and no rule joins the two again.
  case separate([CustomerLink])
  /// They are not one customer: the separation only keeps rules from joining them.
  case notJoined
  /// Refused: they are joined through others as well, along this way from the one to the other.
  case joinedThroughOthers([Identity])
}
