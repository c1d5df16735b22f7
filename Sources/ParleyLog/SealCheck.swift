import ParleyEnvelope

/// Reads a new sealed segment back and compares it, byte for byte, with the segments it is to replace: its blocks decoded
/// as a reader would, its records found by the positions that they say.
struct SealCheck {
  /// Bytes of contents compared at a time.
  private static let passByteCount = 16 << 20

  let plan: SealPlan
  let sources: [FrameSegment]

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
      let isWhole = try source.forEachBatch(.records) { batch in
        let first = base.distance(to: batch.first)
        for index in 0..<batch.count where decoded.isEqual(first + index, batch, index) { matches += 1 }
      }
      guard isWhole else { return false }
    }
    return matches == records.count
  }
}

/// Some records of a sealed segment, by position.
private struct DecodedRecords {
  private var slots: [Int: [UInt8]] = [:]
  private var contents: [Int: [UInt8]] = [:]

  /// Decodes the blocks of some records; nil when one of them is damaged.
  init?(_ records: Range<Int>, of file: SealedFile) throws(LogError) {
    let cache = BlockCache(byteCountMax: 0)
    slots.reserveCapacity(records.count)
    contents.reserveCapacity(records.count)
    var block = file.contentBlock(of: records.lowerBound)
    var content = try file.contentBlock(block, cache: cache)
    for number in file.envelopeBlock(
      ofRecord: records.lowerBound)...file.envelopeBlock(
        ofRecord: records.upperBound - 1)
    {
      guard let envelopes = try file.envelopeBlock(number, cache: cache) else { return nil }
      for (index, record) in file.records(ofEnvelopeBlock: number).enumerated() {
        if file.contentBlock(of: record) != block {
          block = file.contentBlock(of: record)
          content = try file.contentBlock(block, cache: cache)
        }
        guard let content else { return nil }
        let place = record - file.records(ofContentBlock: block).lowerBound
        var slot = envelopes.slot(at: index)
        slot.overwrite { $0.store(UInt32(content.contentCount(at: place)), at: RecordSlot.contentCount) }
        let local = Int(envelopes.locals[index])
        guard slots.updateValue(slot, forKey: local) == nil else { return nil }
        contents[local] = content.content(at: place)
      }
    }
  }

  func isEqual(_ local: Int, _ batch: EventBatch, _ index: Int) -> Bool {
    guard let slot = slots[local], let content = contents[local] else { return false }
    return slot.withBytes { own in batch.withSlot(at: index) { UnsafeBytes.areEqual(own, $0) } }
      && content.withBytes { own in batch.withContent(at: index) { UnsafeBytes.areEqual(own, $0) } } == true
  }
}
