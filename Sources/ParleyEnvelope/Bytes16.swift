/// Sixteen opaque bytes, compared and hashed as bytes. `high` holds the first eight, big-endian, so that
/// comparing integers compares bytes in order.
public struct Bytes16: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Bytes 0 to 7, big-endian.
  public var high: UInt64
  /// Bytes 8 to 15, big-endian.
  public var low: UInt64

  /// All zeros: an absent id.
  public static let zero = Bytes16(high: 0, low: 0)

  /// Sixteen bytes from their two halves, each big-endian.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Sixteen bytes from the first sixteen of a sequence; nil when there are fewer.
  public init?(_ bytes: some Sequence<UInt8>) {
    var halves: (UInt64, UInt64) = (0, 0)
    var count = 0
    for byte in bytes.prefix(16) {
      if count < 8 {
        halves.0 = halves.0 << 8 | UInt64(byte)
      } else {
        halves.1 = halves.1 << 8 | UInt64(byte)
      }
      count += 1
    }
    guard count == 16 else { return nil }
    self.init(high: halves.0, low: halves.1)
  }

  /// Sixteen bytes from exactly 32 hexadecimal digits; nil for anything else.
  public init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 32 else { return nil }
    var halves: [UInt64] = [0, 0]
    for (index, digit) in digits.enumerated() {
      guard let value = hexDigitValue(digit) else { return nil }
      halves[index / 16] = halves[index / 16] << 4 | UInt64(value)
    }
    self.init(high: halves[0], low: halves[1])
  }

  /// The sixteen bytes in order.
  public var bytes: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 % 8))) }
  }

  /// 32 lower-case hexadecimal digits.
  public var hex: String { hexString(bytes) }

  /// Compares as bytes, first to last.
  @inlinable
  public static func < (left: Bytes16, right: Bytes16) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

extension Bytes16: CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  public var description: String { hex }
}

/// The value of one hexadecimal digit in either case, nil for another character.
package func hexDigitValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}

/// Bytes as lower-case hexadecimal digits.
package func hexString(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
