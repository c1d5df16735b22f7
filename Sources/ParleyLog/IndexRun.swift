import ParleyEnvelope
import Synchronization

/// A sorted run over sealed segments: from event ids to positions, and from streams to where they have events. Immutable;
/// opened when first asked. Derived: made again from the segments when it is missing or damaged.
final class IndexRun: Sendable {
  static let directory = "index"
  static let suffix = ".run"
  static let magic = Array("PRLYIDX2".utf8)
  fileprivate static let sectionsOffset = 48
  private static let segmentCountOffset = sectionsOffset + 4 * RunPages.Section.byteCount

  /// The positions it covers.
  let positions: Range<Position>
  /// The sealed segments that these are in.
  let segmentCount: Int
  private let files: SealedFiles
  private let opened = Mutex<Opened?>(nil)
  private let damaged = Atomic(false)

  struct Sections: Equatable, Sendable {
    /// Pages of fingerprints and positions, packed, by both.
    var events: RunPages.Section
    /// The stream, and the position of its last event in a sealed segment, by both.
    var streams: RunPages.Section
    var eventFences: RunPages.Section
    var streamFences: RunPages.Section

    var all: [RunPages.Section] { [events, streams, eventFences, streamFences] }
  }

  /// What stays in memory once it was needed: a word for every page of some 600 events or 200 streams, and filters, 10 bits
  /// an event and 10 a stream, as far as the log has room for them.
  private struct Opened: Sendable {
    var pages: RunPageReader
    var sections: Sections
    var eventFences: [UInt64]
    var streamFences: [UInt64]
    var eventFilters: PageFilters
    var streamFilters: PageFilters

    var events: FencedPages {
      FencedPages(sections.events, fences: eventFences, reader: pages, filters: eventFilters)
    }
    var streams: FencedPages {
      FencedPages(sections.streams, fences: streamFences, reader: pages, filters: streamFilters)
    }
  }

  init(_ positions: Range<Position>, segmentCount: Int, _ files: SealedFiles) {
    self.positions = positions
    self.segmentCount = segmentCount
    self.files = files
  }

  var path: String { Self.path(positions) }

  static func path(_ positions: Range<Position>) -> String { "\(directory)/\(positions.fileName(suffix))" }

  /// The first 36 bits of an event id's hash: of a hundred million events some 150 thousandths of a percent have that of
  /// another, so that the event itself decides.
  static func fingerprint(of event: EventID) -> UInt64 {
    event.rawValue.mixed >> UInt64(64 - fingerprintBits)
  }
  static let fingerprintBits = 36

  /// What filters know a fingerprint by.
  static func filterKey(_ fingerprint: UInt64) -> Bytes16 { Bytes16(high: fingerprint, low: 0) }

  // MARK: - Asking

  /// An event to look for: its fingerprint, and its place among others.
  struct Wanted {
    var fingerprint: UInt64
    var place: Int
  }

  /// The events of an array in the order in which runs have them.
  static func wanted(_ keys: [EventKeys]) -> [Wanted] {
    var wanted = keys.indices.map { Wanted(fingerprint: fingerprint(of: keys[$0].event), place: $0) }
    wanted.sort { $0.fingerprint < $1.fingerprint }
    return wanted
  }

  /// Calls with each position that an event may have, with the event's place. Of events in order no page is read twice.
  func forEachCandidate(
    of wanted: [Wanted], _ body: (Int, Position) -> Void
  ) throws(LogError) {
    var pages = try load().events
    defer { pages.keepFilters() }
    for event in wanted {
      let key = Self.filterKey(event.fingerprint)
      try pages.forEachPage(of: key, beginning: event.fingerprint) { page, _ throws(LogError) in
        for local in EventPage(page).locals(of: event.fingerprint, in: page) {
          body(event.place, try position(local))
        }
      }
    }
  }

  /// The last event of a stream in each of the sealed segments that have any, ascending.
  func tails(of stream: StreamID) throws(LogError) -> [Position] {
    var pages = try load().streams
    defer { pages.keepFilters() }
    var tails: [Position] = []
    try pages.forEachEntry(of: stream.rawValue) { page, offset throws(LogError) in
      tails.append(try position(StreamEntry(page, at: offset).local))
    }
    return tails
  }

  /// Calls for those of some ascending places of an array whose stream it has, with the stream's last event here. Of
  /// ascending streams no page is read twice.
  func forEachTail(
    of streams: [StreamID], _ places: [Int], _ body: (Int, Position) -> Void
  ) throws(LogError) {
    var pages = try load().streams
    defer { pages.keepFilters() }
    for place in places {
      var tail: Position?
      try pages.forEachEntry(of: streams[place].rawValue) { page, offset throws(LogError) in
        tail = try position(StreamEntry(page, at: offset).local)
      }
      if let tail { body(place, tail) }
    }
  }

  /// The position of an entry; throws `damaged` when the run does not cover it.
  private func position(_ local: UInt32) throws(LogError) -> Position {
    guard local < positions.count else { throw Self.damaged(path) }
    return positions.lowerBound.advanced(by: Int(local))
  }

  /// Whether it was found to be damaged: it is to be made again.
  var isDamaged: Bool { damaged.load(ordering: .relaxed) }

  /// Whether its head and fences are whole, and no damage was found since.
  func isOpenable() throws(LogError) -> Bool {
    if isDamaged { return false }
    do throws(LogError) {
      _ = try load()
      return true
    } catch {
      guard error.code == .damaged else { throw error }
      noteDamage()
      return false
    }
  }

  func noteDamage() { damaged.store(true, ordering: .relaxed) }

  /// Reads and checks every page.
  func verify() throws(LogError) {
    let known = try load()
    try known.pages.check(known.sections.all)
  }

  /// Whether its entries are those of its segments, as far as these can be read: compared by sums that no order changes,
  /// so that a large run needs no memory.
  func holds(_ segments: [SealedSegment]) throws(LogError) -> Bool {
    var found = EntrySums()
    var events = RunCursor<EventEntry>(self)
    while let entry = try events.take() { found.add(entry, from: positions.lowerBound) }
    var streams = RunCursor<StreamEntry>(self)
    var tails = StreamTails(in: segments, from: positions.lowerBound)
    while let entry = try streams.take() {
      if let tail = tails.take(entry) { found.add(tail, from: positions.lowerBound) }
    }
    if let tail = tails.finish() { found.add(tail, from: positions.lowerBound) }
    var expected = EntrySums()
    for segment in segments {
      guard let keys = try SealedKeys(segment) else { return true }
      for entry in keys.events { expected.add(entry, from: segment.base) }
      for entry in keys.streams { expected.add(entry, from: segment.base) }
    }
    return found == expected
  }

  /// Counts and sums of entries.
  private struct EntrySums: Equatable {
    private var events = 0
    private var eventSum: UInt64 = 0
    private var streams = 0
    private var streamSum: UInt64 = 0

    mutating func add(_ entry: EventEntry, from base: Position) {
      events += 1
      eventSum &+= (entry.fingerprint ^ base.advanced(by: Int(entry.local)).rawValue.mixed).mixed
    }

    mutating func add(_ entry: StreamEntry, from base: Position) {
      streams += 1
      let position = base.advanced(by: Int(entry.local)).rawValue
      streamSum &+= (entry.stream.rawValue.mixed ^ position.mixed).mixed
    }
  }

  /// The entries of a page, which follow another; nil behind the last page. Throws `damaged` when they are in no order, or
  /// not of positions that the run covers.
  func entries<Entry: RunEntry>(onPage page: Int, behind last: Entry?) throws(LogError) -> [Entry]? {
    let known = try load()
    let section = Entry.section(of: known.sections)
    guard page < section.pageCount else { return nil }
    let bytes = try known.pages.page(page, of: section)
    let entries = bytes.withBytes { Entry.entries(of: $0, count: section.entries(onPage: page).count) }
    guard !entries.isEmpty else { throw Self.damaged(path) }
    var before = last
    for entry in entries {
      guard entry.isSound, entry.local < positions.count, before.map({ $0 <= entry }) ?? true else {
        throw Self.damaged(path)
      }
      before = entry
    }
    return entries
  }

  private func load() throws(LogError) -> Opened {
    if let known = opened.withLock({ $0 }) { return known }
    let path = path
    guard let file = try files.storage.openIfThere(path) else { throw Self.damaged(path) }
    let size = try disk { () throws(StorageError) in try file.size() }
    let offset = size - RunPages.pageByteCount
    let owner = RunPages.Owner(storeID: files.storeID, base: positions.lowerBound, end: positions.upperBound)
    guard offset >= 0, offset % RunPages.pageByteCount == 0 else { throw Self.damaged(path) }
    let page = try disk { () throws(StorageError) in try file.read(RunPages.pageByteCount, at: offset) }
    guard owner.isWhole(page, page: offset / RunPages.pageByteCount),
      let sections = Sections(
        page, positions, storeID: files.storeID, pages: offset / RunPages.pageByteCount),
      // Of larger segments than these it has too few of each stream's entries.
      page.withBytes({ $0.integer(at: Self.segmentCountOffset, as: UInt64.self) }) >= UInt64(segmentCount)
    else { throw Self.damaged(path) }
    let pages = RunPageReader(file: file, path: path, owner: owner, index: .run)
    let fresh = Opened(
      pages: pages, sections: sections, eventFences: try pages.words(of: sections.eventFences),
      streamFences: try pages.words(of: sections.streamFences),
      eventFilters: filters(of: EventEntry.self, in: sections, count: positions.count),
      streamFilters: filters(of: StreamEntry.self, in: sections, count: sections.streams.count))
    opened.withLock { $0 = fresh }
    return fresh
  }

  /// Filters for the pages of a section with so many entries.
  private func filters<Entry: RunEntry>(
    of entry: Entry.Type, in sections: Sections, count: Int
  ) -> PageFilters {
    PageFilters(pageCount: Entry.section(of: sections).pageCount, keyCount: count, budget: files.filters) {
      Entry.entries(of: $0, count: $1).map(\.filterKey)
    }
  }

  private static func damaged(_ path: String) -> LogError {
    LogError(.damaged, "an index run is missing or damaged: opening for appending makes it again", file: path)
  }
}

extension IndexRun.Sections {
  /// The sections that a run's head, its last page, names; nil when it is not the head of this run.
  fileprivate init?(_ page: [UInt8], _ positions: Range<Position>, storeID: Bytes16, pages: Int) {
    guard page.starts(with: IndexRun.magic) else { return nil }
    let parts = page.withBytes { span -> [RunPages.Section]? in
      guard span.bytes16(at: 8) == storeID, span.integer(at: 24) == positions.lowerBound.rawValue,
        span.integer(at: 32) == positions.upperBound.rawValue, span.integer(at: 40) == UInt64(positions.count)
      else { return nil }
      return RunPages.Section.named(4, in: span, at: IndexRun.sectionsOffset, pages: pages)
    }
    guard let parts,
      parts.map(\.entryByteCount) == [EventPage.byteCount, IndexRun.StreamEntry.byteCount, 8, 8],
      parts[2].count == parts[0].pageCount, parts[3].count == parts[1].pageCount
    else { return nil }
    self.init(events: parts[0], streams: parts[1], eventFences: parts[2], streamFences: parts[3])
  }
}
