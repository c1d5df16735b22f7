import ParleyEnvelope

/// Whether two identities that somebody puts together become one customer: a pure decision from what both sides'
/// customers hold already.
///
/// What a machine can prove is followed, what a contact merely claims is suggested, and what would make one
/// customer of two people is refused. A person's confirmation overrides what a rule can only guess from (a conflict),
/// not what makes an identity useless (a blocked value, too many of one kind).
public struct LinkRules: Hashable, Sendable {
  /// The most identities of one kind in a customer. Contacts don't count: each is used only once.
  public var identitiesOfOneKindMax = 5
  /// The most accounts of one brand in a customer.
  public var accountsOfOneScopeMax = 1

  /// The rules with their defaults.
  public init() {}

  /// The rules with their defaults.
  public static let standard = LinkRules()

  /// What becomes of a link between two customers: of each side's identity with whatever it is joined with.
  public func decide(_ link: ProposedLink, first: LinkHoldings, second: LinkHoldings) -> LinkDecision {
    if let refusal = uselessness(of: link) { return .refuse(refusal) }
    if link.first == link.second || first.identities[link.second] != nil { return .alreadyJoined }
    guard link.isFollowable else { return .suggest }
    if let refusal = sharing(link, first, second) ?? separation(link, first, second) ?? excess(first, second)
    {
      return .refuse(refusal)
    }
    if link.basis != .agent, let refusal = conflict(first, second) { return .refuse(refusal) }
    return .follow
  }
}

/// A link that a contact, an agent or a handoff asks for.
public struct ProposedLink: Hashable, Sendable {
  /// One side.
  public var first: Identity
  /// The other side.
  public var second: Identity
  /// What it is worth.
  public var trust: IdentityTrust
  /// Who asks for it.
  public var basis: LinkBasis

  /// A link that is asked for.
  public init(_ first: Identity, _ second: Identity, trust: IdentityTrust, basis: LinkBasis = .contact) {
    self.first = first
    self.second = second
    self.trust = trust
    self.basis = basis
  }

  /// Whether it is worth being followed: verified, confirmed by an agent, or carried by a handoff. A bare name is
  /// linked only by a person.
  public var isFollowable: Bool {
    switch basis {
    case .agent: true
    case .contact, .handoff:
      (basis == .handoff || trust == .verified) && first.kind != .name && second.kind != .name
    }
  }
}

/// Who asks for a link.
public enum LinkBasis: String, Hashable, Sendable {
  /// One contact presented both.
  case contact
  /// An agent confirmed it.
  case agent
  /// An accepted handoff carries it.
  case handoff
}

/// What a side of a link holds: its customer's identities and what they are worth.
public struct LinkHoldings: Hashable, Sendable {
  /// The customer's identities, the link's own included.
  public var identities: [Identity: IdentityTrust]
  /// The ones that several people use.
  public var shared: Set<Identity>
  /// Pairs that are known not to be one customer.
  public var separated: Set<IdentityPair>

  /// What a side holds.
  public init(
    _ identities: [Identity: IdentityTrust], shared: Set<Identity> = [], separated: Set<IdentityPair> = []
  ) {
    self.identities = identities
    self.shared = shared
    self.separated = separated
  }
}

/// Two identities, in whichever order they come.
public struct IdentityPair: Hashable, Sendable {
  /// The one that sorts first.
  public let first: Identity
  /// The other one.
  public let second: Identity

  /// A pair.
  public init(_ one: Identity, _ other: Identity) {
    (first, second) = one < other ? (one, other) : (other, one)
  }
}

/// What becomes of a link.
public enum LinkDecision: Hashable, Sendable {
  /// It is recorded as linked, and followed from then on.
  case follow
  /// The two are one customer already: nothing is recorded.
  case alreadyJoined
  /// It is recorded as suggested, and listed.
  case suggest
  /// It is recorded as refused, with its reason.
  case refuse(LinkRefusal)
}

/// Why a link is not made.
public struct LinkRefusal: Hashable, Sendable {
  /// The reason as it is recorded.
  public var ground: IdentityRefused.Ground
  /// In words, without any identity's value.
  public var reason: String

  init(_ ground: IdentityRefused.Ground, _ reason: String) {
    self.ground = ground
    self.reason = reason
  }
}

// MARK: - The rules, in their order

extension LinkRules {
  private func uselessness(of link: ProposedLink) -> LinkRefusal? {
    for identity in [link.first, link.second] {
      if !identity.kind.isCustomer {
        return LinkRefusal(.blockedValue, "identities of kind \(identity.kind.name) are no customer's")
      }
      if identity.isLocalPhone {
        return LinkRefusal(.blockedValue, "a phone number without its calling code may be many people's")
      }
      if BlockedValues.contains(identity) {
        return LinkRefusal(.blockedValue, "the value of the \(identity.kind.name) stands for nobody")
      }
    }
    return nil
  }

  private func sharing(_ link: ProposedLink, _ first: LinkHoldings, _ second: LinkHoldings) -> LinkRefusal? {
    guard first.shared.contains(link.first) || second.shared.contains(link.second) else { return nil }
    return LinkRefusal(.conflict, "one of the two is shared by several customers; end the sharing first")
  }

  private func separation(_ link: ProposedLink, _ first: LinkHoldings, _ second: LinkHoldings) -> LinkRefusal?
  {
    let separated = first.separated.union(second.separated).filter { pair in
      (first.identities[pair.first] != nil && second.identities[pair.second] != nil)
        || (first.identities[pair.second] != nil && second.identities[pair.first] != nil)
    }
    // A person takes a separation back by linking the very pair again.
    if separated.isEmpty || (link.basis == .agent && separated == [IdentityPair(link.first, link.second)]) {
      return nil
    }
    return LinkRefusal(
      .separated, "the two were separated; an agent takes it back by linking the separated pair itself")
  }

  private func excess(_ first: LinkHoldings, _ second: LinkHoldings) -> LinkRefusal? {
    let all = first.identities.merging(second.identities) { max($0, $1) }.keys
    guard all.count <= Customer.identitiesMax else {
      return LinkRefusal(.tooMany, "the customer would have more than \(Customer.identitiesMax) identities")
    }
    for (kind, held) in Dictionary(grouping: all, by: \.kind).sorted(by: { $0.key.rawValue < $1.key.rawValue }
    ) {
      let largest =
        kind == .account ? Dictionary(grouping: held, by: \.scope).values.map(\.count).max() ?? 0 : held.count
      let limit = kind == .account ? accountsOfOneScopeMax : identitiesOfOneKindMax
      if kind != .contact, largest > limit {
        return LinkRefusal(
          .tooMany, "the customer would have \(largest) of kind \(kind.name); at most \(limit)")
      }
    }
    return nil
  }

  private func conflict(_ first: LinkHoldings, _ second: LinkHoldings) -> LinkRefusal? {
    for (kind, held) in first.tellingApart {
      if let others = second.tellingApart[kind], held.isDisjoint(with: others) {
        return LinkRefusal(.conflict, "each side already has a different \(kind.kind.name)")
      }
    }
    if first.identities.count > 1 && second.identities.count > 1 {
      return LinkRefusal(.alreadyFollowed, "each side is already joined with identities of its own")
    }
    return nil
  }
}

extension LinkHoldings {
  /// Values known by channel or better, of the kinds that tell people apart.
  fileprivate var tellingApart: [IdentityScope: Set<Identity>] {
    let known = identities.filter { $0.value >= .channel && $0.key.kind.tellsPeopleApart }.keys
    return Dictionary(grouping: known, by: IdentityScope.init).mapValues(Set.init)
  }
}

/// A kind and the scope in which its values can be compared.
struct IdentityScope: Hashable {
  var kind: IdentityKind
  var scope: String

  init(_ identity: Identity) {
    kind = identity.kind
    scope = identity.scope
  }
}

extension IdentityKind {
  /// Whether a different value speaks for a different person: everybody has many browsers and devices, and a
  /// contact's or a bare name's value says nothing.
  public var tellsPeopleApart: Bool { [.email, .phone, .social, .account].contains(self) }
}
