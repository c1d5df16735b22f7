import ParleyEnvelope
import Synchronization

/// Decides a group's batches one after the other, as if each were alone: duplicates first, then conditions, then
/// positions. No I/O but looking into segments that were rolled since a caller looked.
struct GroupPlan {
  /// One event of the frame: the envelope as it will stand, and its content in a batch.
  struct Placed {
    var envelope: Envelope
    var submission: Int
    var content: Range<Int>
  }

  let view: LogView
  let recordedAt: Timestamp
  private(set) var placed: [Placed] = []
  private(set) var outcomes: [AppendOutcome] = []
  private var ids = KeyTable()
  private var streams = KeyTable()
  private var tails: [Position] = []

  init(view: LogView, recordedAt: Timestamp) {
    self.view = view
    self.recordedAt = recordedAt
  }

  private var head: Position { view.head.advanced(by: placed.count) }

  mutating func add(_ submission: Submission) throws(LogError) {
    let batch = submission.batch
    let recent = view.segments.filter { $0.base >= submission.lookup.checked }
    let known = try self.known(batch, submission.lookup, recent)
    let reported = known.indices.filter { known[$0] != nil && !batch.skipsKnown[$0] }
    if !reported.isEmpty {
      outcomes.append(
        .known(reported.compactMap { index in known[index].map { KnownRecord(index: index, position: $0) } }))
    } else if let condition = batch.unchanged, let change = try change(condition) {
      outcomes.append(change)
    } else {
      try place(batch, submission: outcomes.count, known: known, submission.lookup, recent)
    }
  }

  /// Where each record's id is stored already, or is about to be by this group.
  private func known(_ batch: PreparedBatch, _ lookup: BatchLookup, _ recent: [LogSegment])
    throws(LogError) -> [Position?]
  {
    var known = [Position?](repeating: nil, count: batch.envelopes.count)
    for (index, position) in lookup.known { known[index] = position }
    for segment in recent {
      try segment.forEachKnown(batch.envelopes) { index, position in known[index] = position }
    }
    if ids.count > 0 {
      for (index, envelope) in batch.envelopes.enumerated() {
        if let ordinal = ids.ordinal(of: envelope.event.rawValue) {
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
    _ batch: PreparedBatch, submission: Int, known: [Position?], _ lookup: BatchLookup, _ recent: [LogSegment]
  ) throws(LogError) {
    var positions: [Position?] = []
    positions.reserveCapacity(batch.envelopes.count)
    var offset = 0
    for (index, original) in batch.envelopes.enumerated() {
      let content = offset..<(offset + batch.contentCounts[index])
      offset = content.upperBound
      guard known[index] == nil else {
        positions.append(nil)
        continue
      }
      let position = head
      var envelope = original
      envelope.recordedAt = recordedAt
      envelope.previous = try exchangeTail(of: envelope.stream, with: position, lookup, recent)
      _ = ids.insert(envelope.event.rawValue)
      placed.append(Placed(envelope: envelope, submission: submission, content: content))
      positions.append(position)
    }
    outcomes.append(.stored(positions))
  }

  private func groupTail(of stream: StreamID) -> Position? {
    streams.ordinal(of: stream.rawValue).map { tails[$0] }
  }

  /// The stream's last event before this one, which becomes its last.
  private mutating func exchangeTail(
    of stream: StreamID, with position: Position, _ lookup: BatchLookup, _ recent: [LogSegment]
  ) throws(LogError) -> Position {
    let (ordinal, isNew) = streams.insert(stream.rawValue)
    guard isNew else {
      defer { tails[ordinal] = position }
      return tails[ordinal]
    }
    tails.append(position)
    for segment in recent.reversed() {
      if let tail = try segment.tail(of: stream) { return tail }
    }
    return lookup.tails[stream] ?? .none
  }
}

extension LogSegment {
  /// Calls for each envelope whose event is in this segment, with its place in the array.
  func forEachKnown(_ envelopes: [Envelope], _ body: (Int, Position) -> Void) throws(LogError) {
    if let memory {
      let base = base
      memory.content.withLock { index in
        for (place, envelope) in envelopes.enumerated() {
          if let local = index.local(of: envelope.event) { body(place, base.advanced(by: local)) }
        }
      }
      return
    }
    for (place, envelope) in envelopes.enumerated() {
      if let position = try position(of: envelope.event) { body(place, position) }
    }
  }
}
