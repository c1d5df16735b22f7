public import ParleyEnvelope

/// How well it is known that an identity in a contact is really the contact's own.
public enum IdentityTrust: UInt8, CaseIterable, Comparable, Sendable {
  /// Nothing is known.
  case none = 0
  /// Typed or said.
  case claimed = 1
  /// What the channel itself shows: the address a mail comes from, the number that calls, the account that posts.
  /// Enough to own its own conversations and to make a conflict, not to be linked by.
  case channel = 2
  /// By a login, a signed token, a one-time code, or the source system's own statement.
  case verified = 3

  /// The trust's name in JSON.
  public var name: String {
    switch self {
    case .none: "none"
    case .claimed: "claimed"
    case .channel: "channel"
    case .verified: "verified"
    }
  }

  /// The trust with a name; nil for another string.
  public init?(name: some StringProtocol) {
    guard let trust = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = trust
  }

  /// By worth.
  public static func < (left: IdentityTrust, right: IdentityTrust) -> Bool { left.rawValue < right.rawValue }
}

/// Through what an identity was presented in a contact. An open set, as the codes of the envelope are.
public struct PresentedBy: EnvelopeCode {
  /// The code as stored; 0 is unspecified.
  public var rawValue: UInt8

  /// A code as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names in the order of their codes, as written in JSON.
  public static let names = ["unspecified", "from", "form", "agent", "adapter"]

  /// The contact came from it: the sender's address, the caller's number.
  public static let from = PresentedBy(rawValue: 1)
  /// Filled into a form by the contact.
  public static let form = PresentedBy(rawValue: 2)
  /// Noted down by an agent.
  public static let agent = PresentedBy(rawValue: 3)
  /// Stated by the system that the contact came through.
  public static let adapter = PresentedBy(rawValue: 4)
}

/// An identity that a contact presented, and what that is worth.
public struct PresentedIdentity: Hashable, Sendable {
  /// The identity.
  public var identity: Identity
  /// How well it is known to be the contact's own.
  public var trust: IdentityTrust
  /// Through what it was presented.
  public var by: PresentedBy

  /// A presented identity; unless stated, it is merely claimed.
  public init(_ identity: Identity, trust: IdentityTrust = .claimed, by: PresentedBy = .unspecified) {
    self.identity = identity
    self.trust = trust
    self.by = by
  }
}
