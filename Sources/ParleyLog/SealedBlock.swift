import ParleyEnvelope

/// A block of a sealed segment: a header that says what it is, and its stored bytes.
package struct SealedBlock: Equatable, Sendable {
  package static let headerByteCount = 28
  /// "PBLK", read as a little-endian integer.
  private static let magic: UInt32 = 0x4b4c_4250
  /// The most plain bytes: a full block of contents with its lengths, or one event of the largest body.
  static let plainCountMax = LogLimits.bodyBytesMax + (64 << 10)

  /// What a block holds.
  package enum Kind: UInt8, Sendable { case envelopes = 1, contents = 2, dictionary = 3 }
  /// How its bytes are stored: as they are, as an LZ4 block, or as one that repeats the segment's dictionary too.
  package enum Codec: UInt8, Sendable { case stored = 0, lz4 = 1, lz4WithDictionary = 2 }

  var kind: Kind
  var codec: Codec
  /// The records in it.
  var count: Int
  /// The number of the first of them, in the order of the segment's streams.
  var firstRecord: Int
  var storedCount: Int
  var plainCount: Int
  /// Of the stored bytes.
  var checksum: UInt32

  var records: Range<Int> { firstRecord..<(firstRecord + count) }
  /// Header and stored bytes.
  var byteCount: Int { Self.headerByteCount + storedCount }

  /// How blocks are compressed: fast when sealing has to hurry, and then without a dictionary.
  package enum Encoder {
    case fast(LZ4Encoder)
    case high(LZ4HighEncoder)
  }

  /// A block's bytes, header first: compressed where that is smaller, with a dictionary where there is one.
  package static func encoded(
    _ kind: Kind, records: Range<Int>, plain: [UInt8], dictionary: [UInt8] = [], nonce: FrameNonce,
    with encoder: Encoder
  ) -> [UInt8] {
    var stored: [UInt8] = []
    let isSmaller = plain.withBytes { plain in
      switch encoder {
      case .fast(let encoder): encoder.encode(plain, appendingTo: &stored) != nil
      case .high(let encoder): encoder.encode(plain, dictionary: dictionary, appendingTo: &stored) != nil
      }
    }
    if !isSmaller { stored = plain }
    let block = SealedBlock(
      kind: kind, codec: !isSmaller ? .stored : dictionary.isEmpty ? .lz4 : .lz4WithDictionary,
      count: records.count, firstRecord: records.lowerBound, storedCount: stored.count,
      plainCount: plain.count, checksum: stored.withBytes { CRC32C.of($0) })
    return block.encodedHeader(nonce: nonce) + stored
  }

  private func encodedHeader(nonce: FrameNonce) -> [UInt8] {
    var writer = ByteWriter(capacity: Self.headerByteCount)
    writer.append(Self.magic)
    writer.append(kind.rawValue)
    writer.append(codec.rawValue)
    writer.append(UInt16(count))
    writer.append(UInt32(firstRecord))
    writer.append(UInt32(storedCount))
    writer.append(UInt32(plainCount))
    writer.append(checksum)
    writer.append(writer.bytes.withBytes { CRC32C.of($0, seed: nonce.checksum) })
    return writer.bytes
  }

  /// The block whose header begins at an offset; nil unless it is a whole one.
  package init?(_ bytes: RawSpan, at offset: Int, nonce: FrameNonce) {
    guard offset >= 0, bytes.byteCount - offset >= Self.headerByteCount,
      bytes.integer(at: offset, as: UInt32.self) == Self.magic,
      bytes.integer(at: offset + 24, as: UInt32.self)
        == CRC32C.of(bytes.extracting(offset..<(offset + 24)), seed: nonce.checksum),
      let kind = Kind(rawValue: bytes.integer(at: offset + 4)),
      let codec = Codec(rawValue: bytes.integer(at: offset + 5))
    else { return nil }
    self.kind = kind
    self.codec = codec
    count = Int(bytes.integer(at: offset + 6, as: UInt16.self))
    firstRecord = Int(bytes.integer(at: offset + 8, as: UInt32.self))
    storedCount = Int(bytes.integer(at: offset + 12, as: UInt32.self))
    plainCount = Int(bytes.integer(at: offset + 16, as: UInt32.self))
    checksum = bytes.integer(at: offset + 20)
    guard count > 0, (1...Self.plainCountMax).contains(plainCount),
      codec == .stored ? storedCount == plainCount : (1..<plainCount).contains(storedCount)
    else { return nil }
  }

  private init(
    kind: Kind, codec: Codec, count: Int, firstRecord: Int, storedCount: Int,
    plainCount: Int, checksum: UInt32
  ) {
    self.kind = kind
    self.codec = codec
    self.count = count
    self.firstRecord = firstRecord
    self.storedCount = storedCount
    self.plainCount = plainCount
    self.checksum = checksum
  }

  /// Appends the plain bytes from those that follow the header to an array that ends with the dictionary of so many
  /// bytes; false, and nothing appended, when they are not what was written.
  package func decode(_ stored: RawSpan, dictionaryCount: Int = 0, appendingTo output: inout [UInt8]) -> Bool
  {
    guard stored.byteCount == storedCount, CRC32C.of(stored) == checksum else { return false }
    switch codec {
    case .stored:
      output.append(copying: stored)
      return true
    case .lz4: return LZ4.decode(stored, plainCount: plainCount, appendingTo: &output)
    case .lz4WithDictionary:
      return LZ4.decode(
        stored, dictionaryCount: dictionaryCount, plainCount: plainCount, appendingTo: &output)
    }
  }
}
