import ParleyEnvelope

/// Lays out one frame: envelopes in blocks of their own before the contents. Kept by its owner for its working
/// memory.
struct FrameBuilder {
  /// Frames of fewer plain bytes are encoded by one core.
  private static let sharedByteCount = 192 << 10

  private var envelopes = BlockRun(kind: .envelopes, plainCountMax: RecordSlot.perBlock * RecordSlot.size)
  private var contents = BlockRun(kind: .contents, plainCountMax: LogLimits.blockBytesMax)
  /// Contents that are being encoded already, each with the number of its first event.
  private var begun: [(firstRecord: Int, contents: BatchContents)] = []
  private(set) var count = 0
  /// The frame finished last, padded to the alignment.
  private(set) var bytes: [UInt8] = []

  /// Adds an event: its envelope, what the log sets in it, and its salt and body.
  mutating func append(_ envelope: Envelope, _ placing: RecordPlacing, salt: RawSpan, body: RawSpan) {
    let contentCount = salt.byteCount + body.byteCount
    contents.makeRoom(contentCount, for: count)
    contents.plain.append(copying: salt)
    contents.plain.append(copying: body)
    append(envelope, placing, contentCount: contentCount)
  }

  /// Adds the contents of the events that come next, whose envelopes are added alone.
  mutating func append(_ contents: BatchContents) {
    self.contents.close()
    begun.append((count, contents))
  }

  /// Adds an event whose content is there already.
  mutating func append(_ envelope: Envelope, _ placing: RecordPlacing, contentCount: Int) {
    envelopes.makeRoom(RecordSlot.size, for: count)
    envelopes.plain.appendSlot(envelope, placing, contentCount: contentCount)
    count += 1
  }

  /// Finishes the frame: `bytes` is what to write. The builder is empty again. Throws `limit` when no reader would
  /// take the frame.
  mutating func finish(
    sequence: UInt64, base: Position, previousDigest: FrameDigest, durableHead: Position, nonce: FrameNonce
  ) throws(LogError) -> EncodedFrame {
    precondition(count > 0, "FrameBuilder.finish without an event")
    defer { reset() }
    var encoded = encodedBlocks()
    var offset = FrameHeader.byteCount(blocks: encoded.count)
    for index in encoded.indices {
      encoded[index].block.offset = offset
      offset += encoded[index].block.storedCount
    }
    let header = FrameHeader(
      sequence: sequence, base: base, count: count, storedCount: offset, previousDigest: previousDigest,
      durableHead: durableHead, blocks: encoded.map(\.block))
    guard header.isReadable else {
      throw LogError(
        .limit,
        "the batch comes to \(count) events in \(encoded.count) blocks and \(offset) bytes with those that the "
          + "store adds to it, more than readers take in one frame: split it")
    }
    let head = header.encoded(nonce: nonce)
    bytes.removeAll(keepingCapacity: bytes.capacity <= LogLimits.groupBytesMax)
    bytes.reserveCapacity(header.paddedCount)
    bytes.append(contentsOf: head)
    for block in encoded { bytes.append(contentsOf: block.stored) }
    bytes.append(contentsOf: repeatElement(0, count: header.copyOffset - bytes.count))
    if header.hasCopy { bytes.append(contentsOf: FrameHeader.copy(of: head)) }
    bytes.append(contentsOf: repeatElement(0, count: header.paddedCount - bytes.count))
    return EncodedFrame(header: header, digest: head.withBytes { FrameDigest(of: $0) })
  }

  /// Envelopes first, then contents, each in the order of their events.
  private func encodedBlocks() -> [EncodedBlock] {
    let own = ownBlocks()
    if begun.isEmpty { return own }
    let later = own.filter { $0.block.kind == .contents } + begun.flatMap { $1.finish(firstRecord: $0) }
    return own.filter { $0.block.kind == .envelopes }
      + later.sorted { $0.block.firstRecord < $1.block.firstRecord }
  }

  private func ownBlocks() -> [EncodedBlock] {
    let blocks = envelopes.blocks + contents.blocks
    let (envelopes, contents) = (envelopes.plain, contents.plain)
    let encode: @Sendable (Int, EncoderMemory) -> EncodedBlock = { place, memory in
      let block = blocks[place]
      return (block.kind == .envelopes ? envelopes : contents).withBytes {
        memory.encode(block.kind, firstRecord: block.firstRecord, $0.extracting(block.range))
      }
    }
    if envelopes.count + contents.count >= Self.sharedByteCount {
      let encoding = BlockEncoding(count: blocks.count, encode)
      encoding.start()
      return encoding.finish()
    }
    return EncoderMemory.borrow { memory in blocks.indices.map { encode($0, memory) } }
  }

  private mutating func reset() {
    envelopes.reset()
    contents.reset()
    begun.removeAll(keepingCapacity: true)
    count = 0
  }
}

/// What a finished frame says, and the digest that the next one carries.
struct EncodedFrame {
  var header: FrameHeader
  var digest: FrameDigest
}

/// A block of a frame before it is encoded: its events' bytes among those of its kind.
private struct PlainBlock: Sendable {
  var kind: FrameHeader.BlockKind
  /// Its first event, counted from the frame's base.
  var firstRecord: Int
  var range: Range<Int>
}

/// The bytes of one kind of block, one block after the other, and where each begins.
private struct BlockRun {
  let kind: FrameHeader.BlockKind
  /// Bytes of a block, unless one event has more.
  let plainCountMax: Int
  var plain: [UInt8] = []
  private var starts: [(record: Int, offset: Int)] = []
  /// Whether the last block may take more.
  private var isOpen = false

  init(kind: FrameHeader.BlockKind, plainCountMax: Int) {
    self.kind = kind
    self.plainCountMax = plainCountMax
    plain.reserveCapacity(plainCountMax)
  }

  /// Begins a block with an event when its bytes don't fit the one that is open.
  mutating func makeRoom(_ count: Int, for record: Int) {
    guard isOpen, let open = starts.last, plain.count - open.offset + count <= plainCountMax else {
      starts.append((record, plain.count))
      isOpen = true
      return
    }
  }

  /// Adds nothing more to the block that is open: the next event begins one.
  mutating func close() { isOpen = false }

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
    isOpen = false
  }
}
