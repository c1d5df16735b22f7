import ParleyEnvelope

/// The head of a frame, which is one group commit: where it stands in the chain, and its blocks.
struct FrameHeader: Equatable, Sendable {
  /// Frames start on multiples of this.
  static let alignment = 64
  static let fixedByteCount = 80
  /// Blocks of one frame: a batch of the largest size, each body a block of its own, stays below it.
  static let blocksMax = 4_096
  /// "PFRM", read as a little-endian integer.
  private static let magic: UInt32 = 0x4d52_4650
  /// "PFRC".
  private static let copyMagic: UInt32 = 0x4352_4650
  private static let version: UInt16 = 1

  /// What a block holds.
  enum BlockKind: UInt8, Sendable { case envelopes = 1, contents = 2 }
  /// How a block's bytes are stored.
  enum Codec: UInt8, Sendable { case stored = 0, lz4 = 1 }

  /// One line of the block table.
  struct Block: Equatable, Sendable {
    static let byteCount = 24
    /// From the frame's start.
    var offset: Int
    var storedCount: Int
    var plainCount: Int
    /// Of the stored bytes.
    var checksum: UInt32
    /// The first event of the frame in this block, counted from the frame's base.
    var firstRecord: Int
    var kind: BlockKind
    var codec: Codec
  }

  var sequence: UInt64
  var base: Position
  var count: Int
  /// Header, table and blocks, without the padding after them.
  var storedCount: Int
  /// The digest of the previous frame's header.
  var previousDigest: FrameDigest
  /// How many events were durable when this frame was written: it proves all before.
  var durableHead: Position
  var blocks: [Block]

  /// The position after the last event.
  var end: Position { base.advanced(by: count) }
  var byteCount: Int { Self.byteCount(blocks: blocks.count) }
  /// A frame of several blocks of a kind ends with a copy of its header, so that a damaged header costs no more
  /// than a damaged block would.
  var hasCopy: Bool { blocks.count > 2 }
  /// Where the copy is, from the frame's start.
  var copyOffset: Int { Self.padded(storedCount) }
  /// The bytes a frame takes in the file, padding and copy included.
  var paddedCount: Int { copyOffset + (hasCopy ? Self.padded(byteCount) : 0) }

  /// Bytes of salts and bodies.
  var contentCount: Int { blocks.reduce(0) { $1.kind == .contents ? $0 + $1.plainCount : $0 } }

  /// Whether readers take a frame with this header. One that they would refuse is never written.
  var isReadable: Bool {
    isSound && (2...Self.blocksMax).contains(blocks.count) && storedCount <= UInt32.max
  }

  static func byteCount(blocks: Int) -> Int { fixedByteCount + blocks * Block.byteCount + 4 }
  static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  func encoded(nonce: FrameNonce) -> [UInt8] {
    var writer = ByteWriter(capacity: byteCount)
    writer.append(Self.magic)
    writer.append(Self.version)
    writer.append(UInt16(blocks.count))
    writer.append(sequence)
    writer.append(base.rawValue)
    writer.append(UInt32(count))
    writer.append(UInt32(storedCount))
    writer.append(previousDigest)
    writer.append(durableHead.rawValue)
    writer.append(UInt64(0))
    for block in blocks { block.append(to: &writer) }
    writer.append(writer.bytes.withBytes { Self.checksum($0, nonce: nonce) })
    return writer.bytes
  }

  /// The copy of an encoded header: another magic, all else the same.
  static func copy(of encoded: [UInt8]) -> [UInt8] {
    var writer = ByteWriter(capacity: encoded.count)
    writer.append(copyMagic)
    writer.append(encoded.dropFirst(MemoryLayout.size(ofValue: copyMagic)))
    return writer.bytes
  }

  private static func checksum(_ bytes: RawSpan, nonce: FrameNonce) -> UInt32 {
    CRC32C.of(bytes, seed: nonce.checksum)
  }
}

// MARK: - Decoding

extension FrameHeader {
  /// The length of the header that starts with these bytes, at least `fixedByteCount` of them; nil when they can't
  /// be one. Nothing is proven by it.
  static func byteCount(startingWith bytes: RawSpan, at offset: Int) -> Int? {
    byteCount(startingWith: bytes, at: offset, magic: magic)
  }

  private static func byteCount(startingWith bytes: RawSpan, at offset: Int, magic: UInt32) -> Int? {
    guard bytes.byteCount - offset >= fixedByteCount else { return nil }
    guard bytes.integer(at: offset, as: UInt32.self) == magic else { return nil }
    let blocks = Int(bytes.integer(at: offset + 6, as: UInt16.self))
    guard bytes.integer(at: offset + 4, as: UInt16.self) == version, (2...blocksMax).contains(blocks) else {
      return nil
    }
    return byteCount(blocks: blocks)
  }

  /// The header at an offset; nil unless its checksum is right and every field within its bounds.
  static func decode(_ bytes: RawSpan, at offset: Int, nonce: FrameNonce) -> FrameHeader? {
    guard let length = byteCount(startingWith: bytes, at: offset), bytes.byteCount - offset >= length else {
      return nil
    }
    let sum = checksum(bytes.extracting(offset..<(offset + length - 4)), nonce: nonce)
    guard bytes.integer(at: offset + length - 4, as: UInt32.self) == sum,
      bytes.integer(at: offset + 72, as: UInt64.self) == 0
    else { return nil }
    var header = FrameHeader(
      sequence: bytes.integer(at: offset + 8), base: Position(rawValue: bytes.integer(at: offset + 16)),
      count: Int(bytes.integer(at: offset + 24, as: UInt32.self)),
      storedCount: Int(bytes.integer(at: offset + 28, as: UInt32.self)),
      previousDigest: FrameDigest(bytes, at: offset + 32),
      durableHead: Position(rawValue: bytes.integer(at: offset + 64)), blocks: [])
    let blockCount = (length - 4 - fixedByteCount) / Block.byteCount
    header.blocks.reserveCapacity(blockCount)
    for entry in 0..<blockCount {
      guard let block = Block(bytes, at: offset + fixedByteCount + entry * Block.byteCount) else {
        return nil
      }
      header.blocks.append(block)
    }
    return header.isSound ? header : nil
  }

  /// The first aligned place, from one of them on, with the byte that headers and their copies begin with: nothing
  /// is proven by it.
  static func nextStart(in bytes: RawSpan, from offset: Int) -> Int? {
    let first = UInt8(truncatingIfNeeded: magic)
    for place in stride(from: offset, to: bytes.byteCount, by: alignment)
    where bytes.integer(at: place, as: UInt8.self) == first { return place }
    return nil
  }

  /// Whether a copy of a header may begin at an offset: nothing is proven by it.
  static func mayBeCopy(_ bytes: RawSpan, at offset: Int) -> Bool {
    bytes.byteCount - offset >= fixedByteCount && bytes.integer(at: offset, as: UInt32.self) == copyMagic
  }

  /// The header in a copy at an offset; nil unless it is one.
  static func decode(copy bytes: RawSpan, at offset: Int, nonce: FrameNonce) -> FrameHeader? {
    guard let length = byteCount(startingWith: bytes, at: offset, magic: copyMagic),
      bytes.byteCount - offset >= length
    else { return nil }
    var original = ByteWriter(capacity: length)
    original.append(magic)
    original.append(bytes.copy((offset + 4)..<(offset + length)))
    return original.bytes.withBytes { decode($0, at: 0, nonce: nonce) }
  }

  /// The header of a frame from its copy at the frame's end, wherever in these bytes that begins; nil when there is
  /// none.
  static func decode(copyIn bytes: RawSpan, frame: Range<Int>, nonce: FrameNonce) -> FrameHeader? {
    var offset = frame.upperBound - alignment
    while offset > frame.lowerBound, frame.upperBound - offset <= byteCount(blocks: blocksMax) + alignment {
      if let header = decode(copy: bytes, at: offset, nonce: nonce),
        frame.lowerBound + header.copyOffset == offset
      {
        return header
      }
      offset -= alignment
    }
    return nil
  }

  /// What is checked before writing, checked again: counts within the limits, blocks one after the other.
  private var isSound: Bool {
    guard (1...LogLimits.frameEventsMax).contains(count), durableHead <= base, base.isReachable,
      sequence <= Position.reachableMax.rawValue
    else { return false }
    var end = byteCount
    for block in blocks {
      guard block.offset == end, block.isSound else { return false }
      end += block.storedCount
    }
    return end == storedCount && isComplete
  }

  /// Whether the blocks of each kind hold every event once, in order: envelopes first, each with a slot of its own.
  private var isComplete: Bool {
    let contents = blocks.firstIndex { $0.kind == .contents } ?? blocks.endIndex
    let kinds = [blocks[..<contents], blocks[contents...]]
    guard kinds[1].allSatisfy({ $0.kind == .contents }), kinds.allSatisfy({ $0.first?.firstRecord == 0 })
    else {
      return false
    }
    for kind in kinds {
      for (index, block) in zip(kind.indices, kind) {
        let next = index + 1 < kind.endIndex ? kind[index + 1].firstRecord : count
        guard block.firstRecord < next,
          block.kind == .contents || block.plainCount == (next - block.firstRecord) * RecordSlot.size
        else { return false }
      }
    }
    return true
  }
}

extension FrameHeader.Block {
  /// The largest block: one event of the largest body, with its salt.
  static let plainCountMax = LogLimits.bodyBytesMax + RecordSlot.saltSize

  fileprivate init?(_ bytes: RawSpan, at offset: Int) {
    guard let kind = FrameHeader.BlockKind(rawValue: bytes.integer(at: offset + 20)),
      let codec = FrameHeader.Codec(rawValue: bytes.integer(at: offset + 21)),
      bytes.integer(at: offset + 22, as: UInt16.self) == 0
    else { return nil }
    self.init(
      offset: Int(bytes.integer(at: offset, as: UInt32.self)),
      storedCount: Int(bytes.integer(at: offset + 4, as: UInt32.self)),
      plainCount: Int(bytes.integer(at: offset + 8, as: UInt32.self)),
      checksum: bytes.integer(at: offset + 12),
      firstRecord: Int(bytes.integer(at: offset + 16, as: UInt32.self)), kind: kind, codec: codec)
  }

  fileprivate var isSound: Bool {
    // LZ4 makes fewer than 255 bytes of one.
    (1...Self.plainCountMax).contains(plainCount)
      && (codec == .stored
        ? storedCount == plainCount : storedCount < plainCount && plainCount <= storedCount * 255)
  }

  fileprivate func append(to writer: inout ByteWriter) {
    writer.append(UInt32(offset))
    writer.append(UInt32(storedCount))
    writer.append(UInt32(plainCount))
    writer.append(checksum)
    writer.append(UInt32(firstRecord))
    writer.append(kind.rawValue)
    writer.append(codec.rawValue)
    writer.append(UInt16(0))
  }
}
