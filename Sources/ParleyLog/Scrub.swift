import Dispatch
import ParleyEnvelope
import Synchronization

/// Reads every complete segment of a store once a week while it is open for appending, slowly, on a thread of low priority:
/// opening a store verifies nothing, and damage that nobody looks for is found when the event is needed.
///
/// It goes on where it stood when the store was last open. What it finds stands in the store's statistics; `verify` names it.
final class Scrub: Sendable {
  private let environment: LogEnvironment
  private let storeID: Bytes16
  private let view: SharedView
  private let options: LogOptions
  private let isClosing = Atomic(false)
  private let closing = DispatchSemaphore(value: 0)
  private let running = DispatchGroup()

  init(_ environment: LogEnvironment, storeID: Bytes16, _ view: SharedView, _ options: LogOptions) {
    self.environment = environment
    self.storeID = storeID
    self.view = view
    self.options = options
  }

  /// Begins in a minute.
  func start() {
    running.enter()
    let isStarted = SystemCall.startThread {
      SystemCall.lowerPriority()
      self.run()
      self.running.leave()
    }
    if !isStarted { running.leave() }
  }

  /// Ends it where it stands, within one segment.
  func close() {
    isClosing.store(true, ordering: .relaxed)
    closing.signal()
    running.wait()
  }

  private func run() {
    pause(seconds: options.scrub.delay)
    while !isClosing.load(ordering: .relaxed) {
      // What can't be read or written now is tried again.
      let bytes = (try? step()) ?? 0
      pause(seconds: bytes == 0 ? options.scrub.delay : Double(bytes) / Double(options.scrub.bytesPerSecond))
    }
  }

  private func pause(seconds: Double) {
    if isClosing.load(ordering: .relaxed) { return }
    _ = closing.wait(timeout: .now() + seconds)
  }

  /// Reads the next segment; gives the bytes that it has, 0 when none is due.
  func step() throws(LogError) -> Int {
    let (storage, storeID) = (environment.storage, storeID)
    var state = try disk { () throws(StorageError) in
      try ScrubState.read(from: storage, storeID: storeID)
    }
    let now = environment.clock()
    if state.startedAt == nil {
      if let last = state.lastRound, now - last.endedAt < options.scrub.interval * 1_000_000 { return 0 }
      (state.startedAt, state.next, state.damagedSegments) = (now, .start, 0)
    }
    let view = view.value
    let segment = view.segments.first { $0.end > state.next && $0.base != view.frames.last?.base }
    var bytes = 0
    if let segment {
      if try !isWhole(segment) { state.damagedSegments += 1 }
      bytes = max(1, segment.byteCount)
      state.next = segment.end
    } else {
      state.lastRound = (now, state.damagedSegments)
      (state.startedAt, state.next, state.damagedSegments) = (nil, .start, 0)
    }
    let reached = state
    try disk { () throws(StorageError) in try reached.write(to: storage, storeID: storeID) }
    return bytes
  }

  private func isWhole(_ segment: LogView.Segment) throws(LogError) -> Bool {
    switch segment {
    case .frames: try segment.forEachRecord(.records) { _, _, _ in }
    case .sealed(let sealed): try sealed.file().map(SealedVerification.findings)?.isEmpty ?? false
    }
  }
}

extension LogView.Segment {
  /// Bytes of its file.
  fileprivate var byteCount: Int {
    switch self {
    case .frames(let segment): segment.endOffset
    case .sealed(let segment): segment.byteCount
    }
  }
}
