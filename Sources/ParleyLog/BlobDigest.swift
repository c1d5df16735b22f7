import ParleyEnvelope

/// The SHA-256 of a blob: its name and its proof.
package struct BlobDigest: Hashable, Comparable, Sendable {
  /// 32 bytes.
  package let bytes: [UInt8]

  /// A digest of exactly 32 bytes; nil for any other count.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// A digest from exactly 64 lower-case hexadecimal digits, the form of a blob's file name; nil for anything else.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = hexDigitValue(digits[index]), let low = hexDigitValue(digits[index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
    guard self.hex == hex else { return nil }
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String { hexString(bytes) }

  package static func < (left: BlobDigest, right: BlobDigest) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension BlobDigest: CustomStringConvertible {
  package var description: String { hex }
}
