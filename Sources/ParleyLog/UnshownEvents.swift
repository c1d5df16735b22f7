import ParleyEnvelope
import Synchronization

// Readers believe the durable mark. Where it says less than is there, they show less, and nobody would know.

extension EventLog {
  /// Why readers may be shown less than is stored: a mark that is damaged, or whole events behind it that no writer
  /// is at work on. Nothing for a log that appends: opening it has mended both.
  ///
  /// Costs two reads of the mark, a look at the lock, and, where nobody holds it, a scan of what lies behind the mark.
  package func unshownEvents() throws(LogError) -> [LogFinding] {
    guard !isWritable else { return [] }
    return try damagedMark() + eventsBehindMark()
  }

  private func damagedMark() throws(LogError) -> [LogFinding] {
    // Again when one is not whole: a writer may be at it.
    let storage = environment.storage
    let storeID = descriptor.storeID
    let isNew = head == .start
    let whole = try disk { () throws(StorageError) in
      // Nobody has opened a new store for appending yet.
      if isNew, try !storage.exists(Watermark.path) { return 2 }
      let slots = try Watermark.wholeSlots(in: storage, storeID: storeID)
      return slots == 2 ? slots : try Watermark.wholeSlots(in: storage, storeID: storeID)
    }
    switch whole {
    case 2: return []
    case 1:
      return [
        LogFinding(
          .repairable, file: Watermark.path,
          "one of its two slots is damaged: readers may not see the last commit; opening for appending makes it again"
        )
      ]
    default:
      return [
        LogFinding(
          .repairable, file: Watermark.path,
          "missing or damaged: opening for appending makes it again from the chain of frames, which can't tell "
            + "whether the last of them were cut off")
      ]
    }
  }

  /// Whole frames behind the mark, as after a crash between a sync and the mark, or when an old mark was put back.
  /// Nothing says that they are durable, so they are not shown.
  private func eventsBehindMark() throws(LogError) -> [LogFinding] {
    guard let tail = try tailBehindMark(), tail.end > head else { return [] }
    let count = head.distance(to: tail.end)
    let words =
      count == 1
      ? "1 whole event lies behind the durable mark and is not shown: the next opening for appending takes it in"
      : "\(count) whole events lie behind the durable mark and are not shown: the next opening for appending takes "
        + "them in"
    return [LogFinding(.repairable, file: tail.file, words, positions: [head..<tail.end])]
  }

  /// What lies behind the last frame that is shown; nil where that is damaged, and while a writer is at work, who
  /// knows of it.
  func tailBehindMark() throws(LogError) -> MarkTail? {
    let storage = environment.storage
    guard let active = view.value.frames.last, let memory = active.memory, let reached = reader?.reached,
      reached.base == active.base,
      try !disk({ () throws(StorageError) in try storage.isLocked(StoreFiles.lockPath) })
    else { return nil }
    var scan = SegmentScan(
      path: active.path, file: active.file, header: active.header, trustedOffset: 0, limit: .max,
      index: memory.content.withLock { $0 }, nextSequence: reached.nextSequence,
      lastDigest: reached.lastDigest)
    try scan.run()
    // An old mark may have whole segments behind it.
    for base in files.bases where base == scan.head && base > active.base {
      guard let opened = try files.openSegment(base, .read) else { break }
      scan = try opened.scan(trustedOffset: 0)
    }
    // A writer that has come and gone meanwhile has moved the mark.
    guard try files.watermark()?.head ?? head == head else { return nil }
    return MarkTail(
      end: scan.head, file: FrameSegment.path(base: scan.header.base), offset: scan.offset,
      tornByteCount: try disk { () throws(StorageError) in
        try TornTail.byteCount(of: scan.file, from: scan.offset)
      })
  }
}

/// What lies behind the durable mark.
struct MarkTail {
  /// Where the whole events end.
  var end: Position
  /// The file of the last of them, and where in it what is no frame begins.
  var file: String
  var offset: Int
  /// Bytes there through the last that is not zero.
  var tornByteCount: Int
}
