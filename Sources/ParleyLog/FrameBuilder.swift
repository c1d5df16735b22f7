import ParleyEnvelope

/// Lays out one frame: envelopes in blocks of their own before the contents. Kept by its owner for its working
/// memory.
struct FrameBuilder {
  private let encoder = BlockEncoder()
  private var envelopes = BlockRun(kind: .envelopes, plainCountMax: RecordSlot.perBlock * RecordSlot.size)
  private var contents = BlockRun(kind: .contents, plainCountMax: LogLimits.blockBytesMax)
  private(set) var count = 0
  /// The frame finished last, padded to the alignment.
  private(set) var bytes: [UInt8] = []

  /// Adds an event: its envelope, what the log sets in it, and its salt and body.
  mutating func append(_ envelope: Envelope, _ placing: RecordPlacing, salt: RawSpan, body: RawSpan) {
    let contentCount = salt.byteCount + body.byteCount
    envelopes.makeRoom(RecordSlot.size, for: count)
    envelopes.plain.appendSlot(envelope, placing, contentCount: contentCount)
    contents.makeRoom(contentCount, for: count)
    contents.plain.append(copying: salt)
    contents.plain.append(copying: body)
    count += 1
  }

  /// Finishes the frame: `bytes` is what to write. The builder is empty again.
  mutating func finish(
    sequence: UInt64, base: Position, previousDigest: FrameDigest, durableHead: Position, nonce: FrameNonce
  ) -> EncodedFrame {
    precondition(count > 0, "FrameBuilder.finish without an event")
    var encoded = encoder.encode(
      envelopes.blocks + contents.blocks, envelopes: envelopes.plain, contents: contents.plain)
    var offset = FrameHeader.byteCount(blocks: encoded.count)
    for index in encoded.indices {
      encoded[index].block.offset = offset
      offset += encoded[index].block.storedCount
    }
    let header = FrameHeader(
      sequence: sequence, base: base, count: count, storedCount: offset, previousDigest: previousDigest,
      durableHead: durableHead, blocks: encoded.map(\.block))
    let head = header.encoded(nonce: nonce)
    bytes.removeAll(keepingCapacity: bytes.capacity <= LogLimits.groupBytesMax)
    bytes.reserveCapacity(header.paddedCount)
    bytes.append(contentsOf: head)
    for block in encoded { encoder.append(block, to: &bytes) }
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

/// The bytes of one kind of block, one block after the other, and where each begins.
private struct BlockRun {
  let kind: FrameHeader.BlockKind
  /// Bytes of a block, unless one event has more.
  let plainCountMax: Int
  var plain: [UInt8] = []
  private var starts: [(record: Int, offset: Int)] = []

  init(kind: FrameHeader.BlockKind, plainCountMax: Int) {
    self.kind = kind
    self.plainCountMax = plainCountMax
    plain.reserveCapacity(plainCountMax)
  }

  /// Begins a block with an event when its bytes don't fit the one that is open.
  mutating func makeRoom(_ count: Int, for record: Int) {
    guard let open = starts.last, plain.count - open.offset + count <= plainCountMax else {
      starts.append((record, plain.count))
      return
    }
  }

  var blocks: [PlainBlock] {
    starts.indices.map { index in
      let end = index + 1 < starts.count ? starts[index + 1].offset : plain.count
      return PlainBlock(kind: kind, firstRecord: starts[index].record, range: starts[index].offset..<end)
    }
  }

  mutating func reset() {
    // What an unusually large batch needed is given back.
    plain.removeAll(keepingCapacity: plain.capacity <= LogLimits.groupBytesMax)
    starts.removeAll(keepingCapacity: true)
  }
}
