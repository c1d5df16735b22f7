import ParleyEvents
import ParleyLog

/// What is fixed when a store is created.
public struct StoreOptions: Hashable, Sendable {
  /// Where phone numbers without a calling code belong to: an ISO 3166 code as `DE`; nil for nowhere.
  public var region: String?

  /// Options; a store without a region unless stated.
  public init(region: String? = nil) { self.region = region }

  /// The options as the store's description keeps them.
  func metadata() throws(StoreError) -> [String: String] {
    let normalization = try StoreError.wrappingEvents { () throws(EventError) in
      try Normalization(region: region)
    }
    var metadata = [Self.versionName: String(normalization.version)]
    metadata[Self.regionName] = normalization.region
    return metadata
  }

  /// The rules by which a store with a description makes identities.
  static func normalization(in metadata: [String: String]) throws(StoreError) -> Normalization {
    guard let version = metadata[versionName].flatMap(UInt8.init) else {
      throw StoreError(
        .invalidOptions, "the store's description names no version of the normalization; expected one from 1")
    }
    return try StoreError.wrappingEvents { () throws(EventError) in
      try Normalization(version: version, region: metadata[regionName])
    }
  }

  private static let versionName = "normalization"
  private static let regionName = "region"
}

/// What a store is opened for.
public enum StoreAccess: Hashable, Sendable {
  /// Appending and reading: one at a time, over all processes.
  case appending
  /// Reading: any number, beside one that appends. Takes no lock and writes nothing.
  case reading
}
