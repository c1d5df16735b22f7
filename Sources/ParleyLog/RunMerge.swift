import ParleyEnvelope

/// Merges index runs that follow each other into one, entry by entry: memory for a page of each.
struct RunMerge {
  /// Bytes written at once, and synced, so that commits meet no long sync.
  private static let writeByteCount = 1 << 20

  let runs: [IndexRun]
  /// The sealed segments that they are over.
  let segments: [SealedSegment]
  let storeID: Bytes16
  let storage: any Storage
  let isCancelled: () -> Bool

  var positions: Range<Position> {
    runs[0].positions.lowerBound..<runs[runs.count - 1].positions.upperBound
  }

  /// The runs to merge next: those that are due, or all that there are. Empty when there is nothing to gain.
  static func candidates(_ runs: [IndexRun], all: Bool) throws(LogError) -> [IndexRun] {
    let fits = { (runs: ArraySlice<IndexRun>) in
      runs.reduce(0) { $0 + $1.positions.count } <= Int(UInt32.max)
    }
    return all
      ? try MergePolicy.all(runs, \.positions, where: fits)
      : try MergePolicy.due(runs, \.positions, where: fits)
  }

  /// Writes the merged run to a new file, durable but for its name; false when it was cancelled. Throws `damaged` when the
  /// entries are not one for each position.
  func write(to path: String) throws(LogError) -> Bool {
    let storage = storage
    let file = try disk { () throws(StorageError) in
      if try storage.exists(path) { try storage.remove(path) }
      return try storage.open(path, .create)
    }
    var output = Output(
      file: file, writer: IndexRunWriter(positions, segmentCount: segments.count, storeID: storeID))
    var tails = StreamTails(in: segments, from: positions.lowerBound)
    let hasEvents = try merge(into: &output) { (entry: IndexRun.EventEntry, run) in run.append(entry) }
    guard hasEvents else { return false }
    let hasStreams = try merge(into: &output) { (entry: IndexRun.StreamEntry, run) in
      if let tail = tails.take(entry) { run.append(tail) }
    }
    guard hasStreams else { return false }
    if let tail = tails.finish() { output.writer.append(tail) }
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
