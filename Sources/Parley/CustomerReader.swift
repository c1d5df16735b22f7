import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// Finds a customer and keeps what was read for that, so that the timeline reads nothing twice. Blocks.
struct CustomerReader {
  let streams: StreamReader
  let instant: Timestamp
  private let context: StoreContext
  /// What was read so far.
  private(set) var histories: [StreamID: EventHistory] = [:]

  init(log: EventLog, _ context: StoreContext, through: Position, instant: Timestamp) {
    self.context = context
    streams = StreamReader(log: log, through: through)
    self.instant = instant
  }

  /// The customer that an identity belongs to: breadth first over the links that are followed.
  mutating func customer(of identity: Identity, stream: StreamID) throws(StoreError) -> Customer {
    let context = context
    var fold = CustomerFold(of: identity, stream: stream, through: streams.through, at: instant) {
      context.stream(ofRecorded: $0)
    }
    let hidden = try streams.hidden()
    var frontier = fold.frontier
    while !frontier.isEmpty {
      for stream in frontier {
        let history = try history(of: stream)
        let isDamaged = !hidden.isEmpty || !history.damaged.isEmpty
        try StoreError.wrappingEvents { () throws(EventError) in
          try fold.add(stream, history.events, isDamaged: isDamaged)
        }
      }
      frontier = fold.frontier
    }
    var customer = fold.customer()
    customer.gaps = gaps(of: customer, hidden)
    return customer
  }

  /// What can't be read of what the customer was found from, or of what may belong to it, by position.
  private func gaps(of customer: Customer, _ hidden: [DamagedEvents]) -> [TimelineGap] {
    let damaged = customer.streams.flatMap { histories[$0]?.damaged ?? [] }
    return (damaged + hidden).map { TimelineGap($0) }.sorted { $0.first < $1.first }
  }

  /// The whole of a stream.
  mutating func history(of stream: StreamID) throws(StoreError) -> EventHistory {
    if let history = histories[stream] { return history }
    let history = try streams.events(of: stream)
    histories[stream] = history
    return history
  }
}
