import ParleyEnvelope
import Synchronization

/// The index of a rolled segment, in a file beside it: event id to position, stream to positions, and the frames.
/// Opening it reads one page; its filters and fences are read when first needed, and kept.
///
/// Derived: made again from the segment when it is missing, damaged or of an older version.
final class SegmentDirectory: Sendable {
  private static let magic = Array("PRLYRUN2".utf8)

  let count: Int
  let streamCount: Int
  private let pages: RunPageReader
  private let sections: Sections
  private let loaded = Mutex<Loaded?>(nil)
  private let frameList = Mutex<FrameList?>(nil)
  /// Bytes of the segment, padding included.
  let segmentEnd: Int
  /// The checksum of the first page, which the manifest repeats.
  let footerChecksum: UInt32

  struct Sections: Equatable, Sendable {
    var events: RunPages.Section
    var streams: RunPages.Section
    var positions: RunPages.Section
    var frames: RunPages.Section
    var eventFilter: RunPages.Section
    var streamFilter: RunPages.Section
    var eventFences: RunPages.Section
    var streamFences: RunPages.Section

    var all: [RunPages.Section] {
      [events, streams, positions, frames, eventFilter, streamFilter, eventFences, streamFences]
    }
  }

  /// What stays in memory once it was needed: about 1.4 bytes an event.
  private struct Loaded: Sendable {
    var eventFilter: KeyFilter
    var streamFilter: KeyFilter
    /// The first eight bytes of the first key of every page.
    var eventFences: [UInt64]
    var streamFences: [UInt64]
  }

  /// Opens the directory of a segment; throws `damaged` when its first page is not whole, is another segment's or of
  /// another version.
  init(path: String, storage: any Storage, storeID: Bytes16, base: Position) throws(LogError) {
    let file = try disk { () throws(StorageError) in try storage.open(path, .read) }
    let page = try disk { () throws(StorageError) in try file.read(RunPages.pageByteCount, at: 0) }
    let owner = RunPages.Owner(storeID: storeID, base: base)
    let size = try disk { () throws(StorageError) in try file.size() }
    let isWhole = owner.isWhole(page, page: 0) && page.starts(with: Self.magic)
    let head = isWhole ? page.withBytes { Head($0, pages: size / RunPages.pageByteCount) } : nil
    guard let head, head.storeID == storeID, head.base == base, head.isSound else {
      throw LogError(
        .damaged, "the directory of a segment is damaged: delete it, it is made again", file: path)
    }
    pages = RunPageReader(file: file, path: path, owner: owner, index: .directory)
    count = head.count
    sections = head.sections
    streamCount = head.sections.streams.count
    segmentEnd = head.segmentEnd
    footerChecksum = page.withBytes { $0.integer(at: RunPages.roomPerPage) }
  }

  var path: String { pages.path }

  // MARK: - Asking

  /// Whether every event is in a stream: damage that the segment had before the directory was made hides some.
  var holdsEveryEvent: Bool { sections.positions.count == count }

  /// Calls for each event that is in the segment, with its place in the array and in the segment.
  func forEachKnown(_ keys: [EventKeys], _ body: (Int, Int) -> Void) throws(LogError) {
    let known = try load()
    for place in keys.indices {
      if let local = try local(of: keys[place].event, known) { body(place, local) }
    }
  }

  /// Calls for those of some ascending places of an array whose stream is in the segment, with the stream's last event
  /// here. Of ascending streams no page is read twice.
  func forEachTail(
    of streams: [StreamID], _ places: [Int], _ body: (Int, Int) -> Void
  ) throws(LogError) {
    let known = try load()
    var pages = FencedPages(sections.streams, fences: known.streamFences, reader: pages)
    var positions = PositionPages(section: sections.positions, reader: self.pages)
    for place in places where known.streamFilter.mayContain(streams[place].rawValue) {
      let range = try positionRange(of: streams[place], in: &pages)
      let tail = try self.positions(range, before: count, last: 1, in: &positions).last
      if let tail { body(place, tail) }
    }
  }

  /// The place of an event in the segment.
  func local(of event: EventID) throws(LogError) -> Int? { try local(of: event, try load()) }

  private func local(of event: EventID, _ known: Loaded) throws(LogError) -> Int? {
    guard known.eventFilter.mayContain(event.rawValue) else { return nil }
    var events = FencedPages(sections.events, fences: known.eventFences, reader: pages)
    var local: Int?
    try events.forEachEntry(of: event.rawValue) { page, offset in
      local = Int(page.integer(at: offset + 16, as: UInt32.self))
    }
    if let local, local >= count { throw foreign }
    return local
  }

  private var foreign: LogError {
    LogError(.damaged, "an index names positions it does not have: delete the file", file: path)
  }

  /// The last event of a stream in the segment.
  func tail(of stream: StreamID) throws(LogError) -> Int? {
    try locals(of: stream, before: count, last: 1).last
  }

  /// The events of a stream before a place, the last so many, ascending.
  func locals(of stream: StreamID, before: Int, last limit: Int) throws(LogError) -> [Int] {
    try locals(of: stream, before: before, last: limit, try load())
  }

  private func locals(of stream: StreamID, before: Int, last limit: Int, _ known: Loaded) throws(LogError)
    -> [Int]
  {
    guard known.streamFilter.mayContain(stream.rawValue) else { return [] }
    var streams = FencedPages(sections.streams, fences: known.streamFences, reader: pages)
    var positions = PositionPages(section: sections.positions, reader: pages)
    let range = try positionRange(of: stream, in: &streams)
    return try self.positions(range, before: before, last: limit, in: &positions)
  }

  /// Which of the positions are a stream's.
  private func positionRange(
    of stream: StreamID, in pages: inout FencedPages
  ) throws(LogError) -> Range<Int> {
    var range = 0..<0
    try pages.forEachEntry(of: stream.rawValue) { page, offset in
      let first = Int(page.integer(at: offset + 16, as: UInt32.self))
      range = first..<(first + Int(page.integer(at: offset + 20, as: UInt32.self)))
    }
    return range
  }

  /// Where the segment's frames are; kept after the first time, 8 bytes a frame.
  func frames() throws(LogError) -> FrameList {
    if let known = frameList.withLock({ $0 }) { return known }
    let frames = try pages.entries(of: sections.frames) { bytes, offset in
      FrameList.Frame(first: bytes.integer(at: offset), offset: bytes.integer(at: offset + 4))
    }
    let list = FrameList(frames: frames, count: count, endOffset: segmentEnd)
    guard list.isSound else {
      throw LogError(.damaged, "an index has frames that are in no order: delete the file", file: path)
    }
    frameList.withLock { $0 = list }
    return list
  }

  /// Reads and checks every page.
  func verify() throws(LogError) { try pages.check(sections.all) }

  // MARK: - Reading pages

  /// Walks the positions of a stream from the last back, so that a short answer reads few pages.
  private func positions(
    _ range: Range<Int>, before: Int, last limit: Int, in pages: inout PositionPages
  ) throws(LogError) -> [Int] {
    let section = sections.positions
    guard range.upperBound <= section.count else { throw foreign }
    var found: [Int] = []
    var isForeign = false
    var end = range.upperBound
    while end > range.lowerBound, found.count < limit {
      let page = (end - 1) / section.perPage
      let bytes = try pages.page(page)
      let first = max(range.lowerBound, page * section.perPage)
      bytes.withBytes { span in
        for entry in stride(from: end - 1, through: first, by: -1) where found.count < limit {
          let local = Int(span.integer(at: (entry - page * section.perPage) * 4, as: UInt32.self))
          isForeign = isForeign || local >= count
          if local < before { found.append(local) }
        }
      }
      end = first
    }
    if isForeign { throw foreign }
    return found.reversed()
  }

  private func load() throws(LogError) -> Loaded {
    if let known = loaded.withLock({ $0 }) { return known }
    guard let eventFilter = KeyFilter(words: try pages.words(of: sections.eventFilter)),
      let streamFilter = KeyFilter(words: try pages.words(of: sections.streamFilter))
    else { throw LogError(.damaged, "an index has an empty filter: delete the file", file: path) }
    let fresh = Loaded(
      eventFilter: eventFilter, streamFilter: streamFilter,
      eventFences: try pages.words(of: sections.eventFences),
      streamFences: try pages.words(of: sections.streamFences))
    loaded.withLock { $0 = fresh }
    return fresh
  }
}

/// The pages of a directory's positions; the one read last is kept, as streams that follow each other share it.
private struct PositionPages {
  let section: RunPages.Section
  let reader: RunPageReader
  private var last: (number: Int, bytes: [UInt8])?

  init(section: RunPages.Section, reader: RunPageReader) {
    self.section = section
    self.reader = reader
  }

  mutating func page(_ number: Int) throws(LogError) -> [UInt8] {
    if let last, last.number == number { return last.bytes }
    let bytes = try reader.page(number, of: section)
    last = (number, bytes)
    return bytes
  }
}

// MARK: - The first page

extension SegmentDirectory {
  /// What the first page says.
  private struct Head {
    var storeID: Bytes16
    var base: Position
    var count: Int
    var segmentEnd: Int
    var sections: Sections

    init?(_ span: RawSpan, pages: Int) {
      storeID = span.bytes16(at: 8)
      base = Position(rawValue: span.integer(at: 24))
      guard let count = Int(exactly: span.integer(at: 32, as: UInt64.self)), count <= FrameList.eventsMax,
        let segmentEnd = UInt32(exactly: span.integer(at: 40, as: UInt64.self)).map({ Int($0) }),
        let parts = RunPages.Section.named(8, in: span, at: 48, pages: pages)
      else { return nil }
      self.count = count
      self.segmentEnd = segmentEnd
      sections = Sections(
        events: parts[0], streams: parts[1], positions: parts[2], frames: parts[3], eventFilter: parts[4],
        streamFilter: parts[5], eventFences: parts[6], streamFences: parts[7])
    }

    /// Whether the sections have the entries of a directory, behind the first page, and as many as the segment can have.
    var isSound: Bool {
      sections.all.map(\.entryByteCount) == SegmentDirectory.entryByteCounts
        && sections.all.allSatisfy { $0.firstPage > 0 }
        && [sections.events, sections.positions, sections.frames].allSatisfy { $0.count <= count }
        && sections.streams.count <= sections.positions.count
        && sections.eventFences.count == sections.events.pageCount
        && sections.streamFences.count == sections.streams.pageCount
    }
  }

  private static let entryByteCounts = [20, 24, 4, 8, 64, 64, 8, 8]

  /// A directory's bytes. Equal content gives equal bytes, so that one made again can be compared.
  static func encoded(_ content: DirectoryContent, storeID: Bytes16, base: Position) -> [UInt8] {
    let owner = RunPages.Owner(storeID: storeID, base: base)
    // The head is the first page, and known last.
    var writer = RunPageWriter(owner, firstPage: 1)
    var sections: [RunPages.Section] = []
    sections.append(
      writer.section(content.events, entryByteCount: 20) { entry, page in
        page.append(entry.key)
        page.append(entry.local)
      })
    sections.append(
      writer.section(content.streams, entryByteCount: 24) { entry, page in
        page.append(entry.key)
        page.append(entry.first)
        page.append(entry.count)
      })
    sections.append(writer.section(content.positions, entryByteCount: 4) { $1.append($0) })
    sections.append(
      writer.section(content.frames.frames, entryByteCount: 8) { frame, page in
        page.append(frame.first)
        page.append(frame.offset)
      })
    sections.append(appendFilter(of: content.events.map(\.key), to: &writer))
    sections.append(appendFilter(of: content.streams.map(\.key), to: &writer))
    sections.append(appendFences(of: content.events.map(\.key), perPage: sections[0].perPage, to: &writer))
    sections.append(appendFences(of: content.streams.map(\.key), perPage: sections[1].perPage, to: &writer))
    return firstPage(content, sections: sections, storeID: storeID, base: base) + writer.take()
  }

  private static func firstPage(
    _ content: DirectoryContent, sections: [RunPages.Section], storeID: Bytes16, base: Position
  ) -> [UInt8] {
    var page = ByteWriter(capacity: RunPages.pageByteCount)
    page.append(magic)
    page.append(storeID)
    page.append(base.rawValue)
    page.append(UInt64(content.frames.count))
    page.append(UInt64(content.frames.endOffset))
    for section in sections { page.append(section) }
    RunPages.finish(&page, page: 0, of: RunPages.Owner(storeID: storeID, base: base))
    return page.bytes
  }

  private static func appendFilter(of keys: [Bytes16], to writer: inout RunPageWriter) -> RunPages.Section {
    var filter = KeyFilter(capacity: keys.count)
    for key in keys { filter.insert(key) }
    let words = filter.words
    return writer.section(
      stride(from: 0, to: words.count, by: 8), entryByteCount: KeyFilter.blockByteCount
    ) { first, page in
      for word in words[first..<(first + 8)] { page.append(word) }
    }
  }

  private static func appendFences(
    of keys: [Bytes16], perPage: Int, to writer: inout RunPageWriter
  ) -> RunPages.Section {
    writer.section(stride(from: 0, to: keys.count, by: perPage), entryByteCount: 8) {
      $1.append(keys[$0].high)
    }
  }
}
