import ParleyEnvelope
import ParleyEvents

/// Parts independent events into runs that one commit takes: in order, of bounded count and size, and without an
/// event twice, so that the second of two equal ones finds the first stored.
struct EachChunks: Sequence, IteratorProtocol {
  /// Events of a run.
  static let eventsMax = 4_096
  /// Bytes of a run before compression, as far as they are known before encoding.
  static let bytesMax = 4 << 20

  struct Chunk {
    var events: [NewEvent]
  }

  private let events: [NewEvent]
  private let context: StoreContext
  private var next_ = 0

  init(_ events: [NewEvent], in context: StoreContext) {
    self.events = events
    self.context = context
  }

  mutating func next() -> Chunk? {
    guard next_ < events.count else { return nil }
    let first = next_
    var seen: Set<EventID> = []
    var bytes = 0
    while next_ < events.count, next_ - first < Self.eventsMax, bytes < Self.bytesMax {
      guard seen.insert(events[next_].id { context.ids.hash($0) }).inserted else { break }
      bytes += events[next_].bodyBytes.count
      next_ += 1
    }
    return Chunk(events: Array(events[first..<next_]))
  }
}
