import ParleyLog

/// The secret by which a store makes its ids: without it no identity's stream can be found, with it every id can be
/// guessed at. Kept in the store's directory unless it is given from outside.
public struct StoreKey: Sendable {
  /// Bytes of a key.
  public static let byteCount = 32

  /// The key itself.
  public let bytes: [UInt8]

  /// A key that is there already. Throws `wrongKey` when it has not `byteCount` bytes.
  public init(_ bytes: [UInt8]) throws(StoreError) {
    guard bytes.count == Self.byteCount else {
      throw StoreError(.wrongKey, "the key has \(bytes.count) bytes, \(Self.byteCount) are expected")
    }
    self.bytes = bytes
  }

  private init(random generator: inout some RandomNumberGenerator) {
    bytes = (0..<Self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// A new key, from the system's randomness.
  public static func random() -> StoreKey {
    var generator = SystemRandomNumberGenerator()
    return StoreKey(random: &generator)
  }
}

extension StoreKey: CustomStringConvertible {
  /// Says nothing of the key, so that no log has it.
  public var description: String { "a store's key" }
}

extension StoreKey {
  /// What the log is opened or created with, for a key from outside or none.
  static func options(_ key: StoreKey?) -> LogOptions { LogOptions(key: key?.bytes) }
}
