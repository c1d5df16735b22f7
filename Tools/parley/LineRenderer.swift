import Dispatch
import ParleyEvents
import Synchronization

/// Makes lines of events on all cores and writes them in the events' order.
struct LineRenderer {
  /// Events that are made into lines at once, at most.
  static let groupEventsMax = 1_024
  /// Bytes of their bodies, at most, and the last event more.
  static let groupBytesMax = 4 << 20
  /// Events that one core takes at a time.
  private static let shareEvents = 64

  private let output: Output
  private let line: @Sendable (Event) -> String
  private var group: [Event] = []
  private var groupBytes = 0

  /// Lines as `line` makes them, from any thread.
  init(_ output: Output, line: @escaping @Sendable (Event) -> String) {
    self.output = output
    self.line = line
  }

  /// Takes the next event. Its line is written with its group's.
  mutating func take(_ event: Event) throws {
    group.append(event)
    groupBytes += event.bodyBytes.count
    if group.count >= Self.groupEventsMax || groupBytes >= Self.groupBytesMax { try finish() }
  }

  /// Writes the lines that still wait.
  mutating func finish() throws {
    let (events, line) = (group, line)
    (group, groupBytes) = ([], 0)
    let shares = stride(from: 0, to: events.count, by: Self.shareEvents).map { start in
      start..<min(start + Self.shareEvents, events.count)
    }
    let texts = Mutex([String](repeating: "", count: shares.count))
    DispatchQueue.concurrentPerform(iterations: shares.count) { share in
      let text = events[shares[share]].map { line($0) + "\n" }.joined()
      texts.withLock { $0[share] = text }
    }
    for text in texts.withLock({ $0 }) { try output.write(text) }
  }
}
