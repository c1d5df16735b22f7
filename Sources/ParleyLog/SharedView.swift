import ParleyEnvelope
import Synchronization

/// The log's view as readers and the writer of one process share it.
final class SharedView: Sendable {
  private let view: Mutex<LogView>

  init(_ view: LogView) { self.view = Mutex(view) }

  var value: LogView { view.withLock { $0 } }

  func replace(_ fresh: LogView) { view.withLock { $0 = fresh } }

  /// Shows a frame that is durable: its events are found first and then counted, so that no reader sees a
  /// position it can't look up.
  func append(_ frame: FrameHeader, at offset: Int, keys: some Collection<EventKeys?>) {
    guard let memory = value.active.memory else { preconditionFailure("the active segment has no index") }
    memory.content.withLock {
      $0.append(
        frame: offset, byteCount: frame.paddedCount, contentCount: frame.contentCount, keys: keys)
    }
    view.withLock { $0.head = frame.end }
  }

  func roll(to active: FrameSegment) { view.withLock { $0.roll(to: active) } }

  /// Puts a segment in the place of the one with the same base.
  func replace(_ segment: FrameSegment) { view.withLock { $0.replace(segment) } }

  /// Puts a sealed segment and its run in the place of what it was made from.
  func seal(_ segment: SealedSegment, _ run: IndexRun?) { view.withLock { $0.seal(segment, run) } }

  /// Lets the segments that a run covers answer for themselves.
  func remove(_ run: IndexRun) { view.withLock { $0.remove(run) } }

  /// Lets a run answer for the sealed segments that it covers.
  func add(_ run: IndexRun) { view.withLock { $0.add(run) } }
}
