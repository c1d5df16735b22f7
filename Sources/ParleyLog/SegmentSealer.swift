import ParleyEnvelope

/// Makes a sealed segment from complete segments, in frames or small sealed ones: their records grouped by stream, compressed
/// high, read back and compared before anybody may use it.
///
/// Memory is bounded whatever the segments hold: their records are read several times, each time a part of the streams is
/// taken. Decoding is some fifty times as fast as compressing high.
struct SegmentSealer {
  /// Bytes of contents taken at a time.
  private static let passByteCount = 16 << 20
  /// Bytes written after which they are synced, so that commits meet no long sync.
  private static let syncByteCount = 1 << 20

  /// A segment to seal, and the segments in frames that it is or was made from, with how each of them ends.
  struct Candidate {
    var segment: LogView.Segment
    var replaced: [SealedFooter.Replaced]
  }

  /// What came of sealing.
  enum Outcome {
    case sealed(NewSegment)
    case cancelled
    /// The first alone is as much as a sealed segment may hold, and it is sealed.
    case nothingGained
    /// This one is damaged, and stays as it is.
    case damaged(LogView.Segment)
  }

  /// A finished sealed segment, whole on disk under its name with `.new`.
  struct NewSegment {
    var positions: Range<Position>
    var byteCount: Int
    /// What its index run holds.
    var events: [IndexRun.EventEntry]
    var streams: [IndexRun.StreamEntry]
    /// The segments it replaces.
    var sources: [LogView.Segment]
  }

  let environment: LogEnvironment
  let descriptor: StoreDescriptor
  let options: LogOptions
  /// Whether to compress fast, as too much waits.
  let isHurried: Bool
  /// Asked between blocks: true ends the work.
  let isCancelled: @Sendable () -> Bool

  private var storage: any Storage { environment.storage }

  /// Seals as many of some segments that follow each other as one sealed segment may hold, the first in any case.
  func seal(
    _ candidates: [Candidate]
  ) throws(LogError) -> Outcome {
    guard let plan = try SealPlan(candidates.map(\.segment), options),
      let first = try candidates[0].segment.header()
    else { return .damaged(candidates[0].segment) }
    if plan.sourceCount == 1, case .sealed = candidates[0].segment { return .nothingGained }
    if isCancelled() { return .cancelled }
    let sources = Array(candidates.prefix(plan.sourceCount))
    let path = SealedSegment.path(first.base..<first.base.advanced(by: plan.count)) + ".new"
    var outcome = Outcome.cancelled
    do throws(LogError) {
      outcome = try seal(sources, plan, first, to: path)
    } catch {
      // It takes room that others may need.
      try? storage.remove(path)
      throw error
    }
    if case .sealed = outcome { return outcome }
    try? storage.remove(path)
    return outcome
  }

  private func seal(
    _ candidates: [Candidate], _ plan: SealPlan, _ first: SegmentHeader, to path: String
  ) throws(LogError) -> Outcome {
    let sources = candidates.map(\.segment)
    let header = SegmentHeader(
      form: .sealed, storeID: first.storeID, base: first.base, createdAt: environment.clock(),
      nonce: FrameNonce(Bytes16(environment.random(16)) ?? .zero), keyCheck: first.keyCheck,
      predecessorDigest: first.predecessorDigest, firstSequence: first.firstSequence,
      descriptor: descriptor.encoded())
    let storage = storage
    let file = try disk { () throws(StorageError) in
      if try storage.exists(path) { try storage.remove(path) }
      return try storage.open(path, .create)
    }
    var writer = SealedWriter(
      file: file, header: header, plan: plan, level: isHurried ? nil : options.sealedLevel)
    try writer.begin()
    var record = 0
    while record < plan.count {
      let range = plan.records(from: record, contentBytes: Self.passByteCount)
      let pass = try SealPass(range, of: plan, from: sources)
      if let damaged = pass.damaged { return .damaged(damaged) }
      guard try writer.write(pass, isCancelled) else { return .cancelled }
      record = range.upperBound
    }
    try writer.finish(replaced: candidates.flatMap(\.replaced))
    guard try SealCheck(plan: plan, sources: sources).run(path, header, writer.footer, storage, isCancelled)
    else { return .cancelled }
    return .sealed(
      NewSegment(
        positions: first.base..<first.base.advanced(by: plan.count), byteCount: writer.offset,
        events: plan.eventEntries, streams: plan.streamTails, sources: sources))
  }

  /// What the writing of one sealed segment keeps.
  private struct SealedWriter {
    let file: any StorageFile
    let header: SegmentHeader
    let plan: SealPlan
    private let encoder: SealedBlock.Encoder
    private let usesDictionary: Bool
    private(set) var offset = 0
    private var unsynced = 0
    /// Envelope blocks, which stand behind all contents.
    private var envelopes: [UInt8] = []
    private var dictionary: [UInt8] = []
    private(set) var footer: SealedFooter.Content

    /// Compresses fast without a level.
    init(file: any StorageFile, header: SegmentHeader, plan: SealPlan, level: Int32?) {
      self.file = file
      self.header = header
      self.plan = plan
      encoder = level.map { .high(LZ4HighEncoder(level: $0)) } ?? .fast(LZ4Encoder())
      usesDictionary = level != nil
      footer = SealedFooter.Content(storeID: header.storeID, base: header.base, count: plan.count)
    }

    mutating func begin() throws(LogError) { try write(header.encodedRegion()) }

    /// Writes the blocks of a pass; false when it was cancelled.
    mutating func write(_ pass: SealPass, _ isCancelled: () -> Bool) throws(LogError) -> Bool {
      if usesDictionary, pass.records.lowerBound == 0 { try writeDictionary(pass.dictionary(), copy: 0) }
      var first = pass.records.lowerBound
      while first < pass.records.upperBound {
        if isCancelled() { return false }
        let records = plan.contentBlock(from: first, upTo: pass.records.upperBound)
        let plain = pass.contents(of: records, plan)
        try write(block(.contents, records, plain, dictionary, at: offset, &footer.contents))
        first = records.upperBound
      }
      for first in stride(
        from: pass.records.lowerBound, to: pass.records.upperBound, by: EnvelopeBlock.recordsMax)
      {
        if isCancelled() { return false }
        let records = first..<min(first + EnvelopeBlock.recordsMax, pass.records.upperBound)
        guard let plain = pass.envelopes(of: records, plan, base: header.base) else {
          throw LogError(
            .damaged, "an envelope has reserved bytes that are not zero: the segment stays as it is",
            file: SealedSegment.path(header.base..<header.base.advanced(by: plan.count)))
        }
        envelopes += block(.envelopes, records, plain, [], at: envelopes.count, &footer.envelopes)
      }
      return true
    }

    /// Writes a copy of the dictionary: one before all blocks, one behind, so that no damage costs both.
    private mutating func writeDictionary(_ dictionary: [UInt8], copy: Int) throws(LogError) {
      self.dictionary = dictionary
      guard !dictionary.isEmpty else { return }
      footer.dictionaries[copy] = offset
      try write(
        SealedBlock.encoded(
          .dictionary, records: 0..<1, plain: dictionary, nonce: header.nonce, with: encoder))
    }

    private func block(
      _ kind: SealedBlock.Kind, _ records: Range<Int>, _ plain: [UInt8], _ dictionary: [UInt8],
      at offset: Int, _ places: inout [SealedFooter.BlockPlace]
    ) -> [UInt8] {
      let bytes = SealedBlock.encoded(
        kind, records: records, plain: plain, dictionary: dictionary, nonce: header.nonce, with: encoder)
      places.append(
        SealedFooter.BlockPlace(offset: offset, byteCount: bytes.count, firstRecord: records.lowerBound))
      return bytes
    }

    /// Writes envelopes and footer and makes all of it durable.
    mutating func finish(replaced: [SealedFooter.Replaced]) throws(LogError) {
      for index in footer.envelopes.indices { footer.envelopes[index].offset += offset }
      var start = 0
      while start < envelopes.count {
        let end = min(start + SegmentSealer.syncByteCount, envelopes.count)
        try write(Array(envelopes[start..<end]))
        start = end
      }
      envelopes = []
      try writeDictionary(dictionary, copy: 1)
      let page = RunPages.pageByteCount
      try write([UInt8](repeating: 0, count: (page - offset % page) % page))
      footer.streams = plan.streamStarts
      footer.places = plan.places
      footer.replaced = replaced
      try write(SealedFooter.encoded(footer, firstPage: offset / page))
      let file = file
      try disk { () throws(StorageError) in try file.sync() }
    }

    private mutating func write(_ bytes: [UInt8]) throws(LogError) {
      let (file, offset) = (file, offset)
      try disk { () throws(StorageError) in
        try bytes.withBytes { span throws(StorageError) in try file.write(span, at: offset) }
      }
      self.offset += bytes.count
      unsynced += bytes.count
      if unsynced >= SegmentSealer.syncByteCount {
        try disk { () throws(StorageError) in try file.sync() }
        unsynced = 0
      }
    }
  }
}
