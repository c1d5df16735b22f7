import ParleyEnvelope

/// Reads a new sealed segment back and compares it, byte for byte, with the segments it is to replace: its blocks decoded
/// as a reader would, its records found by the positions that they say.
struct SealCheck {
  /// Bytes of contents compared at a time.
  private static let passByteCount = 16 << 20

  let plan: SealPlan
  let sources: [LogView.Segment]

  /// False when it was cancelled; throws `damaged` when what is there is not what was to be written.
  func run(
    _ path: String, _ header: SegmentHeader, _ content: SealedFooter.Content, _ storage: any Storage,
    _ isCancelled: () -> Bool
  ) throws(LogError) -> Bool {
    let file = try SealedFile(
      path: path, base: header.base, count: plan.count, storeID: header.storeID, storage: storage)
    guard file.footer != nil, file.header == header, file.contents == content.contents,
      file.envelopes == content.envelopes
    else { throw Self.different(path) }
    try file.verifyPages(against: content)
    var first = 0
    while first < plan.count {
      if isCancelled() { return false }
      let records = plan.records(from: first, contentBytes: Self.passByteCount)
      guard try compare(records, in: file) else { throw Self.different(path) }
      first = records.upperBound
    }
    return true
  }

  private static func different(_ path: String) -> LogError {
    LogError(
      .damaged, "a sealed segment read back is not what was written: it is not used; check the disk",
      file: path)
  }

  private func compare(_ records: Range<Int>, in file: SealedFile) throws(LogError) -> Bool {
    guard let decoded = try DecodedRecords(records, of: file) else { return false }
    var matches = 0
    let base = sources[0].base
    for source in sources {
      let first = base.distance(to: source.base)
      let isWhole = try source.forEachRecord(.records) { local, slot, content in
        if decoded.isEqual(first + local, slot, content) { matches += 1 }
      }
      guard isWhole else { return false }
    }
    return matches == records.count
  }
}

/// Some records of a sealed segment, found by the positions that they say.
private struct DecodedRecords {
  /// The slots, one behind the other, and for each position which it is; all ones for another's.
  private var slots: [UInt8] = []
  private var places: [UInt32]
  /// The block of contents of each record, and its number there.
  private var contents: [ContentBlock] = []
  private var blocks: [(block: Int, index: Int)] = []

  /// Decodes the blocks of some records; nil when one of them is damaged, or when two say the same position.
  init?(_ records: Range<Int>, of file: SealedFile) throws(LogError) {
    let cache = BlockCache(byteCountMax: 0)
    places = Array(repeating: .max, count: file.count)
    blocks.reserveCapacity(records.count)
    slots.reserveCapacity(records.count * RecordSlot.size)
    let first = file.contentBlock(of: records.lowerBound)
    for block in first...file.contentBlock(of: records.upperBound - 1) {
      guard let decoded = try file.contentBlock(block, cache: cache) else { return nil }
      contents.append(decoded)
      for index in file.records(ofContentBlock: block).indices {
        if records.contains(index) {
          blocks.append((block - first, index - file.records(ofContentBlock: block).lowerBound))
        }
      }
    }
    guard blocks.count == records.count else { return nil }
    let numbers =
      file.envelopeBlock(ofRecord: records.lowerBound)...file.envelopeBlock(ofRecord: records.upperBound - 1)
    for number in numbers {
      guard let envelopes = try file.envelopeBlock(number, cache: cache) else { return nil }
      let first = file.records(ofEnvelopeBlock: number).lowerBound - records.lowerBound
      for (index, local) in envelopes.locals.enumerated() {
        guard places[Int(local)] == .max else { return nil }
        places[Int(local)] = UInt32(first + index)
      }
      var fresh = [UInt8](repeating: 0, count: envelopes.count * RecordSlot.size)
      envelopes.copy(ArraySlice(0..<UInt32(envelopes.count)), to: &fresh)
      fresh.overwrite { slots in
        for index in 0..<envelopes.count {
          let (block, place) = blocks[first + index]
          slots.store(
            UInt32(contents[block].contentCount(at: place)),
            at: index * RecordSlot.size + RecordSlot.contentCount)
        }
      }
      slots += fresh
    }
  }

  /// Whether the record at a position is this one, byte for byte.
  func isEqual(_ local: Int, _ slot: RawSpan, _ content: RawSpan) -> Bool {
    guard places[local] != .max else { return false }
    let place = Int(places[local])
    let start = place * RecordSlot.size
    let isSameSlot = slots.withBytes {
      UnsafeBytes.areEqual($0.extracting(start..<(start + RecordSlot.size)), slot)
    }
    let (block, number) = blocks[place]
    return isSameSlot && contents[block].isEqual(number, to: content)
  }
}
