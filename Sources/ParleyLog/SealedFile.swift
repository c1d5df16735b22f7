import ParleyEnvelope
import Synchronization

/// An open sealed segment: its file, where its blocks are, and its footer's pages.
final class SealedFile: Sendable {
  /// Blocks that follow each other are read together up to so many bytes.
  private static let readByteCount = 256 << 10

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

  /// The copy of the dictionary at an offset; nil when it is damaged.
  static func dictionary(
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
    guard found == expected else { throw Self.lie(path, at: offset) }
  }

  /// Reads every page of the footer; throws `damaged` when one is not whole.
  func checkPages() throws(LogError) {
    guard let footer else { throw Self.footerDamage(path) }
    try pages.check(footer.sections.all)
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
    try decoded(.envelopes, block, behind: [], cache) { plain in
      let count = records(ofEnvelopeBlock: block).count
      return plain.withBytes { EnvelopeSlots($0, count: count, base: base, limit: self.count) }
    }
  }

  /// A block of contents, decoded; nil when it is damaged.
  func contentBlock(_ block: Int, cache: BlockCache) throws(LogError) -> ContentBlock? {
    try decoded(.contents, block, behind: dictionary, cache) { plain in
      ContentBlock(plain, from: dictionary.count, count: records(ofContentBlock: block).count)
    }
  }

  /// A block, from the cache or the disk, its plain bytes decoded behind others.
  private func decoded<Decoded: BlockCache.Item>(
    _ kind: SealedBlock.Kind, _ block: Int, behind before: [UInt8], _ cache: BlockCache,
    _ decode: ([UInt8]) -> Decoded?
  ) throws(LogError) -> Decoded? {
    let place = places(kind)[block]
    // A block that is lost may be where the one after it begins.
    guard place.byteCount >= SealedBlock.headerByteCount else { return nil }
    let key = BlockCache.Key(owner: owner, offset: place.offset)
    if let known = cache.item(key, as: Decoded.self) { return known }
    let file = file
    let bytes = try disk { () throws(StorageError) in try file.read(place.byteCount, at: place.offset) }
    var plain: [UInt8] = []
    plain.reserveCapacity(before.count + LogLimits.blockBytesMax)
    plain += before
    guard bytes.withBytes({ append(kind, block, in: $0, to: &plain) }), let decoded = decode(plain)
    else { return nil }
    cache.keep(decoded, at: key)
    return decoded
  }

  /// Calls with every block of a kind in order, its header and stored bytes, reading neighbours together.
  func forEachBlock(
    _ kind: SealedBlock.Kind, _ body: (Int, RawSpan) throws(LogError) -> Void
  ) throws(LogError) {
    let (file, places) = (file, places(kind))
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
      try bytes.withBytes { span throws(LogError) in
        for block in first..<end {
          let offset = min(places[block].offset - start, span.byteCount)
          let stop = min(offset + places[block].byteCount, span.byteCount)
          try body(block, span.extracting(offset..<stop))
        }
      }
      first = end
    }
  }

  /// Appends the plain bytes of a block, whose header and stored bytes these are, to an array that ends with the segment's
  /// dictionary where the block needs it; false, and nothing appended, when they are not what was written.
  func append(
    _ kind: SealedBlock.Kind, _ block: Int, in bytes: RawSpan, to output: inout [UInt8]
  ) -> Bool {
    guard let header = SealedBlock(bytes, at: 0, nonce: self.header.nonce), header.kind == kind,
      header.records == records(of: places(kind), block), header.byteCount == bytes.byteCount
    else { return false }
    return header.decode(
      bytes.extracting(SealedBlock.headerByteCount..<bytes.byteCount), dictionaryCount: dictionary.count,
      appendingTo: &output)
  }

  /// The blocks of envelopes, or those of contents.
  func places(_ kind: SealedBlock.Kind) -> [SealedFooter.BlockPlace] {
    kind == .envelopes ? envelopes : contents
  }

  func damage(_ kind: SealedBlock.Kind, _ block: Int, _ positions: Range<Position>) -> Damage {
    Damage(
      file: path, offset: places(kind)[block].offset,
      part: kind == .envelopes ? "envelope block \(block)" : "content block \(block)", positions: positions)
  }
}
