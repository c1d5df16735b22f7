import ParleyEnvelope

/// What is known of the segment being written, in memory: event ids, streams, frames. Positions are counted from
/// the segment's base.
struct ActiveIndex: Sendable {
  private static let noLocal = UInt32.max

  private var events = KeyTable()
  /// The position of each event of the table; they differ only after damage left a gap.
  private var eventLocals: [UInt32] = []
  private var streams = KeyTable()
  /// The last event of each stream, by its ordinal.
  private var tails: [UInt32] = []
  /// The event before each one in its stream, or none in this segment.
  private var previous: [UInt32] = []
  private(set) var frames = FrameList()
  /// The events that damage left unknown, in runs: each may be of any stream.
  private(set) var unknown: [Range<Int>] = []

  /// Bytes of salts and bodies.
  private(set) var contentCount = 0

  var count: Int { frames.count }
  var streamCount: Int { streams.count }

  /// Makes room for so many events in all.
  mutating func reserveCapacity(_ count: Int, streams streamCount: Int = 0) {
    events.reserveCapacity(count)
    eventLocals.reserveCapacity(count)
    previous.reserveCapacity(count)
    streams.reserveCapacity(streamCount)
    tails.reserveCapacity(streamCount)
  }

  /// Adds the next frame, its events in order; nil stands for one that damage left unknown, which is in no stream.
  mutating func append(
    frame offset: Int, byteCount: Int, contentCount: Int, keys: some Collection<EventKeys?>
  ) {
    insert(keys, at: count)
    self.contentCount += contentCount
    frames.append(offset: offset, count: keys.count, byteCount: byteCount)
  }

  /// Makes the events of the next frame be found before the frame is there. Nothing to do when they are, or are
  /// not the next.
  mutating func insert(_ keys: some Collection<EventKeys?>, at first: Int) {
    guard first == previous.count else { return }
    var local = UInt32(first)
    for key in keys {
      if let key {
        append(key, local: local)
      } else {
        previous.append(Self.noLocal)
        appendUnknown(Int(local))
      }
      local += 1
    }
  }

  private mutating func appendUnknown(_ local: Int) {
    let isNext = unknown.last?.upperBound == local
    let first = isNext ? unknown.removeLast().lowerBound : local
    unknown.append(first..<(local + 1))
  }

  private mutating func append(_ key: EventKeys, local: UInt32) {
    if events.insert(key.event.rawValue).isNew { eventLocals.append(local) }
    let stream = streams.insert(key.stream.rawValue)
    if stream.isNew {
      previous.append(Self.noLocal)
      tails.append(local)
    } else {
      previous.append(tails[stream.ordinal])
      tails[stream.ordinal] = local
    }
  }

  func local(of event: EventID) -> Int? {
    events.ordinal(of: event.rawValue).map { Int(eventLocals[$0]) }
  }

  func tail(of stream: StreamID) -> Int? {
    streams.ordinal(of: stream.rawValue).map { Int(tails[$0]) }
  }

  /// The last event of a stream before a position.
  func tail(of stream: StreamID, before: Int) -> Int? {
    guard var local = streams.ordinal(of: stream.rawValue).map({ tails[$0] }) else { return nil }
    while local != Self.noLocal, Int(local) >= before { local = previous[Int(local)] }
    return local == Self.noLocal ? nil : Int(local)
  }

  /// The events of a stream before a position, the last so many, ascending.
  func locals(of stream: StreamID, before: Int, last limit: Int) -> [Int] {
    guard let ordinal = streams.ordinal(of: stream.rawValue) else { return [] }
    var found: [Int] = []
    var local = tails[ordinal]
    while local != Self.noLocal, found.count < limit {
      if Int(local) < before { found.append(Int(local)) }
      local = previous[Int(local)]
    }
    return found.reversed()
  }

  /// Everything in the order a directory file has it.
  func directoryContent() -> DirectoryContent {
    var content = DirectoryContent(frames: frames)
    content.events = events.ordinalsByKey().map { (key: events.keys[$0], local: eventLocals[$0]) }
    for ordinal in streams.ordinalsByKey() {
      let locals = locals(of: StreamID(rawValue: streams.keys[ordinal]), before: count, last: .max)
      content.streams.append(
        (key: streams.keys[ordinal], first: UInt32(content.positions.count), count: UInt32(locals.count)))
      content.positions.append(contentsOf: locals.map { UInt32($0) })
    }
    return content
  }
}

/// What the indexes need of an event.
struct EventKeys: Equatable, Sendable {
  var stream: StreamID
  var event: EventID
}

/// What a directory file holds, sorted.
struct DirectoryContent: Sendable {
  var events: [(key: Bytes16, local: UInt32)] = []
  var streams: [(key: Bytes16, first: UInt32, count: UInt32)] = []
  /// The events of each stream, ascending, one stream after the other.
  var positions: [UInt32] = []
  var frames: FrameList
}
