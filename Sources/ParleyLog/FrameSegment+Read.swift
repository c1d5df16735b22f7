import ParleyEnvelope

extension FrameSegment {
  /// One event, from the cache or the disk: at most the frame's header, one envelope block before the event's
  /// content for each 455 events of the frame, and one content block.
  func read(_ position: Position, cache: BlockCache) throws(LogError) -> ReadResult {
    let frame = try frame(holding: position)
    var reader = FrameReader(segment: self, bytes: frame.bytes, cache: cache)
    guard let header = try reader.header(), base.advanced(by: frame.events.lowerBound) == header.base,
      frame.events.count == header.count
    else {
      return .damaged(damage(at: frame.bytes.lowerBound, "frame header", frame.events))
    }
    return try reader.read(header.base.distance(to: position), of: header)
  }

  /// Where one event lies; nil when its frame's header is damaged.
  func place(of position: Position, cache: BlockCache) throws(LogError) -> EventPlace? {
    let frame = try frame(holding: position)
    var reader = FrameReader(segment: self, bytes: frame.bytes, cache: cache)
    guard let header = try reader.header(), header.base <= position, position < header.end else { return nil }
    return EventPlace(header.base.distance(to: position), of: header, at: frame.bytes, in: path)
  }

  func damage(at offset: Int, _ part: String, _ locals: Range<Int>) -> Damage {
    Damage(
      file: path, offset: offset, part: part,
      positions: base.advanced(by: locals.lowerBound)..<base.advanced(by: locals.upperBound))
  }
}

/// Reads single events of one frame.
private struct FrameReader {
  /// Read at once in the hope that the whole frame is in it.
  private static let firstReadByteCount = 16 << 10

  let segment: FrameSegment
  /// The frame's place in the file.
  let bytes: Range<Int>
  let cache: BlockCache
  /// The start of the frame, once something had to be read.
  private var prefix: [UInt8] = []

  init(segment: FrameSegment, bytes: Range<Int>, cache: BlockCache) {
    self.segment = segment
    self.bytes = bytes
    self.cache = cache
  }

  mutating func header() throws(LogError) -> FrameHeader? {
    let key = BlockCache.Key(owner: segment.owner, offset: bytes.lowerBound)
    if let known = cache.item(key, as: FrameHeader.self) { return known }
    try readPrefix(min(bytes.count, Self.firstReadByteCount))
    let length = prefix.withBytes { FrameHeader.byteCount(startingWith: $0, at: 0) }
    if let length, length > prefix.count, length <= bytes.count { try readPrefix(length) }
    let nonce = segment.header.nonce
    var found = prefix.withBytes { FrameHeader.decode($0, at: 0, nonce: nonce) }
    if found == nil {
      try readPrefix(bytes.count)
      found = prefix.withBytes { FrameHeader.decode(copyIn: $0, frame: 0..<$0.byteCount, nonce: nonce) }
    }
    guard let header = found, header.paddedCount <= bytes.count else { return nil }
    cache.keep(header, at: key)
    return header
  }

  mutating func read(_ record: Int, of header: FrameHeader) throws(LogError) -> ReadResult {
    let contents = header.blocks(.contents)
    let envelopes = header.blocks(.envelopes)
    guard let place = contents.lastIndex(where: { $0.block.firstRecord <= record }),
      let number = envelopes.lastIndex(where: { $0.block.firstRecord <= record })
    else {
      return damaged("block table", 0..<header.count, of: header)
    }
    let entry = envelopes[number]
    guard let slots = try slots(of: entry) else {
      return damaged("envelope block \(number)", entry.records, of: header)
    }
    let offset = (record - entry.records.lowerBound) * RecordSlot.size
    guard slots.plain[offset] == RecordForm.whole.rawValue else {
      return damaged("record", record..<(record + 1), of: header)
    }
    let held = contents[place].records
    guard let content = try content(of: contents[place], envelopes),
      let range = content.ranges[record - held.lowerBound], range.count >= RecordSlot.saltSize
    else {
      return damaged("content block \(place)", held, of: header)
    }
    let envelope = slots.plain.withBytes { EnvelopeLayout.load(from: $0, at: offset + RecordSlot.envelope) }
    let body = Array(content.plain[range.dropFirst(RecordSlot.saltSize)])
    return .record(LogRecord(position: header.base.advanced(by: record), envelope: envelope, body: body))
  }

  private typealias Held = (block: FrameHeader.Block, records: Range<Int>)

  /// A block of envelopes, checked; nil when it is damaged.
  private mutating func slots(of held: Held) throws(LogError) -> BlockCache.Block? {
    try block(held.block) { plain in
      FrameHeader.contentLengths(plain, count: held.records.count).map { .init(plain: plain, lengths: $0) }
    }
  }

  /// A block of contents, and where each is in it; nil when it is damaged. Lengths stand in the envelopes: those of
  /// a damaged block are unknown.
  private mutating func content(of held: Held, _ envelopes: [Held]) throws(LogError) -> BlockCache.Block? {
    let key = key(of: held.block)
    if let known = cache.item(key, as: BlockCache.Block.self) { return known }
    var lengths = [Int?](repeating: nil, count: held.records.count)
    for entry in envelopes where entry.records.overlaps(held.records) {
      guard let known = try slots(of: entry)?.lengths else { continue }
      for shared in entry.records.clamped(to: held.records) {
        lengths[shared - held.records.lowerBound] = known[shared - entry.records.lowerBound]
      }
    }
    return try block(held.block) { plain in
      .init(plain: plain, ranges: ContentLayout(lengths: lengths, plainCount: plain.count).ranges)
    }
  }

  /// A block from the cache or decoded, with what its decoder makes of its plain bytes; nil when it is damaged.
  private mutating func block(
    _ block: FrameHeader.Block, _ decoded: ([UInt8]) -> BlockCache.Block?
  ) throws(LogError) -> BlockCache.Block? {
    let key = key(of: block)
    if let known = cache.item(key, as: BlockCache.Block.self) { return known }
    guard let plain = try plain(of: block), let fresh = decoded(plain) else { return nil }
    cache.keep(fresh, at: key)
    return fresh
  }

  private func key(of block: FrameHeader.Block) -> BlockCache.Key {
    BlockCache.Key(owner: segment.owner, offset: bytes.lowerBound + block.offset)
  }

  private func plain(of block: FrameHeader.Block) throws(LogError) -> [UInt8]? {
    let range = block.offset..<(block.offset + block.storedCount)
    if range.upperBound <= prefix.count { return prefix.withBytes { block.decode($0.extracting(range)) } }
    let file = segment.file
    let offset = bytes.lowerBound + block.offset
    let stored = try disk { () throws(StorageError) in try file.read(block.storedCount, at: offset) }
    return stored.withBytes { block.decode($0) }
  }

  private mutating func readPrefix(_ count: Int) throws(LogError) {
    let file = segment.file
    let offset = bytes.lowerBound
    prefix = try disk { () throws(StorageError) in try file.read(count, at: offset) }
  }

  private func damaged(_ part: String, _ records: Range<Int>, of header: FrameHeader) -> ReadResult {
    let first = segment.base.distance(to: header.base)
    return .damaged(
      segment.damage(
        at: bytes.lowerBound, part, (first + records.lowerBound)..<(first + records.upperBound)))
  }
}
