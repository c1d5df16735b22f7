import ParleyEnvelope
import Synchronization

/// Follows a store that another process may be writing: takes no lock, never writes, shows only what the watermark
/// says is durable.
final class LogReader: Sendable {
  private let environment: LogEnvironment
  private let key: [UInt8]?
  /// Where the scan of the active segment stands.
  private let progress = Mutex<Progress?>(nil)

  /// What the next frame of the active segment must follow.
  struct Progress: Sendable {
    var base: Position
    var nextSequence: UInt64
    var lastDigest: FrameDigest
  }

  init(_ environment: LogEnvironment, key: [UInt8]?) {
    self.environment = environment
    self.key = key
  }

  /// Where the scan of the active segment stands; nil before there was one.
  var reached: Progress? { progress.withLock { $0 } }

  func open() throws(LogError) -> (files: StoreFiles, view: LogView, damages: [Damage]) {
    let files = try StoreFiles(environment, key: key)
    let (view, damages) = try load(files, keeping: [:])
    return (files, view, damages)
  }

  /// The view after what the writer has done since: the new frames of the same segment, or segments anew.
  func refresh(_ view: LogView) throws(LogError) -> LogView {
    let files = try StoreFiles(environment, key: key)
    let mark = try files.watermark()
    if let mark, mark.segment == view.segments.last?.base, let progress = reached,
      progress.base == mark.segment
    {
      return try follow(view, to: mark, progress)
    }
    let kept = view.segments.filter { !$0.isIndexedInMemory }
    return try load(files, keeping: Dictionary(uniqueKeysWithValues: kept.map { ($0.base, $0) })).view
  }

  private func follow(_ view: LogView, to mark: Watermark, _ progress: Progress) throws(LogError) -> LogView {
    let active = view.active
    guard mark.head > view.head, let memory = active.memory else { return view }
    var scan = SegmentScan(
      path: active.path, file: active.file, header: active.header, trustedOffset: mark.durableOffset,
      limit: mark.durableOffset, index: memory.content.withLock { $0 }, nextSequence: progress.nextSequence,
      lastDigest: progress.lastDigest)
    try scan.run()
    return try finish(&scan, segments: Array(view.segments.dropLast()), mark: mark)
  }

  private func load(_ files: StoreFiles, keeping kept: [Position: LogSegment]) throws(LogError)
    -> (view: LogView, damages: [Damage])
  {
    // The mark first: what it names is there by then, and stays.
    let mark = try files.watermark()
    var segments: [LogSegment] = []
    var damages: [Damage] = []
    let bases = files.bases.filter { base in mark.map { base <= $0.segment } ?? true }
    for base in bases {
      if let known = kept[base], base != bases.last {
        segments.append(known)
        continue
      }
      guard let opened = try files.openSegment(base, .read) else { continue }
      if base == bases.last {
        let limit = mark?.segment == base ? mark?.durableOffset : nil
        var scan = try opened.scan(
          trustedOffset: limit ?? 0, limit: limit ?? .max, expecting: limit == nil ? base : mark?.head ?? base
        )
        let view = try finish(&scan, segments: segments, mark: mark)
        return (view, damages + scan.damages)
      }
      if let directory = try files.openDirectory(base) {
        segments.append(
          LogSegment(path: opened.path, file: opened.file, header: opened.header, directory: directory))
      } else {
        let scan = try opened.scan(trustedOffset: .max)
        damages += scan.damages
        segments.append(opened.indexed(by: scan.index))
      }
    }
    guard let last = segments.last else {
      throw LogError(
        .damaged, "no segment of the store can be read: restore it from a backup", file: "active")
    }
    return (LogView(segments: segments, head: mark?.head ?? last.end), damages)
  }

  private func finish(_ scan: inout SegmentScan, segments: [LogSegment], mark: Watermark?) throws(LogError)
    -> LogView
  {
    var reached = Progress(
      base: scan.header.base, nextSequence: scan.nextSequence, lastDigest: scan.lastDigest)
    if let mark, mark.segment == scan.header.base, scan.head < mark.head {
      // The mark says that more was durable: it is named where it was, and what follows is read.
      try scan.appendLost(through: mark.head, byteCount: mark.durableOffset - scan.offset)
      (reached.nextSequence, reached.lastDigest) = (mark.nextSequence, mark.lastDigest)
    }
    let active = LogSegment(
      path: LogSegment.path(base: scan.header.base), file: scan.file, header: scan.header, index: scan.index)
    progress.withLock { $0 = reached }
    // Below the mark but not provable: damaged, and counted, so that readers name it.
    // The same where the segment that the mark names is gone: its events are missing, not unheard of.
    let head = mark?.head ?? active.end
    return LogView(segments: segments + [active], head: head)
  }
}
