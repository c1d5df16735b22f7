import ParleyEnvelope

/// The records of a part of a sealed segment, gathered in their order.
struct SealPass {
  let records: Range<Int>
  private var slots: [UInt8] = []
  private var contents: [UInt8] = []
  /// Where each record's content begins, and the end behind the last.
  private var starts: [Int] = [0]

  /// A segment of which a record can't be read.
  private(set) var damaged: LogView.Segment?

  /// Gathers records from the segments they stand in.
  init(_ records: Range<Int>, of plan: SealPlan, from sources: [LogView.Segment]) throws(LogError) {
    self.records = records
    starts.reserveCapacity(records.count + 1)
    for record in records { starts.append(starts[starts.count - 1] + Int(plan.lengths[record])) }
    slots.appendZeros(records.count * RecordSlot.size) { _ in }
    contents.appendZeros(starts[records.count]) { _ in }
    let base = sources[0].base
    for source in sources {
      let first = base.distance(to: source.base)
      var isAsPlanned = true
      let isWhole = try source.forEachRecord(.records) { local, slot, content in
        let record = Int(plan.records[first + local])
        guard records.contains(record) else { return }
        if !take(slot, content, as: record - records.lowerBound) { isAsPlanned = false }
      }
      guard isWhole, isAsPlanned else {
        damaged = source
        return
      }
    }
  }

  /// False when the content is not what the plan found.
  private mutating func take(_ slot: RawSpan, _ content: RawSpan, as place: Int) -> Bool {
    guard content.byteCount == starts[place + 1] - starts[place] else { return false }
    slots.overwrite { $0.store(copying: slot, at: place * RecordSlot.size) }
    contents.overwrite { $0.store(copying: content, at: starts[place]) }
    return true
  }

  /// The plain bytes of a block of contents.
  func contents(of block: Range<Int>, _ plan: SealPlan) -> [UInt8] {
    let range = starts[block.lowerBound - records.lowerBound]..<starts[block.upperBound - records.lowerBound]
    return contents.withBytes { ContentBlock.encoded($0.extracting(range), lengths: plan.lengths[block]) }
  }

  /// The plain bytes of an envelope block; nil when a slot has what the layout has no room for.
  func envelopes(of block: Range<Int>, _ plan: SealPlan, base: Position) -> [UInt8]? {
    let first = (block.lowerBound - records.lowerBound) * RecordSlot.size
    return slots.withBytes {
      EnvelopeBlock.encoded(
        $0.extracting(first..<(first + block.count * RecordSlot.size)), locals: plan.locals[block], base: base
      )
    }
  }

  /// Bytes of a dictionary, and the part of the contents that it is at most.
  private static let dictionaryByteCount = 32 << 10
  private static let dictionaryPart = 32
  /// The pieces that it is put together from.
  private static let dictionaryPieces = 16

  /// What the contents' blocks may repeat: pieces of the bodies from all over the pass. Empty when there are too few.
  func dictionary() -> [UInt8] {
    let byteCount = min(Self.dictionaryByteCount, contents.count / Self.dictionaryPart)
    let piece = byteCount / Self.dictionaryPieces
    guard piece >= 256 else { return [] }
    var dictionary: [UInt8] = []
    for number in 0..<Self.dictionaryPieces {
      var record = records.count * number / Self.dictionaryPieces
      var taken = 0
      while taken < piece, record < records.count {
        let body = (starts[record] + ContentBlock.headByteCount)..<starts[record + 1]
        let part = contents[body].prefix(piece - taken)
        dictionary += part
        taken += part.count
        record += 1
      }
    }
    return dictionary
  }
}
