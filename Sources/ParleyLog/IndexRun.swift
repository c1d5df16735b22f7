import ParleyEnvelope
import Synchronization

/// A sorted run over sealed segments: from event ids to positions, and from streams to where they have events. Immutable;
/// opened when first asked. Derived: made again from the segments when it is missing or damaged.
final class IndexRun: Sendable {
  static let directory = "index"
  static let suffix = ".run"
  fileprivate static let magic = Array("PRLYIDX1".utf8)
  fileprivate static let sectionsOffset = 48

  /// The positions it covers.
  let positions: Range<Position>
  private let storeID: Bytes16
  private let storage: any Storage
  private let opened = Mutex<Opened?>(nil)

  struct Sections: Equatable, Sendable {
    /// Pages of fingerprints and positions, packed, by both.
    var events: RunPages.Section
    /// The stream, and the position of its last event in a sealed segment, by both.
    var streams: RunPages.Section
    var eventFences: RunPages.Section
    var streamFences: RunPages.Section
  }

  /// What stays in memory once it was needed: a word for every page of 400 events or 200 streams.
  private struct Opened: Sendable {
    var pages: RunPageReader
    var sections: Sections
    var eventFences: [UInt64]
    var streamFences: [UInt64]
  }

  init(positions: Range<Position>, storeID: Bytes16, storage: any Storage) {
    self.positions = positions
    self.storeID = storeID
    self.storage = storage
  }

  var path: String { Self.path(positions) }

  static func path(_ positions: Range<Position>) -> String {
    "\(directory)/\(FrameSegment.padded(positions.lowerBound))-\(FrameSegment.padded(positions.upperBound))\(suffix)"
  }

  /// The positions in a run's file name, nil for another name.
  static func positions(ofName name: String) -> Range<Position>? {
    guard name.hasSuffix(suffix), name.utf8.count == 41 + suffix.utf8.count else { return nil }
    let bounds = name.dropLast(suffix.utf8.count).split(separator: "-").compactMap { UInt64($0) }
    guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
    return Position(rawValue: bounds[0])..<Position(rawValue: bounds[1])
  }

  /// The first 36 bits of an event id's hash: of a hundred million events some 150 thousandths of a percent have that of
  /// another, so that the event itself decides.
  static func fingerprint(of event: EventID) -> UInt64 { event.rawValue.mixed >> 28 }

  // MARK: - Asking

  /// Calls with each position that an event of an array may have, with its place in the array. `order` says in which
  /// order to look: by ascending fingerprint no page is read twice.
  func forEachCandidate(
    of keys: [EventKeys], inOrder order: [Int], _ body: (Int, Position) throws(LogError) -> Void
  ) throws(LogError) {
    let known = try load()
    let section = known.sections.events
    var number = -1
    var page: [UInt8] = []
    for place in order {
      let wanted = Self.fingerprint(of: keys[place].event)
      var next = max(0, known.eventFences.firstIndex(notBelow: wanted) - 1)
      while next < section.pageCount, next == 0 || known.eventFences[next] <= wanted {
        if next != number {
          page = try known.pages.page(next, of: section)
          number = next
        }
        for local in page.withBytes({ EventPage($0).locals(of: wanted, in: $0) }) {
          try body(place, positions.lowerBound.advanced(by: local))
        }
        next += 1
      }
    }
  }

  /// The last event of a stream in each of the sealed segments that have any, ascending.
  func tails(of stream: StreamID) throws(LogError) -> [Position] {
    let known = try load()
    let section = known.sections.streams
    let key = stream.rawValue
    var page = max(0, known.streamFences.firstIndex(notBelow: key.high) - 1)
    var tails: [Position] = []
    while page < section.pageCount, page == 0 || known.streamFences[page] <= key.high {
      let bytes = try known.pages.page(page, of: section)
      let count = section.entries(onPage: page).count
      bytes.withBytes { span in
        var low = 0
        var high = count
        while low < high {
          let middle = (low + high) / 2
          if span.bytes16(at: middle * Self.streamByteCount) < key { low = middle + 1 } else { high = middle }
        }
        while low < count, span.bytes16(at: low * Self.streamByteCount) == key {
          let local = Int(span.integer(at: low * Self.streamByteCount + 16, as: UInt32.self))
          tails.append(positions.lowerBound.advanced(by: local))
          low += 1
        }
      }
      page += 1
    }
    return tails
  }

  /// Reads and checks every page.
  func verify() throws(LogError) {
    let known = try load()
    let sections = known.sections
    for section in [sections.events, sections.streams, sections.eventFences, sections.streamFences] {
      for page in 0..<section.pageCount { _ = try known.pages.page(page, of: section) }
    }
  }

  /// Whether its entries are those of its segments, as far as these can be read.
  func holds(_ segments: [SealedSegment]) throws(LogError) -> Bool {
    let known = try load()
    let events = try known.pages.entries(of: known.sections.events) { bytes, _ in
      EventPage(bytes).entries(in: bytes)
    }
    .joined()
    let streams = try known.pages.entries(of: known.sections.streams) {
      (stream: StreamID(rawValue: $0.bytes16(at: $1)), local: $0.integer(at: $1 + 16, as: UInt32.self))
    }
    var expectedEvents: [EventEntry] = []
    var expectedTails: Set<UInt32> = []
    for segment in segments {
      guard let keys = try SealedKeys(segment) else { return true }
      let offset = UInt32(positions.lowerBound.distance(to: segment.base))
      expectedEvents += keys.events.map { EventEntry(fingerprint: $0.fingerprint, local: $0.local + offset) }
      for (_, local) in keys.streams { expectedTails.insert(local + offset) }
    }
    expectedEvents.sort()
    return events.elementsEqual(expectedEvents) && expectedTails.isSubset(of: streams.map(\.local))
  }

  private func load() throws(LogError) -> Opened {
    if let known = opened.withLock({ $0 }) { return known }
    let path = path
    guard let file = try storage.openIfThere(path) else { throw Self.damaged(path) }
    let size = try disk { () throws(StorageError) in try file.size() }
    let offset = size - RunPages.pageByteCount
    let owner = RunPages.Owner(storeID: storeID, base: positions.lowerBound, end: positions.upperBound)
    guard offset >= 0, offset % RunPages.pageByteCount == 0 else { throw Self.damaged(path) }
    let page = try disk { () throws(StorageError) in try file.read(RunPages.pageByteCount, at: offset) }
    guard owner.isWhole(page, page: offset / RunPages.pageByteCount),
      let sections = Sections(page, positions, storeID: storeID, pages: offset / RunPages.pageByteCount)
    else { throw Self.damaged(path) }
    let pages = RunPageReader(file: file, path: path, owner: owner)
    let fresh = Opened(
      pages: pages, sections: sections,
      eventFences: try pages.entries(of: sections.eventFences) { $0.integer(at: $1) },
      streamFences: try pages.entries(of: sections.streamFences) { $0.integer(at: $1) })
    opened.withLock { $0 = fresh }
    return fresh
  }

  private static func damaged(_ path: String) -> LogError {
    LogError(.damaged, "an index run is missing or damaged: opening for appending makes it again", file: path)
  }
}

// MARK: - Encoding

extension IndexRun {
  static let streamByteCount = 20

  /// An event's entry.
  struct EventEntry: Hashable, Comparable, Sendable {
    var fingerprint: UInt64
    /// Counted from the run's first position.
    var local: UInt32

    static func < (left: EventEntry, right: EventEntry) -> Bool {
      (left.fingerprint, left.local) < (right.fingerprint, right.local)
    }
  }

  /// A run's bytes from its entries, both sorted. Equal entries give equal bytes.
  static func encoded(
    _ positions: Range<Position>, storeID: Bytes16, events: some Sequence<EventEntry>,
    streams: some Sequence<(stream: StreamID, local: UInt32)>
  ) -> [UInt8] {
    let owner = RunPages.Owner(storeID: storeID, base: positions.lowerBound, end: positions.upperBound)
    var writer = RunPageWriter(owner, firstPage: 0)
    var eventFences: [UInt64] = []
    writer.begin(entryByteCount: EventPage.byteCount)
    var page = EventPage.Builder(positions: positions.count)
    func finishPage() {
      guard let first = page.first else { return }
      eventFences.append(first.fingerprint)
      writer.append { $0.append(page.take()) }
    }
    var count: UInt64 = 0
    for entry in events {
      count += 1
      if !page.add(entry) {
        finishPage()
        _ = page.add(entry)
      }
    }
    finishPage()
    let eventSection = writer.end()
    var streamFences: [UInt64] = []
    writer.begin(entryByteCount: streamByteCount)
    for (stream, local) in streams {
      if writer.isAtPageStart { streamFences.append(stream.rawValue.high) }
      writer.append { page in
        page.append(stream.rawValue)
        page.append(local)
      }
    }
    let streamSection = writer.end()
    let sections = [
      eventSection, streamSection, writer.section(eventFences, entryByteCount: 8) { $1.append($0) },
      writer.section(streamFences, entryByteCount: 8) { $1.append($0) },
    ]
    writer.page { page in
      page.append(magic)
      page.append(storeID)
      page.append(positions.lowerBound.rawValue)
      page.append(positions.upperBound.rawValue)
      page.append(count)
      for section in sections { page.append(section) }
    }
    return writer.take()
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
      let parts = (0..<4).compactMap {
        RunPages.Section(span, at: IndexRun.sectionsOffset + $0 * RunPages.Section.byteCount)
      }
      return parts.count == 4 ? parts : nil
    }
    guard let parts, parts.map(\.entryByteCount) == [EventPage.byteCount, IndexRun.streamByteCount, 8, 8],
      parts.allSatisfy({ $0.firstPage + $0.pageCount <= pages }), parts[2].count == parts[0].pageCount,
      parts[3].count == parts[1].pageCount
    else { return nil }
    self.init(events: parts[0], streams: parts[1], eventFences: parts[2], streamFences: parts[3])
  }
}
