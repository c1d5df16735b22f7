import ParleyEnvelope

/// What a store's files take and how far its upkeep is, from names, sizes and directories: no event is read.
package struct LogStatistics: Sendable {
  /// Durable events.
  package var events: Int
  /// Segments, the one being written included.
  package var segments: Int
  /// Complete segments that still wait to be sealed.
  package var unsealedSegments: Int
  /// Complete segments whose directory is not published yet.
  package var unindexedSegments: Int
  /// Bytes of segments: headers and frames, without the zeros that a writer keeps ahead.
  package var segmentBytes: Int
  /// Bytes of directories.
  package var indexBytes: Int
  /// Files kept of torn tails.
  package var tornFiles: Int
  /// How an acknowledgement is made good: `sync`, an fdatasync before every answer.
  package var durability: String
  /// Why the last upkeep failed, if it did.
  package var upkeepFailure: LogError?
}

extension EventLog {
  /// Counts what the store's files take. Costs a look at each file.
  package func statistics() throws(LogError) -> LogStatistics {
    let view = view.value
    let storage = environment.storage
    let indexBytes = try disk { () throws(StorageError) in
      try storage.list(LogSegment.directory).filter { $0.hasSuffix(".dir") }.reduce(0) { sum, name in
        sum + ((try? storage.open("\(LogSegment.directory)/\(name)", .read).size()) ?? 0)
      }
    }
    let torn = try disk { () throws(StorageError) in
      try storage.exists("torn") ? try storage.list("torn").count : 0
    }
    return LogStatistics(
      events: Int(view.head.rawValue), segments: view.segments.count,
      unsealedSegments: view.segments.count - 1,
      unindexedSegments: view.segments.dropLast().count { $0.isIndexedInMemory },
      segmentBytes: view.segments.reduce(0) { $0 + $1.endOffset }, indexBytes: indexBytes, tornFiles: torn,
      durability: "sync",
      upkeepFailure: upkeepFailure)
  }
}
