import ParleyEnvelope

/// What the footer of a sealed segment says, made again from its blocks.
struct SealedTables: Sendable {
  private(set) var contents: [SealedFooter.BlockPlace] = []
  private(set) var envelopes: [SealedFooter.BlockPlace] = []
  /// Where the copies of the dictionary begin.
  private(set) var dictionaries: [Int] = []
  /// The first record of each stream, by the first bytes of its id, in order.
  private var streams: [(prefix: UInt64, firstRecord: Int)] = []
  /// The envelope block of each position; nil where that block is damaged.
  private(set) var places: [UInt16?]
  private let count: Int
  /// The record that the next block of each kind may begin with.
  private var next: [SealedBlock.Kind: Int] = [:]

  /// Bytes that blocks are looked for in at once.
  private static let windowByteCount = 1 << 20

  /// Walks the blocks of a segment. Where a block's header is damaged the block is lost: its place is what lies between
  /// its neighbours.
  init(file: any StorageFile, header: SegmentHeader, count: Int) throws(LogError) {
    self.count = count
    places = Array(repeating: nil, count: count)
    let size = try disk { () throws(StorageError) in try file.size() }
    var found: [(block: SealedBlock, offset: Int)] = []
    var offset = SegmentHeader.regionByteCount
    while offset < size {
      let start = offset
      let window = try disk { () throws(StorageError) in
        try file.read(Self.windowByteCount + SealedBlock.plainCountMax * 2, at: start)
      }
      guard !window.isEmpty else { break }
      offset += window.withBytes { add(from: $0, at: start, header, to: &found) }
    }
    contents = Self.places(of: .contents, found, count: count)
    envelopes = Self.places(of: .envelopes, found, count: count)
  }

  /// Adds the blocks that begin in the first part of a window, one byte at least; says how far that is.
  private mutating func add(
    from window: RawSpan, at start: Int, _ header: SegmentHeader,
    to found: inout [(block: SealedBlock, offset: Int)]
  ) -> Int {
    var offset = 0
    while offset < min(window.byteCount, Self.windowByteCount) {
      guard let block = SealedBlock(window, at: offset, nonce: header.nonce),
        window.byteCount - offset >= block.byteCount,
        isNext(block)
      else {
        offset += 1
        continue
      }
      if block.kind == .dictionary {
        dictionaries.append(start + offset)
      } else {
        found.append((block, start + offset))
        next[block.kind] = block.records.upperBound
      }
      if block.kind == .envelopes {
        addKeys(
          of: block,
          window.extracting((offset + SealedBlock.headerByteCount)..<(offset + block.byteCount)), header)
      }
      offset += block.byteCount
    }
    return offset
  }

  /// Whether a block can stand behind those that were found: its records are the segment's, and none was there before.
  private func isNext(_ block: SealedBlock) -> Bool {
    switch block.kind {
    case .dictionary: return true
    case .contents: break
    case .envelopes:
      guard block.firstRecord % EnvelopeBlock.recordsMax == 0,
        block.count == min(EnvelopeBlock.recordsMax, count - block.firstRecord)
      else { return false }
    }
    return block.firstRecord >= next[block.kind] ?? 0 && block.records.upperBound <= count
  }

  private mutating func addKeys(of block: SealedBlock, _ stored: RawSpan, _ header: SegmentHeader) {
    var plain: [UInt8] = []
    guard block.decode(stored, appendingTo: &plain),
      let envelopes = plain.withBytes({
        EnvelopeSlots($0, count: block.count, base: header.base, limit: count)
      })
    else { return }
    let number = UInt16(truncatingIfNeeded: block.firstRecord / EnvelopeBlock.recordsMax)
    for index in 0..<block.count {
      let prefix = SealedFooter.prefix(of: envelopes.stream(at: index))
      if streams.last?.prefix != prefix { streams.append((prefix, block.firstRecord + index)) }
      places[Int(envelopes.locals[index])] = number
    }
  }

  /// The records that a stream may have: those of a damaged block count to the stream before them.
  func records(of prefix: UInt64) -> Range<Int>? {
    guard let index = streams.firstIndex(where: { $0.prefix == prefix }) else { return nil }
    let next = streams[index...].first { $0.prefix > prefix }
    return streams[index].firstRecord..<(next?.firstRecord ?? count)
  }

  /// The places of the blocks of a kind, with one for what lies between blocks that do not follow each other.
  private static func places(
    of kind: SealedBlock.Kind, _ found: [(block: SealedBlock, offset: Int)], count: Int
  ) -> [SealedFooter.BlockPlace] {
    var places: [SealedFooter.BlockPlace] = []
    var expected = 0
    var end = SegmentHeader.regionByteCount
    func fillGap(to record: Int, _ offset: Int) {
      let step = kind == .envelopes ? EnvelopeBlock.recordsMax : max(1, record - expected)
      for first in stride(from: expected, to: record, by: step) {
        places.append(
          SealedFooter.BlockPlace(offset: end, byteCount: max(0, offset - end), firstRecord: first))
      }
    }
    for (block, offset) in found where block.kind == kind {
      fillGap(to: block.firstRecord, offset)
      places.append(
        SealedFooter.BlockPlace(offset: offset, byteCount: block.byteCount, firstRecord: block.firstRecord))
      expected = block.records.upperBound
      end = offset + block.byteCount
    }
    fillGap(to: count, end)
    return places
  }
}
