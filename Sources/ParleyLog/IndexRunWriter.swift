import ParleyEnvelope

/// Writes an index run: all event entries in order, then all stream entries in order, then the rest. Equal entries give
/// equal bytes.
struct IndexRunWriter {
  private let positions: Range<Position>
  private let segmentCount: Int
  private let storeID: Bytes16
  private var pages: RunPageWriter
  private var page: EventPage.Builder
  private var eventCount = 0
  private var eventFences: [UInt64] = []
  private var streamFences: [UInt64] = []
  private var events: RunPages.Section?

  /// A writer of a run over so many sealed segments.
  init(_ positions: Range<Position>, segmentCount: Int, storeID: Bytes16) {
    self.positions = positions
    self.segmentCount = segmentCount
    self.storeID = storeID
    pages = RunPageWriter(
      RunPages.Owner(storeID: storeID, base: positions.lowerBound, end: positions.upperBound), firstPage: 0)
    page = EventPage.Builder(positions: positions.count)
    pages.begin(entryByteCount: EventPage.byteCount)
  }

  /// Finished pages that were not taken yet.
  var pendingByteCount: Int { pages.bytes.count }

  /// Takes the finished pages out.
  mutating func take() -> [UInt8] { pages.take() }

  mutating func append(_ entry: IndexRun.EventEntry) {
    eventCount += 1
    if page.add(entry) { return }
    finishEventPage()
    _ = page.add(entry)
  }

  mutating func append(_ entry: IndexRun.StreamEntry) {
    endEvents()
    if pages.isAtPageStart { streamFences.append(entry.stream.rawValue.high) }
    pages.append { page in
      page.append(entry.stream.rawValue)
      page.append(entry.local)
    }
  }

  private mutating func finishEventPage() {
    guard let first = page.first else { return }
    eventFences.append(first.fingerprint)
    let bytes = page.take()
    pages.append { $0.append(bytes) }
  }

  private mutating func endEvents() {
    guard events == nil else { return }
    finishEventPage()
    events = pages.end()
    pages.begin(entryByteCount: IndexRun.StreamEntry.byteCount)
  }

  /// Ends the run. Throws `damaged` when it has not one event for each position: a merge that dropped one must not pass.
  mutating func finish() throws(LogError) {
    endEvents()
    guard let events else { preconditionFailure("IndexRunWriter without events") }
    guard eventCount == positions.count else {
      throw LogError(
        .damaged, "an index run has \(eventCount) events for \(positions.count) positions: it is not used",
        file: IndexRun.path(positions))
    }
    let sections = [
      events, pages.end(), pages.section(eventFences, entryByteCount: 8) { $1.append($0) },
      pages.section(streamFences, entryByteCount: 8) { $1.append($0) },
    ]
    pages.page { page in
      page.append(IndexRun.magic)
      page.append(storeID)
      page.append(positions.lowerBound.rawValue)
      page.append(positions.upperBound.rawValue)
      page.append(UInt64(eventCount))
      for section in sections { page.append(section) }
      page.append(UInt64(segmentCount))
    }
  }
}
