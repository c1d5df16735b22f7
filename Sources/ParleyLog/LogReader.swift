import ParleyEnvelope
import Synchronization

/// Follows a store that another process may be writing: takes no lock, never writes, shows only what the watermark
/// says is durable.
final class LogReader: Sendable {
  private let environment: LogEnvironment
  private let options: LogOptions
  /// Where the scan of the active segment stands.
  private let progress = Mutex<Progress?>(nil)

  /// What the next frame of the active segment must follow.
  struct Progress: Sendable {
    var base: Position
    var nextSequence: UInt64
    var lastDigest: FrameDigest
  }

  init(_ environment: LogEnvironment, _ options: LogOptions) {
    self.environment = environment
    self.options = options
  }

  /// Where the scan of the active segment stands; nil before there was one.
  var reached: Progress? { progress.withLock { $0 } }

  func open() throws(LogError) -> (files: StoreFiles, view: LogView, damages: [Damage]) {
    try load(keeping: nil)
  }

  /// The view after what the writer has done since: the new frames of the same segment, or segments anew.
  func refresh(_ view: LogView) throws(LogError) -> LogView {
    // As long as the writer is at the same segment its mark says all: nothing else of the store is looked at.
    let storage = environment.storage
    if let active = view.frames.last, let progress = reached, progress.base == active.base,
      let mark = try disk({ () throws(StorageError) in
        try Watermark.read(from: storage, storeID: active.header.storeID)
      }), mark.segment == active.base
    {
      return try follow(view, active, to: mark, progress)
    }
    return try load(keeping: view).view
  }

  /// What the store consists of, looked at anew as a file of a view is gone. The head stays: nothing else of it changes.
  func reload(_ view: LogView) throws(LogError) -> LogView { try load(keeping: view).view }

  private func follow(
    _ view: LogView, _ active: FrameSegment, to mark: Watermark, _ progress: Progress
  ) throws(LogError) -> LogView {
    guard mark.head > view.head, let memory = active.memory else { return view }
    var scan = SegmentScan(
      path: active.path, file: active.file, header: active.header, trustedOffset: mark.durableOffset,
      limit: mark.durableOffset, index: memory.content.withLock { $0 }, nextSequence: progress.nextSequence,
      lastDigest: progress.lastDigest)
    try scan.run()
    return try finish(&scan, like: view, frames: Array(view.frames.dropLast()), mark: mark)
  }

  /// Attempts to find the files of a store that a writer is changing meanwhile.
  private static let attemptsMax = 100

  /// What the store consists of, opened anew but for what a view has open already.
  private func load(keeping old: LogView?) throws(LogError)
    -> (files: StoreFiles, view: LogView, damages: [Damage])
  {
    for attempt in 1... {
      var files = try StoreFiles(environment, options)
      let mark = try files.watermark()
      // What the mark names was there by then: rolled after the files were listed, or lost.
      if let mark, !files.bases.contains(mark.segment) { files = try StoreFiles(environment, options) }
      if let (view, damages) = try load(files, mark, keeping: old) { return (files, view, damages) }
      // A file that was listed is gone: sealed meanwhile, and then the manifest says so, or lost.
      let generation = try StoreFiles(environment, options).manifest?.generation
      guard generation == files.manifest?.generation || attempt == Self.attemptsMax else { continue }
      guard let (view, damages) = try load(files, mark, keeping: old, isLossAccepted: true) else { continue }
      return (files, view, damages)
    }
    preconditionFailure("LogReader.load without an end")
  }

  /// The view of some files; nil when one of them is gone by now and that is not accepted.
  private func load(
    _ files: StoreFiles, _ mark: Watermark?, keeping old: LogView?, isLossAccepted: Bool = false
  ) throws(LogError) -> (view: LogView, damages: [Damage])? {
    if files.isAnySealedGone, !isLossAccepted { return nil }
    let kept = Dictionary(
      uniqueKeysWithValues: (old?.frames ?? []).filter { !$0.isIndexedInMemory }.map { ($0.base, $0) })
    let start = LogView(
      sealed: files.sealed, runs: files.runs, frames: [], head: .start, cache: old?.cache ?? BlockCache())
    var frames: [FrameSegment] = []
    var damages: [Damage] = []
    let bases = files.bases.filter { base in mark.map { base <= $0.segment } ?? true }
    for base in bases {
      if let known = kept[base], base != bases.last {
        frames.append(known)
        continue
      }
      guard let opened = try files.openSegment(base, .read) else {
        if !isLossAccepted, try !files.isThere(base) { return nil }
        continue
      }
      if base == bases.last {
        let limit = mark?.segment == base ? mark?.durableOffset : nil
        var scan = try opened.scan(
          trustedOffset: limit ?? 0, limit: limit ?? .max, expecting: limit == nil ? base : mark?.head ?? base
        )
        let view = try finish(&scan, like: start, frames: frames, mark: mark)
        return (view, damages + scan.damages)
      }
      if let directory = try files.openDirectory(base) {
        frames.append(
          FrameSegment(path: opened.path, file: opened.file, header: opened.header, directory: directory))
      } else {
        let scan = try opened.scan(trustedOffset: .max)
        damages += scan.damages
        frames.append(opened.indexed(by: scan.index))
      }
    }
    guard let last = start.sealed.last?.end ?? frames.last?.end else {
      throw LogError(
        .damaged, "no segment of the store can be read: restore it from a backup", file: "active")
    }
    let end = max(last, frames.last?.end ?? .start)
    return (start.with(frames, head: mark?.head ?? end), damages)
  }

  private func finish(
    _ scan: inout SegmentScan, like view: LogView, frames: [FrameSegment], mark: Watermark?
  ) throws(LogError) -> LogView {
    var reached = Progress(
      base: scan.header.base, nextSequence: scan.nextSequence, lastDigest: scan.lastDigest)
    if let mark, mark.segment == scan.header.base, scan.head < mark.head {
      // The mark says that more was durable: it is named where it was, and what follows is read.
      try scan.appendLost(through: mark.head, byteCount: mark.durableOffset - scan.offset)
      (reached.nextSequence, reached.lastDigest) = (mark.nextSequence, mark.lastDigest)
    }
    let active = FrameSegment(
      path: FrameSegment.path(base: scan.header.base), file: scan.file, header: scan.header, index: scan.index
    )
    progress.withLock { $0 = reached }
    // Below the mark but not provable: damaged, and counted, so that readers name it.
    // The same where the segment that the mark names is gone: its events are missing, not unheard of.
    let head = mark?.head ?? active.end
    return view.with(frames + [active], head: head)
  }
}
