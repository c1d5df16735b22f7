import ParleyEnvelope

/// Merges index runs that follow each other into one, entry by entry: memory for a page of each.
struct RunMerge {
  /// Runs that are merged at once.
  static let fanIn = 4
  /// Bytes written at once, and synced, so that commits meet no long sync.
  private static let writeByteCount = 1 << 20

  let runs: [IndexRun]
  let storeID: Bytes16
  let storage: any Storage
  let isCancelled: () -> Bool

  var positions: Range<Position> {
    runs[0].positions.lowerBound..<runs[runs.count - 1].positions.upperBound
  }

  /// The runs to merge next: the newest that follow each other and of which none is much larger than the others together,
  /// so that every entry is written a few times whatever the store's size, and few runs are left. Empty when there is
  /// nothing to gain.
  static func candidates(_ runs: [IndexRun]) -> [IndexRun] {
    guard runs.count >= fanIn else { return [] }
    for first in (0...(runs.count - fanIn)).reversed() {
      let group = Array(runs[first..<(first + fanIn)])
      let isConnected = zip(group, group.dropFirst()).allSatisfy {
        $0.positions.upperBound == $1.positions.lowerBound
      }
      let counts = group.map(\.positions.count)
      let total = counts.reduce(0, +)
      let largest = counts.max() ?? 0
      if isConnected, largest <= 3 * (total - largest), total <= Int(UInt32.max) { return group }
    }
    return []
  }

  /// Writes the merged run to a new file, durable but for its name; false when it was cancelled. Throws `damaged` when the
  /// entries are not one for each position.
  func write(to path: String) throws(LogError) -> Bool {
    let storage = storage
    let file = try disk { () throws(StorageError) in
      if try storage.exists(path) { try storage.remove(path) }
      return try storage.open(path, .create)
    }
    var writer = IndexRunWriter(positions, storeID: storeID)
    var offset = 0
    func drain(_ least: Int) throws(LogError) {
      guard writer.pendingByteCount >= least else { return }
      let bytes = writer.take()
      let start = offset
      try disk { () throws(StorageError) in
        try bytes.withBytes { span throws(StorageError) in try file.write(span, at: start) }
        try file.sync()
      }
      offset += bytes.count
    }
    let bases = runs.map { UInt32(positions.lowerBound.distance(to: $0.positions.lowerBound)) }
    var events = runs.map { IndexRun.EventCursor($0) }
    var nextEvents: [IndexRun.EventEntry?] = []
    for index in events.indices { nextEvents.append(try Self.take(&events[index], bases[index])) }
    while let least = Self.least(nextEvents) {
      writer.append(least.entry)
      nextEvents[least.index] = try Self.take(&events[least.index], bases[least.index])
      try drain(Self.writeByteCount)
      if isCancelled() { return false }
    }
    var streams = runs.map { IndexRun.StreamCursor($0) }
    var nextStreams: [IndexRun.StreamEntry?] = []
    for index in streams.indices { nextStreams.append(try Self.take(&streams[index], bases[index])) }
    while let least = Self.least(nextStreams) {
      writer.append(least.entry)
      nextStreams[least.index] = try Self.take(&streams[least.index], bases[least.index])
      try drain(Self.writeByteCount)
      if isCancelled() { return false }
    }
    try writer.finish()
    try drain(0)
    return true
  }

  private static func take(
    _ cursor: inout IndexRun.EventCursor, _ base: UInt32
  ) throws(LogError) -> IndexRun.EventEntry? {
    guard var entry = try cursor.take() else { return nil }
    entry.local += base
    return entry
  }

  private static func take(
    _ cursor: inout IndexRun.StreamCursor, _ base: UInt32
  ) throws(LogError) -> IndexRun.StreamEntry? {
    guard var entry = try cursor.take() else { return nil }
    entry.local += base
    return entry
  }

  /// The smallest of the next entries, and whose it is.
  private static func least<Entry: Comparable>(_ entries: [Entry?]) -> (index: Int, entry: Entry)? {
    var least: (index: Int, entry: Entry)?
    for (index, entry) in entries.enumerated() {
      guard let entry else { continue }
      if let known = least, known.entry <= entry { continue }
      least = (index, entry)
    }
    return least
  }
}
