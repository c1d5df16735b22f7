import ParleyEnvelope
import Synchronization

/// An open sealed segment: its file, where its blocks are, and its footer's pages.
final class SealedFile: Sendable {
  let path: String
  let base: Position
  let count: Int
  let header: SegmentHeader
  let file: any StorageFile
  let contents: [SealedFooter.BlockPlace]
  let envelopes: [SealedFooter.BlockPlace]
  /// What blocks of contents may repeat; empty when there is none, or when both copies are damaged.
  let dictionary: [UInt8]
  /// Whose blocks the cache keeps.
  let owner = BlockCache.Owner()
  /// Nil when it is damaged: then `rebuilt` has what it said.
  let footer: SealedFooter?
  private let pages: RunPageReader
  private let streamFences: [UInt64]
  private let rebuilt = Mutex<SealedTables?>(nil)

  /// Opens a sealed segment. Throws `replaced` when there is no such file, `damaged` when nothing of it can be read.
  init(
    path: String, base: Position, count: Int, storeID: Bytes16, storage: any Storage
  ) throws(LogError) {
    guard let file = try storage.openIfThere(path) else {
      throw LogError(.replaced, "the segment is missing", file: path)
    }
    guard let header = try SegmentHeader.read(from: file), header.base == base, header.storeID == storeID,
      header.form == .sealed, SealedSegment.counts.contains(count)
    else { throw LogError(.damaged, "neither copy of the segment's header is whole", file: path) }
    self.path = path
    self.base = base
    self.count = count
    self.header = header
    self.file = file
    pages = RunPageReader(
      file: file, path: path, owner: RunPages.Owner(storeID: storeID, base: base), index: .footer)
    if let footer = try SealedFooter.read(from: file, storeID: storeID, base: base), footer.count == count {
      do throws(LogError) {
        let contents = try pages.entries(of: footer.sections.contents) { SealedFooter.BlockPlace($0, at: $1) }
        let envelopes = try pages.entries(of: footer.sections.envelopes) {
          SealedFooter.BlockPlace($0, at: $1)
        }
        let fences = try pages.words(of: footer.sections.streamFences)
        guard footer.areSound(contents: contents, envelopes: envelopes) else { throw Self.lie(path) }
        let dictionary = try Self.dictionary(in: file, at: footer.dictionaries, header.nonce)
        (self.contents, self.envelopes, streamFences, self.footer) = (contents, envelopes, fences, footer)
        self.dictionary = dictionary
        return
      } catch {
        guard error.code == .damaged else { throw error }
      }
    }
    let tables = try SealedTables(file: file, header: header, count: count)
    (contents, envelopes, streamFences, footer) = (tables.contents, tables.envelopes, [], nil)
    dictionary = try Self.dictionary(in: file, at: tables.dictionaries, header.nonce)
    rebuilt.withLock { $0 = tables }
  }

  /// A footer that is whole and can't be its segment's: it is damage like any other.
  private static func lie(_ path: String, at offset: Int? = nil) -> LogError {
    LogError(
      .damaged,
      "the segment's footer is not that of its blocks: never delete the file, a backup has the right one",
      file: path, offset: offset)
  }

  private static func footerDamage(_ path: String) -> LogError {
    LogError(
      .damaged,
      "the segment's footer is damaged: its blocks are read instead; never delete the file, a backup has it",
      file: path)
  }

  /// The dictionary in the first copy that is whole.
  private static func dictionary(
    in file: any StorageFile, at offsets: [Int], _ nonce: FrameNonce
  ) throws(LogError) -> [UInt8] {
    for offset in offsets where offset > 0 {
      if let dictionary = try dictionary(in: file, at: offset, nonce) { return dictionary }
    }
    return []
  }

  private static func dictionary(
    in file: any StorageFile, at offset: Int, _ nonce: FrameNonce
  ) throws(LogError) -> [UInt8]? {
    let bytes = try disk { () throws(StorageError) in
      try file.read(SealedBlock.headerByteCount + LogLimits.blockBytesMax, at: offset)
    }
    return bytes.withBytes { span in
      guard let block = SealedBlock(span, at: 0, nonce: nonce), block.kind == .dictionary,
        span.byteCount >= block.byteCount
      else { return nil }
      var plain: [UInt8] = []
      let stored = span.extracting(SealedBlock.headerByteCount..<block.byteCount)
      return block.decode(stored, appendingTo: &plain) ? plain : nil
    }
  }

  /// Says of each copy of the dictionary that is damaged.
  func dictionaryFindings() throws(LogError) -> [LogFinding] {
    guard let footer else { return [] }
    var findings: [LogFinding] = []
    for offset in footer.dictionaries where offset > 0 {
      if try Self.dictionary(in: file, at: offset, header.nonce) == nil {
        findings.append(
          LogFinding(
            .repairable, file: path,
            "at byte \(offset): a copy of the dictionary is damaged: the other is read, a backup has both"))
      }
    }
    return findings
  }

  // MARK: - Finding

  /// The records of a stream; nil when it has none here. The streams' ids are compared by their first six bytes: the
  /// block decides.
  func records(of stream: StreamID) throws(LogError) -> Range<Int>? {
    try ask { footer, pages throws(LogError) in
      try self.records(of: SealedFooter.prefix(of: stream), footer, pages)
    } _: { tables in
      tables.records(of: SealedFooter.prefix(of: stream))
    }
  }

  private func records(
    of prefix: UInt64, _ footer: SealedFooter, _ pages: RunPageReader
  ) throws(LogError) -> Range<Int>? {
    let section = footer.sections.streams
    // Streams that share the six bytes stand together, and may go on on the next page.
    var page = streamFences.firstPage(of: prefix)
    var first: Int?
    while page < section.pageCount {
      let bytes = try pages.page(page, of: section)
      for entry in 0..<section.entries(onPage: page).count {
        let (found, record) = bytes.withBytes { Self.streamEntry($0, at: entry * section.entryByteCount) }
        guard record >= first ?? 0, record < count else { throw Self.lie(path) }
        if found == prefix, first == nil { first = record }
        if found > prefix { return first.map { $0..<record } }
      }
      page += 1
    }
    return first.map { $0..<count }
  }

  static func streamEntry(_ bytes: RawSpan, at offset: Int) -> (prefix: UInt64, firstRecord: Int) {
    let high = UInt64(bytes.integer(at: offset, as: UInt32.self).byteSwapped)
    let low = UInt64(bytes.integer(at: offset + 4, as: UInt16.self).byteSwapped)
    return (high << 16 | low, Int(bytes.integer(at: offset + 6, as: UInt32.self)))
  }

  /// The number of the envelope block that has a position.
  func envelopeBlock(of local: Int, cache: BlockCache) throws(LogError) -> Int? {
    try ask { footer, pages throws(LogError) in
      let section = footer.sections.places
      let entry = local / SealedFooter.placesPerEntry
      let number = entry / section.perPage
      let key = BlockCache.Key(
        owner: self.owner, offset: (section.firstPage + number) * RunPages.pageByteCount)
      let page: BlockCache.Page
      if let known = cache.item(key, as: BlockCache.Page.self) {
        page = known
      } else {
        page = BlockCache.Page(bytes: try pages.page(number, of: section))
        cache.keep(page, at: key)
      }
      let block = page.bytes.withBytes {
        SealedFooter.place(
          local % SealedFooter.placesPerEntry, bits: footer.placeBits, in: $0,
          at: entry % section.perPage * section.entryByteCount)
      }
      guard block < self.envelopes.count else { throw Self.lie(self.path) }
      return block
    } _: { tables in
      tables.places[local].map { Int($0) }
    }
  }

  /// The positions whose records an envelope block has, counted from the base, ascending: for a block that is damaged.
  func locals(inEnvelopeBlock block: Int, cache: BlockCache) throws(LogError) -> [Int] {
    var locals: [Int] = []
    for local in 0..<count where try envelopeBlock(of: local, cache: cache) ?? block == block {
      locals.append(local)
    }
    return locals
  }

  /// Asks the footer's pages, or, once one of them is damaged, tables made from the blocks.
  private func ask<Answer>(
    _ inPages: (SealedFooter, RunPageReader) throws(LogError) -> Answer,
    _ inMemory: (SealedTables) -> Answer
  ) throws(LogError) -> Answer {
    if let tables = rebuilt.withLock({ $0 }) { return inMemory(tables) }
    guard let footer else { preconditionFailure("a sealed segment without tables") }
    do throws(LogError) {
      return try inPages(footer, pages)
    } catch {
      guard error.code == .damaged else { throw error }
    }
    let fresh = try SealedTables(file: file, header: header, count: count)
    return inMemory(
      rebuilt.withLock { known in
        if known == nil { known = fresh }
        return known ?? fresh
      })
  }

  /// The segments in frames that it replaced; nil when the footer is damaged: nothing else says it.
  func replaced() throws(LogError) -> [SealedFooter.Replaced]? {
    guard let footer else { return nil }
    do throws(LogError) {
      return try pages.entries(of: footer.sections.replaced) { SealedFooter.Replaced($0, at: $1) }
    } catch {
      guard error.code == .damaged else { throw error }
      return nil
    }
  }

  /// Throws `damaged` when the footer's pages are not those of this content.
  func verifyPages(against content: SealedFooter.Content) throws(LogError) {
    guard let footer else { throw Self.footerDamage(path) }
    let expected = SealedFooter.encoded(content, firstPage: footer.sections.contents.firstPage)
    let offset = footer.sections.contents.firstPage * RunPages.pageByteCount
    let file = file
    let found = try disk { () throws(StorageError) in try file.read(expected.count + 1, at: offset) }
    guard found == expected else {
      throw Self.lie(path, at: offset)
    }
  }

  /// Reads and checks every page of the footer, and where no block is damaged compares them with what the blocks say.
  func verifyPages(againstBlocks isWhole: Bool) throws(LogError) {
    guard let footer else { throw Self.footerDamage(path) }
    try pages.check(footer.sections.all)
    guard isWhole else { return }
    var content = SealedFooter.Content(
      storeID: footer.storeID, base: base, count: count, contents: contents, envelopes: envelopes,
      dictionaries: footer.dictionaries)
    content.replaced = try pages.entries(of: footer.sections.replaced) { SealedFooter.Replaced($0, at: $1) }
    content.places = Array(repeating: 0, count: count)
    let cache = BlockCache(byteCountMax: 0)
    for block in envelopes.indices {
      guard let whole = try envelopeBlock(block, cache: cache) else { return }
      for index in 0..<whole.count {
        content.places[Int(whole.locals[index])] = UInt16(block)
        let stream = whole.stream(at: index)
        if content.streams.last?.stream != stream {
          content.streams.append((stream, envelopes[block].firstRecord + index))
        }
      }
    }
    try verifyPages(against: content)
  }

  /// What is damaged of its blocks, one finding each.
  func damages() throws(LogError) -> [LogFinding] {
    let cache = BlockCache(byteCountMax: 0)
    var locals = [Int?](repeating: nil, count: count)
    var findings: [LogFinding] = []
    for block in envelopes.indices {
      let records = records(ofEnvelopeBlock: block)
      if let whole = try envelopeBlock(block, cache: cache) {
        for (index, record) in records.enumerated() { locals[record] = Int(whole.locals[index]) }
      } else {
        findings.append(finding(.envelopes, block, try self.locals(inEnvelopeBlock: block, cache: cache)))
      }
    }
    for block in contents.indices where try contentBlock(block, cache: cache) == nil {
      // Of an event whose envelope is damaged too nothing is known but that.
      findings.append(
        finding(.contents, block, records(ofContentBlock: block).compactMap { locals[$0] }.sorted()))
    }
    return findings
  }

  private func finding(_ kind: SealedBlock.Kind, _ block: Int, _ locals: [Int]) -> LogFinding {
    let positions = locals.runs.map { base.advanced(by: $0.lowerBound)..<base.advanced(by: $0.upperBound) }
    let damage = damage(kind, block, base..<base)
    let shown = positions.prefix(8).map { run in
      run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound) to \(run.upperBound.rawValue - 1)"
    }
    let more = positions.count > shown.count ? " and \(positions.count - shown.count) more" : ""
    return LogFinding(
      .damage, file: path,
      "at byte \(damage.offset): \(damage.part) damaged, \(locals.count) events lost: positions "
        + shown.joined(separator: ", ") + more, positions: positions)
  }

  // MARK: - Blocks

  /// The records of an envelope block.
  func records(ofEnvelopeBlock block: Int) -> Range<Int> { records(of: envelopes, block) }
  /// The records of a block of contents.
  func records(ofContentBlock block: Int) -> Range<Int> { records(of: contents, block) }

  private func records(of places: [SealedFooter.BlockPlace], _ block: Int) -> Range<Int> {
    places[block].firstRecord..<(block + 1 < places.count ? places[block + 1].firstRecord : count)
  }

  /// The block of contents that has a record.
  func contentBlock(of record: Int) -> Int {
    contents.indices.dropFirst().partitionPoint { contents[$0].firstRecord > record } - 1
  }
  /// The envelope block that has a record.
  func envelopeBlock(ofRecord record: Int) -> Int { record / EnvelopeBlock.recordsMax }

  /// An envelope block, decoded; nil when it is damaged.
  func envelopeBlock(_ block: Int, cache: BlockCache) throws(LogError) -> EnvelopeSlots? {
    let place = envelopes[block]
    // A block that is lost may be where the one after it begins.
    guard place.byteCount >= SealedBlock.headerByteCount else { return nil }
    let key = BlockCache.Key(owner: owner, offset: place.offset)
    if let known = cache.item(key, as: EnvelopeSlots.self) { return known }
    let bytes = try read(place)
    var plain: [UInt8] = []
    guard bytes.withBytes({ append(.envelopes, block, in: $0, to: &plain) }),
      let decoded = plain.withBytes({
        EnvelopeSlots($0, count: records(ofEnvelopeBlock: block).count, base: base, limit: count)
      })
    else { return nil }
    cache.keep(decoded, at: key)
    return decoded
  }

  /// A block of contents, decoded; nil when it is damaged.
  func contentBlock(_ block: Int, cache: BlockCache) throws(LogError) -> ContentBlock? {
    let place = contents[block]
    // A block that is lost may be where the one after it begins.
    guard place.byteCount >= SealedBlock.headerByteCount else { return nil }
    let key = BlockCache.Key(owner: owner, offset: place.offset)
    if let known = cache.item(key, as: ContentBlock.self) { return known }
    let bytes = try read(place)
    var plain = dictionary
    guard bytes.withBytes({ append(.contents, block, in: $0, to: &plain) }),
      let decoded = ContentBlock(
        plain, from: dictionary.count, count: records(ofContentBlock: block).count)
    else { return nil }
    cache.keep(decoded, at: key)
    return decoded
  }

  /// Appends the plain bytes of a block, whose header and stored bytes these are, to an array that ends with the segment's
  /// dictionary where the block needs it; false, and nothing appended, when they are not what was written.
  func append(
    _ kind: SealedBlock.Kind, _ block: Int, in bytes: RawSpan, to output: inout [UInt8]
  ) -> Bool {
    let records = kind == .envelopes ? records(ofEnvelopeBlock: block) : records(ofContentBlock: block)
    guard let header = SealedBlock(bytes, at: 0, nonce: self.header.nonce), header.kind == kind,
      header.records == records, header.byteCount == bytes.byteCount
    else { return false }
    return header.decode(
      bytes.extracting(SealedBlock.headerByteCount..<bytes.byteCount), dictionaryCount: dictionary.count,
      appendingTo: &output)
  }

  private func read(_ place: SealedFooter.BlockPlace) throws(LogError) -> [UInt8] {
    let file = file
    return try disk { () throws(StorageError) in try file.read(place.byteCount, at: place.offset) }
  }

  func damage(_ kind: SealedBlock.Kind, _ block: Int, _ positions: Range<Position>) -> Damage {
    let place = kind == .envelopes ? envelopes[block] : contents[block]
    return Damage(
      file: path, offset: place.offset,
      part: kind == .envelopes ? "envelope block \(block)" : "content block \(block)", positions: positions)
  }
}
