import ParleyEnvelope

/// Builds fixed layouts from front to back: little-endian integers, ids as their bytes in order.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    bytes.append(littleEndian: value)
  }

  mutating func append(_ id: Bytes16) {
    append(id.high.byteSwapped)
    append(id.low.byteSwapped)
  }

  mutating func append(_ digest: FrameDigest) {
    for word in 0..<4 { append(digest.words[word]) }
  }

  mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  mutating func append(_ text: StaticString) {
    append("\(text)".utf8)
  }

  /// Zeros up to a count of bytes, which must not be smaller than what is there.
  mutating func pad(to count: Int) {
    precondition(count >= bytes.count, "ByteWriter.pad(to:) below what was written")
    bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
  }
}

extension Position {
  /// The last that a log comes to. What is decoded names none behind it, so that counting on from one never overflows.
  static let reachableMax = Position(rawValue: 1 << 62)

  var isReachable: Bool { self <= .reachableMax }
}

extension RawSpan {
  /// Sixteen bytes at an offset.
  func bytes16(at offset: Int) -> Bytes16 {
    Bytes16(
      high: integer(at: offset, as: UInt64.self).byteSwapped,
      low: integer(at: offset + 8, as: UInt64.self).byteSwapped)
  }

  /// A copy of some of the bytes.
  func copy(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "RawSpan.copy past the end")
    return [UInt8](copying: extracting(range))
  }

  /// Whether all bytes of a range are zero.
  func isZero(_ range: Range<Int>) -> Bool {
    range.allSatisfy { integer(at: $0, as: UInt8.self) == 0 }
  }
}
