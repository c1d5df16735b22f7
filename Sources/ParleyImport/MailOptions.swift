public import ParleyEnvelope
public import ParleyEvents

/// How mail is imported.
public struct MailOptions: Sendable {
  /// The mailbox, where several whose Message-IDs must be kept apart go into one store; else empty.
  public var account = ""
  /// Our domains: an address in one of them, or in a domain below it, is ours and no customer's.
  public var ourDomains: [String] = []
  /// Our addresses outside our domains.
  public var ourAddresses: [String] = []
  /// When raw bytes are kept.
  public var rawBytes = RawBytes.whereSomethingIsLost
  /// What is taken of one mail.
  public var limits = MailLimits()
  /// The present, against which dates are judged.
  public var now: Timestamp

  /// When the raw bytes of a mail are kept as a blob. Their digest is kept always, so that whoever has the mail
  /// can show that it is the one.
  public enum RawBytes: Sendable {
    /// Where decoding was not exact: broken structure, a text outside its character set, something over a limit,
    /// or a signature or encryption, which only the bytes can prove. About one mail in ten; keeping all would
    /// double a store for header lines that servers wrote to each other.
    case whereSomethingIsLost
    /// Always: for whoever must be able to check DKIM signatures or the way a mail took.
    case always
    /// Never.
    case never
  }

  /// Mail without addresses of ours: everything is inbound from its sender.
  public init(now: Timestamp) { self.now = now }

  /// Checks the domains and addresses that are ours. One that is none would make customers of us without a word.
  ///
  /// Throws `EventError` when one is no domain or address.
  public func validate() throws(EventError) {
    for domain in ourDomains { _ = try OurAddresses.anyAddress(in: domain) }
    for address in ourAddresses { _ = try Identity.email(address) }
  }
}

/// Which addresses are ours.
struct OurAddresses {
  private let domains: [String]
  private let addresses: Set<Identity>

  init(_ options: MailOptions) {
    domains = options.ourDomains.compactMap { (try? Self.anyAddress(in: $0)).flatMap(Self.domain) }
    addresses = Set(options.ourAddresses.compactMap { try? Identity.email($0) })
  }

  /// Domains are normalized as those of addresses are, by way of an address.
  static func anyAddress(in domain: String) throws(EventError) -> Identity {
    try Identity.email("a@" + domain.drop { $0 == "@" || $0 == "." })
  }

  func contains(_ identity: Identity) -> Bool {
    if addresses.contains(identity) { return true }
    guard !domains.isEmpty, let domain = Self.domain(identity) else { return false }
    return domains.contains { domain == $0 || domain.hasSuffix("." + $0) }
  }

  private static func domain(_ identity: Identity) -> String? {
    identity.value.lastIndex(of: "@").map { String(identity.value[identity.value.index(after: $0)...]) }
  }
}
