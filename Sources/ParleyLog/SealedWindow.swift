import ParleyEnvelope

/// All of a sealed segment, decoded: envelopes and bodies by record, and which record stands at each position. One window
/// serves one segment after the other, as fresh memory would cost more than decoding does.
struct SealedWindow {
  /// Bodies are at most so many times as large as stored; where they are larger still the memory for them has to grow.
  private static let contentRatio = 8

  private var envelopes = EnvelopeSlots()
  /// The record at each position; all ones where its envelope is damaged.
  private var records: [UInt32] = []
  /// Whether no position is without one.
  private var isWhole = false
  /// All bodies, and where each record's is.
  private var contents: [UInt8] = []
  private var bodies: [BodyPlace] = []
  /// Blocks of contents that are damaged.
  private var lostContents: [Int] = []
  /// What blocks are decoded to.
  private var plain: [UInt8] = []
  /// The last batch's slots.
  private var slots: [UInt8] = []

  /// Decodes a segment in the place of the one before.
  mutating func read(_ file: SealedFile, bodies withBodies: Bool) throws(LogError) {
    envelopes.removeAll()
    records.removeAll(keepingCapacity: true)
    contents.removeAll(keepingCapacity: true)
    bodies.removeAll(keepingCapacity: true)
    lostContents = []
    try readEnvelopes(of: file)
    if withBodies { try readContents(of: file) }
  }

  /// The first of some positions, as many as there are of one kind: envelopes that are there or that are not.
  func prefix(of locals: Range<Int>) -> (locals: Range<Int>, isThere: Bool) {
    if isWhole { return (locals, true) }
    let isThere = records[locals.lowerBound] != .max
    let end = locals.first { (records[$0] != .max) != isThere } ?? locals.upperBound
    return (locals.lowerBound..<end, isThere)
  }

  private mutating func readEnvelopes(of file: SealedFile) throws(LogError) {
    envelopes.reserveLargeCapacity(file.count)
    plain.removeAll(keepingCapacity: true)
    try file.forEachBlock(.envelopes) { block, bytes in
      let count = file.records(ofEnvelopeBlock: block).count
      plain.removeAll(keepingCapacity: true)
      if !file.append(.envelopes, block, in: bytes, to: &plain)
        || !plain.withBytes({
          envelopes.append($0, count: count, base: file.base, limit: file.count)
        })
      {
        envelopes.appendLost(count)
      }
    }
    records.append(contentsOf: repeatElement(.max, count: file.count))
    isWhole = true
    for (record, local) in envelopes.locals.enumerated() {
      // Two records that say the same position leave another without one.
      if local == .max || records[Int(local)] != .max { isWhole = false }
      if local != .max { records[Int(local)] = UInt32(record) }
    }
  }

  private mutating func readContents(of file: SealedFile) throws(LogError) {
    bodies.reserveCapacity(file.count)
    contents.reserveLargeCapacity(
      min(LogLimits.sealedContentBytesMax, file.contents.reduce(0) { $0 + $1.byteCount } * Self.contentRatio))
    plain = file.dictionary
    try file.forEachBlock(.contents) { block, bytes in
      let count = file.records(ofContentBlock: block).count
      plain.removeLast(plain.count - file.dictionary.count)
      guard file.append(.contents, block, in: bytes, to: &plain),
        let ends = ContentBlock.ends(in: plain, from: file.dictionary.count, count: count),
        contents.count + plain.count <= UInt32.max
      else {
        lostContents.append(block)
        bodies.append(contentsOf: repeatElement(.lost, count: count))
        return
      }
      let start = UInt32(contents.count)
      let rests = Int(ends[0])..<plain.count
      plain.withBytes { contents.append(copying: $0.extracting(rests)) }
      for index in 0..<count {
        bodies.append(
          BodyPlace(start: start + ends[index] - ends[0], count: ends[index + 1] - ends[index]))
      }
    }
  }

  // MARK: - Pieces

  /// Events that are there, and what is damaged of their bodies.
  mutating func pieces(_ range: Range<Int>, of file: SealedFile) -> [ReplayPiece] {
    let batch = batch(records[range], .consecutive(from: file.base.advanced(by: range.lowerBound)))
    return [.events(batch)] + lostBodies(of: file) { range.contains(Int(envelopes.locals[$0])) }
  }

  /// Of some records those that stand at positions of a range.
  func records(_ range: Range<Int>, within locals: Range<Int>) -> [UInt32] {
    range.compactMap { record in
      let local = envelopes.locals[record]
      // Where two say the same position it is one of them that stands there.
      return locals.contains(Int(local)) && records[Int(local)] == record ? UInt32(record) : nil
    }
  }

  /// The events of some records, ascending, and what is damaged of their bodies.
  mutating func pieces(_ wanted: [UInt32], of file: SealedFile) -> [ReplayPiece] {
    let places = wanted.map { envelopes.locals[Int($0)] }
    let batch = batch(wanted[...], .scattered(places, from: file.base))
    return [.events(batch)]
      + lostBodies(of: file) { wanted.binarySearched(for: UInt32($0)) }
  }

  private mutating func batch(_ wanted: ArraySlice<UInt32>, _ positions: EventBatch.Positions) -> EventBatch {
    if slots.count < wanted.count * RecordSlot.size {
      slots = Array(repeating: 0, count: wanted.count * RecordSlot.size)
    }
    envelopes.copy(wanted, to: &slots)
    return EventBatch(
      positions, count: wanted.count, slots: slots, contents: contents,
      bodies: bodies.isEmpty ? [] : wanted.map { bodies[Int($0)] })
  }

  /// The damage that stands for the bodies of some records which are in damaged blocks.
  private func lostBodies(of file: SealedFile, among isWanted: (Int) -> Bool) -> [ReplayPiece] {
    lostContents.flatMap { block -> [ReplayPiece] in
      let lost = file.records(ofContentBlock: block).filter(isWanted).map { Int(envelopes.locals[$0]) }
      return lost.sorted().runs.map { run -> ReplayPiece in
        .damage(
          file.damage(
            .contents, block, file.base.advanced(by: run.lowerBound)..<file.base.advanced(by: run.upperBound))
        )
      }
    }
  }

  /// What stands for events whose envelopes are damaged.
  func damages(_ range: Range<Int>, of file: SealedFile, cache: BlockCache) throws(LogError) -> [ReplayPiece]
  {
    var blocks: [Int: [Int]] = [:]
    let lost = file.envelopes.indices.first { envelopes.locals[file.envelopes[$0].firstRecord] == .max } ?? 0
    for local in range {
      blocks[try file.envelopeBlock(of: local, cache: cache) ?? lost, default: []].append(local)
    }
    return blocks.flatMap { block, locals in locals.runs.map { (block, $0) } }
      .sorted { $0.1.lowerBound < $1.1.lowerBound }
      .map { block, run in
        .damage(
          file.damage(
            .envelopes, block, file.base.advanced(by: run.lowerBound)..<file.base.advanced(by: run.upperBound)
          ))
      }
  }
}

extension [UInt32] {
  /// Whether a number is among these, ascending ones.
  fileprivate func binarySearched(for number: UInt32) -> Bool {
    let place = indices.partitionPoint { self[$0] >= number }
    return place < count && self[place] == number
  }
}

extension [Int] {
  /// Ascending numbers as ranges of those that follow each other.
  var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    for number in self {
      if let last = runs.last, last.upperBound == number {
        runs[runs.count - 1] = last.lowerBound..<(number + 1)
      } else {
        runs.append(number..<(number + 1))
      }
    }
    return runs
  }
}
