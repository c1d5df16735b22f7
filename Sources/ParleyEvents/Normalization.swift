/// Which rules make one identity of its many spellings: fixed in a store when it is created.
///
/// A pure function of the text, the version and the region: equal arguments give equal bytes, for ever, because
/// stream ids are made from them. `Schemas/identity.md` has the rules, `Schemas/identity-vectors.tsv` examples.
public struct Normalization: Hashable, Sendable {
  /// The version of the rules.
  public let version: UInt8
  /// Where a phone number without `+` or `00` belongs to: an ISO 3166 code as `DE`; nil for nowhere.
  public let region: String?

  /// The newest version of the rules.
  public static let currentVersion: UInt8 = 1

  /// Version 1 of the rules without a region.
  public static let standard = Normalization()

  private init() {
    version = Self.currentVersion
    region = nil
  }
}
