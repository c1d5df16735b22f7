import ParleyEnvelope

/// Lays out one frame: envelopes in blocks of their own before the contents, each block encoded when it is full.
/// Kept by its owner for its working memory.
struct FrameBuilder {
  private let encoder = LZ4Encoder()
  private var envelopes = BlockRun(kind: .envelopes)
  private var contents = BlockRun(kind: .contents)
  private(set) var count = 0
  /// The frame finished last, padded to the alignment.
  private(set) var bytes: [UInt8] = []

  /// Adds an event: its envelope, what the log sets in it, and its salt and body.
  mutating func append(_ envelope: Envelope, _ placing: RecordPlacing, salt: RawSpan, body: RawSpan) {
    let contentCount = salt.byteCount + body.byteCount
    if envelopes.plain.count + RecordSlot.size > RecordSlot.perBlock * RecordSlot.size {
      envelopes.close(with: encoder)
    }
    if !contents.plain.isEmpty, contents.plain.count + contentCount > LogLimits.blockBytesMax {
      contents.close(with: encoder)
    }
    envelopes.openIfNeeded(at: count)
    contents.openIfNeeded(at: count)
    envelopes.plain.appendSlot(envelope, placing, contentCount: contentCount)
    contents.plain.append(copying: salt)
    contents.plain.append(copying: body)
    count += 1
  }

  /// Finishes the frame: `bytes` is what to write. The builder is empty again.
  mutating func finish(
    sequence: UInt64, base: Position, previousDigest: FrameDigest, durableHead: Position, nonce: FrameNonce
  ) -> EncodedFrame {
    precondition(count > 0, "FrameBuilder.finish without an event")
    envelopes.close(with: encoder)
    contents.close(with: encoder)
    var blocks = envelopes.blocks + contents.blocks
    var offset = FrameHeader.byteCount(blocks: blocks.count)
    for index in blocks.indices {
      blocks[index].offset = offset
      offset += blocks[index].storedCount
    }
    let header = FrameHeader(
      sequence: sequence, base: base, count: count, storedCount: offset, previousDigest: previousDigest,
      durableHead: durableHead, blocks: blocks)
    let head = header.encoded(nonce: nonce)
    bytes.removeAll(keepingCapacity: bytes.capacity <= LogLimits.groupBytesMax)
    bytes.reserveCapacity(header.paddedCount)
    bytes.append(contentsOf: head)
    bytes.append(contentsOf: envelopes.stored)
    bytes.append(contentsOf: contents.stored)
    bytes.append(contentsOf: repeatElement(0, count: header.copyOffset - bytes.count))
    if header.hasCopy { bytes.append(contentsOf: FrameHeader.copy(of: head)) }
    bytes.append(contentsOf: repeatElement(0, count: header.paddedCount - bytes.count))
    reset()
    return EncodedFrame(header: header, digest: head.withBytes { FrameDigest(of: $0) })
  }

  private mutating func reset() {
    envelopes.reset()
    contents.reset()
    count = 0
  }
}

/// What a finished frame says, and the digest that the next one carries.
struct EncodedFrame {
  var header: FrameHeader
  var digest: FrameDigest
}

/// Blocks of one kind, the last of them still open.
private struct BlockRun {
  let kind: FrameHeader.BlockKind
  /// The open block's bytes.
  var plain: [UInt8] = []
  var stored: [UInt8] = []
  var blocks: [FrameHeader.Block] = []
  private var firstRecord = 0

  init(kind: FrameHeader.BlockKind) {
    self.kind = kind
    plain.reserveCapacity(LogLimits.blockBytesMax)
  }

  mutating func openIfNeeded(at record: Int) {
    if plain.isEmpty { firstRecord = record }
  }

  mutating func close(with encoder: LZ4Encoder) {
    guard !plain.isEmpty else { return }
    let start = stored.count
    let encoded = plain.withBytes { encoder.encode($0, appendingTo: &stored) }
    if encoded == nil { stored.append(contentsOf: plain) }
    let checksum = stored.withBytes { CRC32C.of($0.extracting(start..<$0.byteCount)) }
    blocks.append(
      FrameHeader.Block(
        offset: 0, storedCount: stored.count - start, plainCount: plain.count, checksum: checksum,
        firstRecord: firstRecord, kind: kind, codec: encoded == nil ? .stored : .lz4))
    plain.removeAll(keepingCapacity: true)
  }

  mutating func reset() {
    // What an unusually large batch needed is given back.
    stored.removeAll(keepingCapacity: stored.capacity <= LogLimits.groupBytesMax)
    blocks.removeAll(keepingCapacity: true)
  }
}
