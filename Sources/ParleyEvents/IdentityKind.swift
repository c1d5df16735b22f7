public import ParleyEnvelope

/// How a customer, or a thing that we keep a stream for, is known.
///
/// An open set: a code written by a newer version is kept and passed on.
public struct IdentityKind: EnvelopeCode {
  /// The code as it goes into the stream id and the event bodies; 0 is unspecified.
  public var rawValue: UInt8

  /// A code as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names in the order of their codes, as they stand before the colon.
  public static let names = [
    "unspecified",
    "email",
    "phone",
    "social",
    "visitor",
    "account",
    "device",
    "contact",
    "name",
    "organization",
    "problem",
    "article",
    "campaign",
    "touchpoint",
    "agent",
    "system",
  ]

  /// A mail address.
  public static let email = IdentityKind(rawValue: 1)
  /// A phone number.
  public static let phone = IdentityKind(rawValue: 2)
  /// An id on a social network or messaging service; the scope is the network.
  public static let social = IdentityKind(rawValue: 3)
  /// A visitor's id on a site; the scope is the site.
  public static let visitor = IdentityKind(rawValue: 4)
  /// A customer number or login; the scope is the brand.
  public static let account = IdentityKind(rawValue: 5)
  /// A device's id.
  public static let device = IdentityKind(rawValue: 6)
  /// A contact that came without a usable identity: used once, linkable later.
  public static let contact = IdentityKind(rawValue: 7)
  /// A bare name; the scope is the source's room or file. Never verified, linked only by a person.
  public static let name = IdentityKind(rawValue: 8)
  /// A company or household that people are affiliated with.
  public static let organization = IdentityKind(rawValue: 9)
  /// A known problem.
  public static let problem = IdentityKind(rawValue: 10)
  /// An article of the knowledge base.
  public static let article = IdentityKind(rawValue: 11)
  /// A campaign.
  public static let campaign = IdentityKind(rawValue: 12)
  /// An inbox, number, page or brand of ours.
  public static let touchpoint = IdentityKind(rawValue: 13)
  /// A person who works for us, by an opaque id; never a customer's identity.
  public static let agent = IdentityKind(rawValue: 14)
  /// A stream of the store's own, such as its records of imports.
  public static let system = IdentityKind(rawValue: 15)
}

extension IdentityKind {
  /// Whether the text after the colon has a scope, up to the first slash; other kinds' values are taken whole.
  public var takesScope: Bool {
    switch self {
    case .social, .visitor, .account, .device, .contact, .name: true
    default: false
    }
  }

  /// Whether an id of this kind means nothing without its scope.
  public var needsScope: Bool {
    switch self {
    case .social, .visitor, .name: true
    default: false
    }
  }

  /// Whether identities of this kind are a customer's: the others name organizations, things and ourselves, and
  /// are never linked.
  public var isCustomer: Bool {
    (Self.email.rawValue...Self.name.rawValue).contains(rawValue)
  }
}
