import ParleyEnvelope

/// Reads events of sealed segments one after the other and keeps the blocks of the last: in them is most often the next of
/// its stream too, behind it.
struct SealedCursor {
  private let cache: BlockCache
  private var segment: SealedSegment?
  private var file: SealedFile?
  /// The last event's block of envelopes, and its record there.
  private var envelopes: (block: Int, slots: EnvelopeSlots, index: Int)?
  private var contents: (number: Int, block: ContentBlock)?

  init(_ cache: BlockCache) { self.cache = cache }

  /// One event, from the last blocks, the cache or the disk: a page that says where its envelope is, a block of envelopes, a
  /// block of contents.
  mutating func read(_ position: Position, in segment: SealedSegment) throws(LogError) -> ReadResult {
    guard let file = try file(of: segment) else { return .damaged(segment.lost()) }
    let only = position..<position.advanced(by: 1)
    guard let (block, slots, index) = try find(position, in: segment, file) else {
      return .damaged(try segment.damagedEnvelope(of: position, in: file, cache))
    }
    let slot = slots.slot(at: index)
    guard slot[RecordSlot.form] == RecordForm.whole.rawValue else {
      return .damaged(
        Damage(file: file.path, offset: file.envelopes[block].offset, part: "record", positions: only))
    }
    let record = file.records(ofEnvelopeBlock: block).lowerBound + index
    guard let (number, contents) = try contents(of: record, in: file) else {
      return .damaged(file.damage(.contents, file.contentBlock(of: record), only))
    }
    let body = contents.plain[contents.rest(at: record - file.records(ofContentBlock: number).lowerBound)]
    let envelope = slot.withBytes { EnvelopeLayout.load(from: $0, at: RecordSlot.envelope) }
    return .record(LogRecord(position: position, envelope: envelope, body: Array(body)))
  }

  /// The slot of the event at a position; nil when its envelope is damaged.
  mutating func slot(at position: Position, in segment: SealedSegment) throws(LogError) -> [UInt8]? {
    guard let file = try file(of: segment), let (_, slots, index) = try find(position, in: segment, file)
    else { return nil }
    return slots.slot(at: index)
  }

  /// The segment's file, which stays open from its first event to its last.
  private mutating func file(of segment: SealedSegment) throws(LogError) -> SealedFile? {
    if let file, self.segment === segment { return file }
    (self.segment, envelopes, contents) = (segment, nil, nil)
    file = try segment.file()
    return file
  }

  private mutating func find(
    _ position: Position, in segment: SealedSegment, _ file: SealedFile
  ) throws(LogError) -> (block: Int, slots: EnvelopeSlots, index: Int)? {
    let local = segment.base.distance(to: position)
    if let (block, slots, last) = envelopes, last + 1 < slots.count, Int(slots.locals[last + 1]) == local {
      envelopes?.index = last + 1
      return (block, slots, last + 1)
    }
    envelopes = try segment.find(position, in: file, cache)
    return envelopes
  }

  private mutating func contents(
    of record: Int, in file: SealedFile
  ) throws(LogError) -> (number: Int, block: ContentBlock)? {
    if let contents, file.records(ofContentBlock: contents.number).contains(record) { return contents }
    let number = file.contentBlock(of: record)
    contents = try file.contentBlock(number, cache: cache).map { (number, $0) }
    return contents
  }
}
