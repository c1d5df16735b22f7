/// Which rules make one identity of its many spellings: fixed in a store when it is created.
///
/// A pure function of the text, the version and the region: equal arguments give equal bytes, for ever, because
/// stream ids are made from them. `Schemas/identity.md` has the rules, `Schemas/identity-vectors.tsv` examples.
public struct Normalization: Hashable, Sendable {
  /// The version of the rules.
  public let version: UInt8
  /// Where a phone number without `+` or `00` belongs to: an ISO 3166 code as `DE`; nil for nowhere.
  public let region: String?

  /// The newest version of the rules, which identities are made by.
  public static let currentVersion: UInt8 = 1

  /// The newest version of the rules, without a region.
  public static let standard = Normalization()

  private init() {
    version = Self.currentVersion
    region = nil
  }

  /// Rules by their version and region, as a store's description has them.
  ///
  /// Throws `unknownNormalization` for a version or a region that this version of Parley does not know.
  public init(version: UInt8 = currentVersion, region: String? = nil) throws(EventError) {
    guard version == 1 else {
      throw EventError(
        .unknownNormalization, "normalization version \(version); expected 1; use a newer Parley")
    }
    self.version = version
    self.region = try region.map { name throws(EventError) in
      guard let region = CallingRegion.named(name) else {
        throw EventError(.unknownNormalization, "unknown region; expected an ISO 3166 code as DE or US")
      }
      return region.name
    }
  }
}

extension Identity {
  /// The identity as a store knows it: a local phone number in its region's international form, all else as it is.
  public func resolved(by normalization: Normalization) -> Identity {
    guard isLocalPhone, let region = normalization.region.flatMap(CallingRegion.named),
      let number = try? PhoneNumber.normalize(value, region: region)
    else { return self }
    return Identity(storedKind: kind, scope: scope, value: number)
  }

  /// Whether it is a phone number whose calling code is not known: two of them may be two people's.
  public var isLocalPhone: Bool { kind == .phone && value.hasPrefix("local/") }
}
