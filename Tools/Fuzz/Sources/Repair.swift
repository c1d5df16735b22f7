import ParleyEnvelope

@testable import ParleyLog

// Checksums as `Schemas/log-format.md` has them, by its offsets and not by the decoders' code.

extension [UInt8] {
  /// The little-endian integer at an offset.
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type = Value.self)
    -> Value
  { withBytes { $0.integer(at: offset) } }

  mutating func set<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    for byte in 0..<MemoryLayout<Value>.size {
      self[offset + byte] = UInt8(truncatingIfNeeded: value >> Value(8 * byte))
    }
  }

  /// Sets the checksum at an offset to that of all bytes before it, from another offset on.
  mutating func setChecksum(at offset: Int, from start: Int = 0, seed: UInt32 = 0) {
    guard offset >= start, count >= offset + 4 else { return }
    set(CRC32C.of(Array(self[start..<offset]), seed: seed), at: offset)
  }

  /// Cut or filled with zeros to a length.
  func resized(to count: Int) -> [UInt8] {
    Array(prefix(count)) + [UInt8](repeating: 0, count: Swift.max(0, count - self.count))
  }
}

/// Makes frames right, one behind the other.
struct FrameRepair {
  let nonce: FrameNonce
  let recipe: Recipe
  /// What the next frame must have.
  private var sequence: UInt64
  private var base: UInt64
  private var digest: FrameDigest

  init(_ header: SegmentHeader, _ recipe: Recipe) {
    self.recipe = recipe
    nonce = header.nonce
    sequence = header.firstSequence
    base = header.base.rawValue
    digest = header.predecessorDigest
  }

  /// Every frame from an offset on, each where the one before it ends.
  mutating func repairAll(_ bytes: inout [UInt8], from start: Int) {
    var offset = start
    while let end = repair(&bytes, at: offset) { offset = end }
  }

  /// The frame at an offset. Says where it ends; nil where there is none.
  mutating func repair(_ bytes: inout [UInt8], at offset: Int) -> Int? {
    guard bytes.count >= offset + FrameHeader.byteCount(blocks: 2), bytes[offset] == UInt8(ascii: "P") else {
      return nil
    }
    let blocks = Int(bytes.integer(offset + 6, as: UInt16.self))
    let tableEnd = offset + 80 + 24 * blocks
    guard tableEnd + 4 <= bytes.count else { return nil }
    if recipe.contains(.layout) { layOut(&bytes, at: offset, tableEnd: tableEnd) }
    for entry in stride(from: offset + 80, to: tableEnd, by: 24) {
      let start = offset + Int(bytes.integer(entry, as: UInt32.self))
      let end = start + Int(bytes.integer(entry + 4, as: UInt32.self))
      if end <= bytes.count { bytes.set(CRC32C.of(Array(bytes[start..<end])), at: entry + 12) }
    }
    if recipe.contains(.chain) { chain(&bytes, at: offset) }
    bytes.setChecksum(at: tableEnd, from: offset, seed: nonce.checksum)
    let head = Array(bytes[offset..<(tableEnd + 4)])
    sequence = bytes.integer(offset + 8) &+ 1
    base = bytes.integer(offset + 16) &+ UInt64(bytes.integer(offset + 24, as: UInt32.self))
    digest = head.withBytes { FrameDigest(of: $0) }
    var end = FrameHeader.padded(offset + Int(bytes.integer(offset + 28, as: UInt32.self)))
    if recipe.contains(.layout), blocks > 2, end + head.count <= bytes.count {
      bytes.replaceSubrange(end..<(end + head.count), with: FrameHeader.copy(of: head))
      end += FrameHeader.padded(head.count)
    }
    return end > offset ? end : nil
  }

  /// The blocks one behind the other, and within the bytes.
  private func layOut(_ bytes: inout [UInt8], at offset: Int, tableEnd: Int) {
    var next = tableEnd + 4
    for entry in stride(from: offset + 80, to: tableEnd, by: 24) {
      let stored = min(Int(bytes.integer(entry + 4, as: UInt32.self)), bytes.count - next)
      bytes.set(UInt32(next - offset), at: entry)
      bytes.set(UInt32(stored), at: entry + 4)
      if bytes[entry + 21] == 0 { bytes.set(UInt32(stored), at: entry + 8) }
      next += stored
    }
    bytes.set(UInt32(next - offset), at: offset + 28)
  }

  private func chain(_ bytes: inout [UInt8], at offset: Int) {
    bytes.set(sequence, at: offset + 8)
    bytes.set(base, at: offset + 16)
    for word in 0..<4 { bytes.set(digest.words[word], at: offset + 32 + 8 * word) }
    bytes.set(min(bytes.integer(offset + 64), base), at: offset + 64)
  }
}
