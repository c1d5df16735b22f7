import ParleyEnvelope

/// What a store's files take and how far its upkeep is, from names, sizes and directories: no event is read.
package struct LogStatistics: Sendable {
  /// Durable events.
  package var events: Int
  /// Segments, the one being written included.
  package var segments: Int
  /// Sealed segments, and the events in them.
  package var sealedSegments: Int
  package var sealedEvents: Int
  /// Complete segments that still wait to be sealed: until enough have come together for a large one.
  package var unsealedSegments: Int
  /// Complete segments whose directory is not published yet.
  package var unindexedSegments: Int
  /// Bytes of segments, without the zeros that a writer keeps ahead, and of those the sealed ones'.
  package var segmentBytes: Int
  package var sealedBytes: Int
  /// Bytes of directories and index runs.
  package var indexBytes: Int
  /// Files kept of torn tails.
  package var tornFiles: Int
  /// What the answers of the writer promise, or of the last one.
  package var durability: LogDurability
  /// How far the background's reading of everything is, and what it found.
  package var scrub: ScrubState
  /// Why the last upkeep failed, if it did.
  package var upkeepFailure: LogError?
}

extension EventLog {
  /// Counts what the store's files take. Costs a look at each file.
  package func statistics() throws(LogError) -> LogStatistics {
    let view = view.value
    let storage = environment.storage
    let indexBytes = try disk { () throws(StorageError) in
      try bytes(in: FrameSegment.directory, ".dir") + bytes(in: IndexRun.directory, IndexRun.suffix)
    }
    let torn = try disk { () throws(StorageError) in
      try storage.exists("torn") ? try storage.list("torn").count : 0
    }
    let storeID = descriptor.storeID
    let scrub = try disk { () throws(StorageError) in try ScrubState.read(from: storage, storeID: storeID) }
    let sealedBytes = view.sealed.reduce(0) { $0 + $1.byteCount }
    return LogStatistics(
      events: Int(view.head.rawValue), segments: view.segments.count, sealedSegments: view.sealed.count,
      sealedEvents: view.sealed.reduce(0) { $0 + $1.count },
      unsealedSegments: max(0, view.frames.count - 1),
      unindexedSegments: view.frames.dropLast().count { $0.isIndexedInMemory },
      segmentBytes: view.frames.reduce(sealedBytes) { $0 + $1.endOffset }, sealedBytes: sealedBytes,
      indexBytes: indexBytes, tornFiles: torn,
      durability: try durability(), scrub: scrub,
      upkeepFailure: upkeepFailure)
  }

  private func durability() throws(LogError) -> LogDurability {
    if let writer { return writer.durability }
    return try files.watermark()?.durability ?? .sync
  }

  private func bytes(in directory: String, _ suffix: String) throws(StorageError) -> Int {
    let storage = environment.storage
    guard try storage.exists(directory) else { return 0 }
    return try storage.list(directory).filter { $0.hasSuffix(suffix) }.reduce(0) { sum, name in
      sum + ((try? storage.open("\(directory)/\(name)", .read).size()) ?? 0)
    }
  }
}
