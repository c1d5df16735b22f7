import ParleyEnvelope

/// All of a sealed segment, decoded: slots by position, bodies where they are.
struct SealedWindow {
  /// Blocks are read together up to so many bytes.
  private static let readByteCount = 1 << 20

  private let file: SealedFile
  /// A slot for each position; zeros where the envelope is damaged.
  private var slots: [UInt8]
  private var contents: [UInt8] = []
  private var bodies: [BodyPlace] = []
  /// The position of each record; all ones where its envelope is damaged.
  private var locals: [UInt32]
  /// Blocks of contents that are damaged.
  private var lostContents: [Int] = []

  init(_ file: SealedFile, bodies withBodies: Bool) throws(LogError) {
    self.file = file
    slots = []
    slots.appendZeros(file.count * RecordSlot.size) { _ in }
    locals = Array(repeating: .max, count: file.count)
    try readEnvelopes()
    if withBodies { try readContents() }
  }

  /// Whether the envelope at a position is there.
  func isThere(_ local: Int) -> Bool { slots[local * RecordSlot.size + RecordSlot.form] != 0 }

  private mutating func readEnvelopes() throws(LogError) {
    let places = file.envelopes
    try forEachBlock(places) { window, block, bytes in
      let plain = window.file.plain(.envelopes, block, in: bytes)
      guard let envelopes = window.file.envelopeBlock(block, in: plain) else { return }
      let first = places[block].firstRecord
      window.slots.overwrite { slots in
        for index in 0..<envelopes.count {
          envelopes.store(index, into: &slots, at: Int(envelopes.locals[index]) * RecordSlot.size)
        }
      }
      for index in 0..<envelopes.count { window.locals[first + index] = envelopes.locals[index] }
    }
  }

  private mutating func readContents() throws(LogError) {
    bodies = Array(repeating: .lost, count: file.count)
    let places = file.contents
    contents.reserveCapacity(places.reduce(0) { $0 + $1.byteCount } * 2)
    try forEachBlock(places) { window, block, bytes in
      let records = window.file.records(ofContentBlock: block)
      let start = window.contents.count
      guard window.file.append(.contents, block, in: bytes, to: &window.contents),
        let rests = ContentBlock.rests(in: window.contents, from: start, count: records.count)
      else {
        window.contents.removeSubrange(start...)
        window.lostContents.append(block)
        return
      }
      for (record, rest) in zip(records, rests) where window.locals[record] != .max {
        window.bodies[Int(window.locals[record])] = BodyPlace(rest)
      }
    }
  }

  /// Calls with each block's header and stored bytes, reading neighbours together.
  private mutating func forEachBlock(
    _ places: [SealedFooter.BlockPlace], _ body: (inout SealedWindow, Int, RawSpan) -> Void
  ) throws(LogError) {
    let file = file.file
    var first = 0
    while first < places.count {
      let start = places[first].offset
      var end = first + 1
      while end < places.count, places[end].offset + places[end].byteCount - start <= Self.readByteCount,
        places[end].offset >= start
      {
        end += 1
      }
      let range = start..<(places[end - 1].offset + places[end - 1].byteCount)
      let bytes = try disk { () throws(StorageError) in try file.read(range.count, at: start) }
      bytes.withBytes { span in
        for block in first..<end {
          let offset = min(places[block].offset - start, span.byteCount)
          let stop = min(offset + places[block].byteCount, span.byteCount)
          body(&self, block, span.extracting(offset..<stop))
        }
      }
      first = end
    }
  }

  // MARK: - Pieces

  /// Events that are there, and what is damaged of their bodies.
  func pieces(_ range: Range<Int>) -> [ReplayPiece] {
    let base = file.base
    var pieces: [ReplayPiece] = [
      .events(
        EventBatch(
          first: base.advanced(by: range.lowerBound), count: range.count, slots: slots, contents: contents,
          bodies: bodies, offset: range.lowerBound))
    ]
    for block in lostContents {
      let lost = file.records(ofContentBlock: block).compactMap { record -> Int? in
        let local = Int(locals[record])
        return range.contains(local) ? local : nil
      }
      for run in lost.sorted().runs {
        pieces.append(
          .damage(
            file.damage(
              .contents, block, base.advanced(by: run.lowerBound)..<base.advanced(by: run.upperBound))))
      }
    }
    return pieces
  }

  /// What stands for events whose envelopes are damaged.
  func damages(_ range: Range<Int>, cache: BlockCache) throws(LogError) -> [ReplayPiece] {
    var blocks: [Int: [Int]] = [:]
    let lost = file.envelopes.indices.first { locals[file.envelopes[$0].firstRecord] == .max } ?? 0
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
