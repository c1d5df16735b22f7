import ParleyEnvelope
import ParleySchemas

/// An event on its way into a timeline: with its effective time, its place in the order and its marks.
struct TimelineItem {
  let event: Event
  let reason: TimelineReason?
  /// Pointers to the event from the customer's own streams.
  var pointers: [Position] = []
  let time: EffectiveTime
  let order: TimelineOrder
  var marks: TimelineEntry.Marks

  init(_ event: Event, _ reason: TimelineReason?) {
    self.event = event
    self.reason = reason
    time = EffectiveTime(of: event.envelope)
    order = TimelineOrder(
      time: time.order, sourceOrder: event.envelope.sourceOrder, position: event.position)
    marks = Self.marks(of: event.envelope, time)
  }

  var envelope: Envelope { event.envelope }
  var position: Position { event.position }
  var positions: [Position] { [event.position] + pointers }

  private static func marks(of envelope: Envelope, _ time: EffectiveTime) -> TimelineEntry.Marks {
    var marks: TimelineEntry.Marks = []
    if time.basis == .recordedForUnknown { marks.insert(.timeUnknown) }
    if time.basis == .recordedForFuture { marks.insert(.timeInFuture) }
    if time.precision == .estimated { marks.insert(.timeEstimated) }
    if time.precision.isCoarse { marks.insert(.timeCoarse) }
    if envelope.flags.contains(.automated) { marks.insert(.automated) }
    if envelope.flags.contains(.imported) { marks.insert(.imported) }
    if envelope.flags.contains(.late) { marks.insert(.late) }
    return marks
  }
}

/// A timeline's order: effective time, then source order, then position.
struct TimelineOrder: Hashable, Comparable {
  var time: EffectiveOrder
  var sourceOrder: UInt32
  var position: Position

  static func < (left: Self, right: Self) -> Bool {
    if left.time != right.time { return left.time < right.time }
    if left.sourceOrder != right.sourceOrder { return left.sourceOrder < right.sourceOrder }
    return left.position < right.position
  }
}

// MARK: - From the input

extension TimelineItem {
  /// The input's events that the viewer may see, each once, in timeline order.
  static func ordered(_ input: TimelineInput) -> [TimelineItem] {
    var items = once(input)
    items.removeAll { !$0.isCovered }
    markLate(&items)
    let orders = items.map(\.order)
    if zip(orders, orders.dropFirst()).allSatisfy({ $0 < $1 }) { return items }
    let sorted = items.indices.sorted { orders[$0] < orders[$1] }
    return sorted.map { items[$0] }
  }

  /// Each event once, by position. An event that is the customer's own and also involves the customer is its own;
  /// its pointers count into it.
  private static func once(_ input: TimelineInput) -> [TimelineItem] {
    // Events are large: what is compared stands apart from them, and nothing is moved twice.
    let keys = input.events.map { (position: $0.event.position, rank: $0.rank) }
    let order = keys.indices.filter { input.through.isNone || keys[$0].position <= input.through }
      .sorted { keys[$0] < keys[$1] }
    var items: [TimelineItem] = []
    items.reserveCapacity(order.count)
    for index in order {
      let event = input.events[index]
      if items.last?.position != event.event.position {
        items.append(TimelineItem(event.event, event.reason))
      }
      guard case .involved(let involvement) = event.reason, !involvement.pointer.isNone else { continue }
      items[items.count - 1].pointers.append(involvement.pointer)
    }
    let pointers = Set(items.lazy.flatMap(\.pointers))
    // A pointer stands in the entry of the event it points to.
    return pointers.isEmpty ? items : items.filter { !pointers.contains($0.position) }
  }

  private var isCovered: Bool {
    guard case .involved(let involvement)? = reason else { return true }
    return involvement.covers(time.time)
  }

  /// How much later something else must have happened for an event appended after it to be late: clocks of
  /// different systems differ by seconds. In microseconds.
  private static let lateMicroseconds: Int64 = 60_000_000

  /// Marks what was appended after something that happened later. Takes the items by position.
  private static func markLate(_ items: inout [TimelineItem]) {
    var latest = Int64.min
    var latestAsItHappened = Int64.min
    for index in items.indices {
      let envelope = items[index].envelope
      let isImported = envelope.flags.contains(.imported)
      let time = min(items[index].time.time, envelope.recordedAt).microseconds
      if time &+ lateMicroseconds < (isImported ? latestAsItHappened : latest) {
        items[index].marks.insert(.late)
      }
      // A time that was not believed, or guessed, makes nothing else late.
      guard items[index].time.basis == .occurred, items[index].time.precision != .estimated else { continue }
      latest = max(latest, time)
      if !isImported { latestAsItHappened = max(latestAsItHappened, time) }
    }
  }
}

extension TimelineEvent {
  /// Own before attributed before involved, and the widest involvement first.
  fileprivate var rank: UInt64 {
    switch reason {
    case .own: 0
    case .attributed: 1
    case .involved(let involvement):
      (involvement.role == .bcc ? 3 : 2) << 32 | min(involvement.pointer.rawValue, UInt64(UInt32.max))
    }
  }
}

extension TimePrecision {
  /// Known to the minute at best.
  fileprivate var isCoarse: Bool { (Self.minute.rawValue...Self.year.rawValue).contains(rawValue) }
}
