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
  func append(frame offset: Int, byteCount: Int, keys: some Collection<EventKeys?>, head: Position) {
    guard let memory = value.active.memory else { preconditionFailure("the active segment has no index") }
    memory.content.withLock { $0.append(frame: offset, byteCount: byteCount, keys: keys) }
    view.withLock { $0.head = head }
  }

  func roll(to active: LogSegment) { view.withLock { $0.segments.append(active) } }

  /// Puts a segment in the place of the one with the same base.
  func replace(_ segment: LogSegment) {
    view.withLock { view in
      guard let index = view.segments.firstIndex(where: { $0.base == segment.base }) else { return }
      view.segments[index] = segment
    }
  }
}
