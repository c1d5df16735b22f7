import ParleyEnvelope
import Synchronization

/// Decides a group's batches one after the other, as if each were alone: duplicates first, then conditions, then
/// positions. No I/O but looking into segments that were rolled since a caller looked.
struct GroupPlan {
  /// One event of the frame: where it is in its batch, and what comes before it in its stream.
  struct Placed {
    var index: Int
    var previous: Position
  }

  let view: LogView
  let recordedAt: Timestamp
  /// What each submission stores.
  private(set) var placed: [[Placed]] = []
  /// The keys of the frame's events, in order.
  private(set) var keys: [EventKeys?] = []
  private(set) var outcomes: [AppendOutcome] = []
  /// The ids of the frame; nil when there is one submission, as a batch has no id twice.
  private var ids: KeyTable?
  private var streams: KeyTable
  private var tails: [Position] = []

  /// A plan for so many submissions with so many events.
  init(view: LogView, recordedAt: Timestamp, submissions: Int, events: Int) {
    self.view = view
    self.recordedAt = recordedAt
    if submissions > 1 { ids = KeyTable(capacity: events) }
    streams = KeyTable(capacity: events)
    tails.reserveCapacity(events)
    placed.reserveCapacity(submissions)
  }

  private var head: Position { view.head.advanced(by: keys.count) }

  mutating func add(_ submission: Submission) throws(LogError) {
    let batch = submission.batch
    let known = try self.known(batch, submission.lookup)
    let reported = known.filter { batch.records[$0.key].ifKnown == .report }
    if !reported.isEmpty {
      refuse(
        .known(
          reported.map { KnownRecord(index: $0.key, position: $0.value) }.sorted { $0.index < $1.index }))
    } else if let condition = batch.unchanged, let change = try change(condition) {
      refuse(change)
    } else {
      try place(batch, known: known, submission.lookup)
    }
  }

  /// A submission of which nothing is stored.
  private mutating func refuse(_ outcome: AppendOutcome) {
    outcomes.append(outcome)
    placed.append([])
  }

  /// The records whose ids are stored already, or are about to be by this group, and where.
  private func known(_ batch: PreparedBatch, _ lookup: BatchLookup) throws(LogError) -> [Int: Position] {
    var known = lookup.known
    if lookup.head != view.head {
      try view.forEachKnown(batch.keys, behind: lookup.checked) { known[$0] = $1 }
    }
    if let ids, ids.count > 0 {
      for index in batch.keys.indices {
        if let ordinal = ids.ordinal(of: batch.keys[index].event.rawValue) {
          known[index] = view.head.advanced(by: ordinal)
        }
      }
    }
    return known
  }

  /// The answer when a stream of the condition has an event at or behind its position.
  private func change(_ condition: UnchangedCondition) throws(LogError) -> AppendOutcome? {
    for stream in condition.streams {
      var tail = groupTail(of: stream)
      if tail == nil { tail = try view.tail(of: stream) }
      if let tail, tail >= condition.through { return .changed(stream, tail) }
    }
    return nil
  }

  private mutating func place(
    _ batch: PreparedBatch, known: [Int: Position], _ lookup: BatchLookup
  ) throws(LogError) {
    var positions: [Position?] = []
    positions.reserveCapacity(batch.records.count)
    keys.reserveCapacity(keys.count + batch.records.count)
    var placed: [Placed] = []
    placed.reserveCapacity(batch.records.count - known.count)
    for index in batch.records.indices {
      guard known.isEmpty || known[index] == nil else {
        positions.append(nil)
        continue
      }
      let position = head
      let keys = batch.keys[index]
      let previous = try exchangeTail(of: keys.stream, with: position, lookup, index)
      _ = ids?.insert(keys.event.rawValue)
      self.keys.append(keys)
      placed.append(Placed(index: index, previous: previous))
      positions.append(position)
    }
    self.placed.append(placed)
    outcomes.append(.stored(positions))
  }

  private func groupTail(of stream: StreamID) -> Position? {
    streams.ordinal(of: stream.rawValue).map { tails[$0] }
  }

  /// The stream's last event before this one, which becomes its last.
  private mutating func exchangeTail(
    of stream: StreamID, with position: Position, _ lookup: BatchLookup, _ index: Int
  ) throws(LogError) -> Position {
    let (ordinal, isNew) = streams.insert(stream.rawValue)
    guard isNew else {
      defer { tails[ordinal] = position }
      return tails[ordinal]
    }
    tails.append(position)
    guard lookup.head != view.head else { return lookup.tails[index] }
    return try view.tail(of: stream, behind: lookup.checked) ?? lookup.tails[index]
  }
}

extension FrameSegment {
  /// Calls for each event that is in this segment, with its place in the array; for some of them twice when
  /// a directory turns out to be damaged.
  func forEachKnown(_ keys: [EventKeys], _ body: (Int, Position) -> Void) throws(LogError) {
    let base = base
    try ask {
      for place in keys.indices {
        if let local = $0.local(of: keys[place].event) { body(place, base.advanced(by: local)) }
      }
    } _: { directory throws(LogError) in
      try directory.forEachKnown(keys) { body($0, base.advanced(by: $1)) }
    }
  }

  /// Calls for those of some ascending places of an array whose stream is in this segment, with the stream's last event
  /// here before the head. Streams ascend.
  func forEachTail(
    of streams: [StreamID], _ places: [Int], before head: Position, _ body: (Int, Position) -> Void
  ) throws(LogError) {
    let base = base
    guard head > base else { return }
    let bound = base.distance(to: head)
    try ask {
      for place in places {
        if let local = $0.tail(of: streams[place], before: bound) {
          body(place, base.advanced(by: local))
        }
      }
    } _: { directory throws(LogError) in
      try directory.forEachTail(of: streams, places) { body($0, base.advanced(by: $1)) }
    }
  }
}
