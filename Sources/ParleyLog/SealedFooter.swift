import ParleyEnvelope

/// What stands behind the blocks of a sealed segment: where they are, which records are whose, and in which block each
/// position is. All of it could be made again from the blocks.
struct SealedFooter: Equatable, Sendable {
  private static let magic = Array("PRLYSEAL".utf8)
  private static let sectionsOffset = 96

  let storeID: Bytes16
  let base: Position
  /// Events of the segment.
  let count: Int
  /// The number of frames before and in what it replaced, and the digest of the last one's header.
  let nextSequence: UInt64
  let lastDigest: FrameDigest
  /// Where the two copies of the dictionary's block begin; zeros when there is none.
  let dictionaries: [Int]
  let sections: Sections
  /// The checksum of its head's page.
  let checksum: UInt32

  struct Sections: Equatable, Sendable {
    /// The blocks of each kind, in order.
    var contents: RunPages.Section
    var envelopes: RunPages.Section
    /// The first record of each stream.
    var streams: RunPages.Section
    var streamFences: RunPages.Section
    /// The envelope block of each position, 64 to an entry.
    var places: RunPages.Section
    /// The segments it replaced.
    var replaced: RunPages.Section

    var all: [RunPages.Section] { [contents, envelopes, streams, streamFences, places, replaced] }
  }

  var end: Position { base.advanced(by: count) }
  /// The bits that a position's block number is packed in.
  var placeBits: Int { sections.places.entryByteCount / 8 }

  /// Where a block is.
  struct BlockPlace: Equatable, Sendable {
    static let entryByteCount = 12
    /// From the start of the file.
    var offset: Int
    /// Header and stored bytes.
    var byteCount: Int
    var firstRecord: Int
  }

  /// A segment in frames that was sealed.
  struct Replaced: Equatable, Sendable {
    static let entryByteCount = 48
    var base: Position
    /// Its last frame: the number of the one after it, and its header's digest.
    var nextSequence: UInt64
    var lastDigest: FrameDigest
  }

  static let streamEntryByteCount = 10
  static let placesPerEntry = 64

  /// The first six bytes of an id, as a number that sorts as the id does.
  static func prefix(of stream: StreamID) -> UInt64 { stream.rawValue.high >> 16 }
}

// MARK: - Encoding

extension SealedFooter {
  /// What a footer is made from.
  struct Content {
    var storeID: Bytes16
    var base: Position
    var count: Int
    var contents: [BlockPlace] = []
    var envelopes: [BlockPlace] = []
    /// Streams in order, each with its first record.
    var streams: [(stream: StreamID, firstRecord: Int)] = []
    /// The envelope block of each position, counted from the base.
    var places: [UInt16] = []
    var replaced: [Replaced] = []
    /// Where the copies of the dictionary begin; zeros when there is none.
    var dictionaries = [0, 0]
  }

  /// The pages of a footer that begins with the file's `firstPage`th, the head last.
  static func encoded(_ content: Content, firstPage: Int) -> [UInt8] {
    let owner = RunPages.Owner(storeID: content.storeID, base: content.base)
    var writer = RunPageWriter(owner, firstPage: firstPage)
    func store(_ place: BlockPlace, _ page: inout ByteWriter) {
      page.append(UInt32(place.offset))
      page.append(UInt32(place.byteCount))
      page.append(UInt32(place.firstRecord))
    }
    let contents = writer.section(content.contents, entryByteCount: BlockPlace.entryByteCount, store)
    let envelopes = writer.section(content.envelopes, entryByteCount: BlockPlace.entryByteCount, store)
    var fences: [UInt64] = []
    writer.begin(entryByteCount: streamEntryByteCount)
    for (stream, firstRecord) in content.streams {
      let prefix = prefix(of: stream)
      if writer.isAtPageStart { fences.append(prefix) }
      writer.append { page in
        page.append(UInt32(truncatingIfNeeded: prefix >> 16).byteSwapped)
        page.append(UInt16(truncatingIfNeeded: prefix).byteSwapped)
        page.append(UInt32(firstRecord))
      }
    }
    let streams = writer.end()
    let streamFences = writer.section(fences, entryByteCount: 8) { $1.append($0) }
    let bits = max(1, Int.bitWidth - (content.envelopes.count - 1).leadingZeroBitCount)
    let places = writer.section(
      stride(from: 0, to: content.places.count, by: placesPerEntry), entryByteCount: bits * 8
    ) { first, page in
      append(content.places[first..<min(first + placesPerEntry, content.places.count)], bits: bits, to: &page)
    }
    let replaced = writer.section(content.replaced, entryByteCount: Replaced.entryByteCount) {
      segment, page in
      page.append(segment.base.rawValue)
      page.append(segment.nextSequence)
      page.append(segment.lastDigest)
    }
    let last = content.replaced[content.replaced.count - 1]
    writer.page { page in
      page.append(magic)
      page.append(content.storeID)
      page.append(content.base.rawValue)
      page.append(UInt64(content.count))
      page.append(last.nextSequence)
      page.append(last.lastDigest)
      for offset in content.dictionaries { page.append(UInt64(offset)) }
      for section in [contents, envelopes, streams, streamFences, places, replaced] { page.append(section) }
    }
    return writer.take()
  }

  /// Packs up to 64 numbers of so many bits, from the lowest bit on.
  private static func append(_ places: ArraySlice<UInt16>, bits: Int, to page: inout ByteWriter) {
    var words = [UInt64](repeating: 0, count: bits)
    for (index, place) in places.enumerated() {
      let bit = index * bits
      words[bit >> 6] |= UInt64(place) << UInt64(bit & 63)
      if bit & 63 + bits > 64 { words[bit >> 6 + 1] |= UInt64(place) >> UInt64(64 - bit & 63) }
    }
    for word in words { page.append(word) }
  }

  /// One of the numbers of an entry.
  static func place(_ index: Int, bits: Int, in entry: RawSpan, at offset: Int) -> Int {
    let bit = index * bits
    var value = entry.integer(at: offset + bit >> 6 * 8, as: UInt64.self) >> UInt64(bit & 63)
    if bit & 63 + bits > 64 {
      value |= entry.integer(at: offset + (bit >> 6 + 1) * 8, as: UInt64.self) << UInt64(64 - bit & 63)
    }
    return Int(value & (1 << UInt64(bits) - 1))
  }
}

// MARK: - Decoding

extension SealedFooter {
  /// A footer from its head, the last page of the file; nil unless it is one of this store's.
  init?(_ page: [UInt8], page number: Int, storeID: Bytes16, base: Position) {
    guard RunPages.Owner(storeID: storeID, base: base).isWhole(page, page: number),
      page.starts(with: Self.magic)
    else { return nil }
    let head = page.withBytes { span -> SealedFooter? in
      guard span.bytes16(at: 8) == storeID, span.integer(at: 24) == base.rawValue,
        let count = Int(exactly: span.integer(at: 32, as: UInt64.self)), SealedSegment.counts.contains(count),
        let parts = RunPages.Section.named(6, in: span, at: Self.sectionsOffset, pages: number)
      else { return nil }
      let sections = Sections(
        contents: parts[0], envelopes: parts[1], streams: parts[2], streamFences: parts[3], places: parts[4],
        replaced: parts[5])
      return SealedFooter(
        storeID: storeID, base: base, count: count, nextSequence: span.integer(at: 40),
        lastDigest: FrameDigest(span, at: 48),
        dictionaries: [80, 88].map { Int(clamping: span.integer(at: $0, as: UInt64.self)) },
        sections: sections, checksum: span.integer(at: RunPages.roomPerPage))
    }
    guard let head, head.isSound, head.dictionaries.allSatisfy({ $0 < number * RunPages.pageByteCount })
    else {
      return nil
    }
    self = head
  }

  private var isSound: Bool {
    sections.contents.entryByteCount == BlockPlace.entryByteCount
      && sections.envelopes.entryByteCount == BlockPlace.entryByteCount
      && sections.streams.entryByteCount == Self.streamEntryByteCount
      && sections.streamFences.entryByteCount == 8
      && sections.streamFences.count == sections.streams.pageCount
      && sections.places.entryByteCount % 8 == 0 && (1...16).contains(placeBits)
      && sections.places.count == (count + Self.placesPerEntry - 1) / Self.placesPerEntry
      && sections.replaced.entryByteCount == Replaced.entryByteCount && sections.replaced.count > 0
      && sections.contents.count > 0 && sections.envelopes.count > 0 && sections.streams.count > 0
  }
}

extension SealedFooter.BlockPlace {
  init(_ bytes: RawSpan, at offset: Int) {
    self.init(
      offset: Int(bytes.integer(at: offset, as: UInt32.self)),
      byteCount: Int(bytes.integer(at: offset + 4, as: UInt32.self)),
      firstRecord: Int(bytes.integer(at: offset + 8, as: UInt32.self)))
  }
}

extension SealedFooter {
  /// Whether these can be the places of its blocks: one behind the other and before the footer, their records those of
  /// the segment, in as many to a block as envelopes have.
  func areSound(contents: [BlockPlace], envelopes: [BlockPlace]) -> Bool {
    areSound(contents) && areSound(envelopes)
      && envelopes.count == (count + EnvelopeBlock.recordsMax - 1) / EnvelopeBlock.recordsMax
      && envelopes.indices.allSatisfy { envelopes[$0].firstRecord == $0 * EnvelopeBlock.recordsMax }
  }

  private func areSound(_ places: [BlockPlace]) -> Bool {
    var end = SegmentHeader.regionByteCount
    var lastRecord = -1
    for place in places {
      guard place.offset >= end, place.firstRecord > lastRecord else { return false }
      end = place.offset + place.byteCount
      lastRecord = place.firstRecord
    }
    return places.first?.firstRecord == 0 && lastRecord < count
      && end <= sections.contents.firstPage * RunPages.pageByteCount
  }
}

extension SealedFooter.Replaced {
  init(_ bytes: RawSpan, at offset: Int) {
    self.init(
      base: Position(rawValue: bytes.integer(at: offset)), nextSequence: bytes.integer(at: offset + 8),
      lastDigest: FrameDigest(bytes, at: offset + 16))
  }
}

extension SealedFooter {
  /// The footer of a segment's file; nil when its head is not whole.
  static func read(from file: any StorageFile, storeID: Bytes16, base: Position) throws(LogError)
    -> SealedFooter?
  {
    let size = try disk { () throws(StorageError) in try file.size() }
    guard size >= SegmentHeader.regionByteCount + RunPages.pageByteCount, size % RunPages.pageByteCount == 0
    else { return nil }
    let offset = size - RunPages.pageByteCount
    let page = try disk { () throws(StorageError) in try file.read(RunPages.pageByteCount, at: offset) }
    return SealedFooter(page, page: offset / RunPages.pageByteCount, storeID: storeID, base: base)
  }
}
