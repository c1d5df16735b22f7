import ParleyEnvelope

/// Walks a run's entries of a kind in their order, a page in memory at a time.
struct RunCursor<Entry: RunEntry> {
  private let run: IndexRun
  /// What is added to the entries' positions.
  private let shift: UInt32
  private var entries: [Entry] = []
  private var next = 0
  private var page = 0

  /// A cursor before the first entry, whose positions count from the run's first, or from another before it.
  init(_ run: IndexRun, from base: Position? = nil) {
    self.run = run
    shift = base.map { UInt32($0.distance(to: run.positions.lowerBound)) } ?? 0
  }

  /// The next entry; nil behind the last.
  mutating func take() throws(LogError) -> Entry? {
    if next == entries.count {
      guard let more = try run.entries(onPage: page, behind: entries.last) else { return nil }
      entries = more
      next = 0
      page += 1
    }
    var entry = entries[next]
    next += 1
    entry.local += shift
    return entry
  }
}
