import ParleyEnvelope

/// One field of many records, packed: what all values share is left out, and each byte of the rest stands beside the
/// same byte of its neighbours, where LZ4 finds what repeats.
///
/// A byte of bits a value (0, 1, 2, 4 or a multiple of 8), a byte of bytes of the smallest value, those, then every
/// value less the smallest: below 8 bits packed from the lowest bit on, else plane by plane from the lowest byte on.
package struct PackedColumn {
  /// Appends a column.
  package static func append(_ values: [UInt64], to output: inout [UInt8]) {
    let least = values.min() ?? 0
    let bits = width(of: (values.max() ?? 0) - least)
    let leastBytes = (64 - least.leadingZeroBitCount + 7) / 8
    output.append(UInt8(bits))
    output.append(UInt8(leastBytes))
    for byte in 0..<leastBytes { output.append(UInt8(truncatingIfNeeded: least >> UInt64(8 * byte))) }
    if bits >= 8 {
      for plane in 0..<(bits / 8) {
        for value in values { output.append(UInt8(truncatingIfNeeded: (value - least) >> UInt64(8 * plane))) }
      }
    } else if bits > 0 {
      let perByte = 8 / bits
      for first in stride(from: 0, to: values.count, by: perByte) {
        var byte: UInt8 = 0
        for (slot, value) in values[first..<min(first + perByte, values.count)].enumerated() {
          byte |= UInt8(truncatingIfNeeded: value - least) << UInt8(slot * bits)
        }
        output.append(byte)
      }
    }
  }

  /// The bits that a value is packed in.
  private static func width(of value: UInt64) -> Int {
    switch value {
    case 0: 0
    case 1: 1
    case 2...3: 2
    case 4...15: 4
    default: (64 - value.leadingZeroBitCount + 7) / 8 * 8
    }
  }

  // MARK: - Reading

  /// The bits that each value less the smallest is packed in.
  private let bits: Int
  private let least: UInt64
  private let count: Int
  /// Where the packed values are.
  private let packed: Range<Int>

  /// The column of so many records that begins at an offset, which is moved behind it; nil when it does not fit the bytes.
  package init?(_ bytes: RawSpan, at offset: inout Int, count: Int) {
    guard bytes.byteCount - offset >= 2 else { return nil }
    bits = Int(bytes.integer(at: offset, as: UInt8.self))
    let leastBytes = Int(bytes.integer(at: offset + 1, as: UInt8.self))
    guard bits <= 64, bits % 8 == 0 || [1, 2, 4].contains(bits), leastBytes <= 8 else { return nil }
    let byteCount = bits < 8 ? (count * bits + 7) / 8 : count * (bits / 8)
    guard bytes.byteCount - offset - 2 >= leastBytes + byteCount else { return nil }
    var least: UInt64 = 0
    for byte in 0..<leastBytes {
      least |= UInt64(bytes.integer(at: offset + 2 + byte, as: UInt8.self)) << UInt64(8 * byte)
    }
    self.least = least
    self.count = count
    let start = offset + 2 + leastBytes
    packed = start..<(start + byteCount)
    offset = packed.upperBound
  }

  /// What all values are, where that is one.
  package var constant: UInt64? { bits == 0 ? least : nil }

  /// Unpacks the values from the bytes that the column was found in, over the first of some numbers.
  package func unpack(_ bytes: RawSpan, into values: inout [UInt64]) {
    let packed = bytes.extracting(packed)
    if bits >= 8 {
      UnsafeBytes.join(planes: packed, of: count, adding: least, into: &values)
    } else if bits > 0 {
      let mask = UInt64(1) << UInt64(bits) - 1
      for index in 0..<count {
        let bit = index * bits
        let byte = UInt64(packed.integer(at: bit >> 3, as: UInt8.self))
        values[index] = least &+ (byte >> UInt64(bit & 7) & mask)
      }
    } else {
      for index in 0..<count { values[index] = least }
    }
  }
}

extension UInt64 {
  /// A signed number as an unsigned one, small where it is near zero.
  init(zigzag value: Int64) { self = UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

  /// The signed number that became this one.
  var zigzagged: Int64 { Int64(bitPattern: (self >> 1) ^ (0 &- (self & 1))) }
}
