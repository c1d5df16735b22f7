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
    var output = Output(file: file, writer: IndexRunWriter(positions, storeID: storeID))
    guard try merge(into: &output, { (entry: IndexRun.EventEntry, run) in run.append(entry) }),
      try merge(into: &output, { (entry: IndexRun.StreamEntry, run) in run.append(entry) })
    else { return false }
    try output.writer.finish()
    try output.drain()
    return true
  }

  /// Merges the entries of a kind; false when it was cancelled.
  private func merge<Entry: RunEntry>(
    into output: inout Output, _ append: (Entry, inout IndexRunWriter) -> Void
  ) throws(LogError) -> Bool {
    let base = positions.lowerBound
    var cursors = runs.map { RunCursor<Entry>($0, from: base) }
    var next: [Entry?] = []
    for index in cursors.indices { next.append(try cursors[index].take()) }
    while let least = Self.least(next) {
      append(least.entry, &output.writer)
      next[least.index] = try cursors[least.index].take()
      if output.writer.pendingByteCount >= Self.writeByteCount { try output.drain() }
      if isCancelled() { return false }
    }
    return true
  }

  /// The file being written, and what of it is still to be.
  private struct Output {
    let file: any StorageFile
    var writer: IndexRunWriter
    private var offset = 0

    init(file: any StorageFile, writer: IndexRunWriter) {
      self.file = file
      self.writer = writer
    }

    /// Writes the finished pages, durably.
    mutating func drain() throws(LogError) {
      let bytes = writer.take()
      let (file, start) = (file, offset)
      try disk { () throws(StorageError) in
        try bytes.withBytes { span throws(StorageError) in try file.write(span, at: start) }
        try file.sync()
      }
      offset += bytes.count
    }
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
