import ParleyEnvelope

/// How a customer shows up somewhere: a kind, for some kinds a scope, and a value.
///
/// Normalized on construction, so that equal identities are equal values and give the same stream. A phone number
/// without a calling code stays `phone:local/…` until a store with a region resolves it.
///
/// ```swift
/// let ana = try Identity.email("Ana@Example.com")        // email:ana@example.com
/// let same = try Identity(parsing: "email:ana@example.com")
/// let post = try Identity.social("x", "2244994945")      // social:x/2244994945
/// ```
public struct Identity: Hashable, Sendable {
  /// What kind of identity it is.
  public let kind: IdentityKind
  /// Where the value is valid, as a network, site or brand; empty for most kinds.
  public let scope: String
  /// The normalized value.
  public let value: String

  /// The longest identity: bytes of scope and value together, in UTF-8, normalized.
  public static let bytesMax = 1024
  /// The longest text that is looked at, in bytes of UTF-8: normalization shortens some texts.
  public static let textBytesMax = 4096

  /// An identity taken as it is: from a stored event, or normalized already.
  package init(storedKind kind: IdentityKind, scope: String, value: String) {
    self.kind = kind
    self.scope = scope
    self.value = value
  }

  /// Stands where a stream's identity should, when the event that names it can't be read.
  static let unknown = Identity(storedKind: .unspecified, scope: "", value: "")

  /// An identity from a scope and a value as they came.
  ///
  /// Throws `unknownIdentityKind`, `identityTooLong`, or `invalidIdentity` for a value that is none of its kind.
  public init(_ kind: IdentityKind, scope: String = "", _ value: String) throws(EventError) {
    guard kind.isKnown, kind != .unspecified else { throw .unknownKind }
    guard scope.utf8.count + value.utf8.count <= Self.textBytesMax else { throw .tooLong }
    self = try NormalizationRules.normalize(kind, scope: scope, value: value)
    guard self.scope.utf8.count + self.value.utf8.count <= Self.bytesMax else { throw .tooLong }
  }

  /// An identity from its text form, `kind:value` or `kind:scope/value`.
  public init(parsing text: some StringProtocol) throws(EventError) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
      let kind = IdentityKind(name: text[..<colon]), kind.isKnown, kind != .unspecified
    else { throw .unknownKind }
    let rest = text[text.utf8.index(after: colon)...]
    if kind.takesScope, let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) {
      try self.init(kind, scope: String(rest[..<slash]), String(rest[rest.utf8.index(after: slash)...]))
    } else {
      try self.init(kind, String(rest))
    }
  }
}

// MARK: - By kind

extension Identity {
  /// A mail address.
  public static func email(_ address: String) throws(EventError) -> Identity { try Identity(.email, address) }

  /// A phone number: with `+` or `00` and a calling code, else local until a store's region is known.
  public static func phone(_ number: String) throws(EventError) -> Identity { try Identity(.phone, number) }

  /// An id (rather than a handle, which can be given to somebody else) on a network.
  public static func social(_ network: String, _ id: String) throws(EventError) -> Identity {
    try Identity(.social, scope: network, id)
  }

  /// A visitor's id on a site.
  public static func visitor(_ site: String, _ id: String) throws(EventError) -> Identity {
    try Identity(.visitor, scope: site, id)
  }

  /// A customer number or login of a brand.
  public static func account(_ brand: String, _ id: String) throws(EventError) -> Identity {
    try Identity(.account, scope: brand, id)
  }

  /// A device's id.
  public static func device(_ id: String, scope: String = "") throws(EventError) -> Identity {
    try Identity(.device, scope: scope, id)
  }

  /// A contact without a usable identity, by the system it came through and an id used once.
  public static func contact(_ system: String, _ id: String) throws(EventError) -> Identity {
    try Identity(.contact, scope: system, id)
  }

  /// A bare name in a room or file.
  public static func name(_ room: String, _ name: String) throws(EventError) -> Identity {
    try Identity(.name, scope: room, name)
  }

  /// A company or household.
  public static func organization(_ id: String) throws(EventError) -> Identity {
    try Identity(.organization, id)
  }

  /// A known problem.
  public static func problem(_ id: String) throws(EventError) -> Identity { try Identity(.problem, id) }

  /// An article of the knowledge base.
  public static func article(_ id: String) throws(EventError) -> Identity { try Identity(.article, id) }

  /// A campaign.
  public static func campaign(_ id: String) throws(EventError) -> Identity { try Identity(.campaign, id) }

  /// An inbox, number, page or brand of ours.
  public static func touchpoint(_ id: String) throws(EventError) -> Identity { try Identity(.touchpoint, id) }

  /// A person who works for us.
  public static func agent(_ id: String) throws(EventError) -> Identity { try Identity(.agent, id) }

  /// A stream of the store's own.
  public static func system(_ id: String) throws(EventError) -> Identity { try Identity(.system, id) }
}

// MARK: - Text and order

extension Identity: CustomStringConvertible {
  /// The text form; `init(parsing:)` gives the same identity again.
  public var description: String {
    guard kind.takesScope, !scope.isEmpty || value.utf8.contains(UInt8(ascii: "/")) else {
      return "\(kind.name):\(value)"
    }
    return "\(kind.name):\(scope)/\(value)"
  }
}

extension Identity: Comparable {
  /// By kind, then scope, then value, each as bytes: the same order everywhere.
  public static func < (left: Identity, right: Identity) -> Bool {
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.scope != right.scope { return left.scope.utf8.lexicographicallyPrecedes(right.scope.utf8) }
    return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
  }
}

// MARK: - Stream

extension Identity {
  /// The bytes a store hashes with its key to make the stream's id (`Schemas/identity.md`).
  ///
  /// - Parameter generation: 0, and one more after each erasure of the identity.
  public func streamInput(generation: UInt32 = 0) -> [UInt8] {
    streamInput(after: KeyInput(), generation: generation)
  }

  /// Whether reading the identity's text gives it again: not so for one that another normalization made.
  package var hasExactText: Bool { (try? Identity(parsing: description)) == self }

  /// What the store hashes to make the stream's id: `streamInput` behind its purpose.
  package func keyInput() -> [UInt8] {
    streamInput(after: KeyInput(purpose: "parley-stream/v1"), generation: 0)
  }

  private func streamInput(after begun: KeyInput, generation: UInt32) -> [UInt8] {
    var input = begun
    input.append([Normalization.currentVersion])
    input.append([kind.rawValue])
    input.append(scope)
    input.append(value)
    input.append((0..<4).map { UInt8(truncatingIfNeeded: generation >> ($0 * 8)) })
    return input.bytes
  }
}

extension EventError {
  fileprivate static var unknownKind: EventError {
    let kinds = IdentityKind.names.dropFirst().joined(separator: ", ")
    return EventError(
      .unknownIdentityKind,
      "no identity kind this version knows; expected one of \(kinds) before a colon, as in email:…")
  }

  fileprivate static var tooLong: EventError {
    EventError(
      .identityTooLong, "an identity is longer than \(Identity.bytesMax) bytes; use the source's own id")
  }
}
