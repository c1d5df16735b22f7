import ParleyEnvelope
import ParleyLog

/// What a log must hold and answer: events in a list, streams and ids in dictionaries.
struct LogModel {
  /// The stored events, by position.
  private(set) var records: [NewRecord] = []
  private(set) var streams: [StreamID: [Int]] = [:]
  private(set) var positions: [EventID: Int] = [:]

  var head: Position { Position(records.count) }

  /// Appends a batch as the rules say and gives the answer a log must give. For a condition that does not hold it
  /// is one of several right ones: any event that breaks it may be named.
  @discardableResult
  mutating func apply(_ batch: AppendBatch) -> AppendOutcome {
    let outcome = outcome(of: batch)
    guard case .stored(let stored) = outcome else { return outcome }
    for (record, position) in zip(batch.records, stored) where position != nil { add(record) }
    return outcome
  }

  /// The records of a batch that a log would store.
  func stored(of batch: AppendBatch) -> [NewRecord] {
    guard case .stored(let positions) = outcome(of: batch) else { return [] }
    return zip(batch.records, positions).filter { $0.1 != nil }.map(\.0)
  }

  mutating func add(_ record: NewRecord) {
    positions[record.envelope.event] = records.count
    streams[record.envelope.stream, default: []].append(records.count)
    records.append(record)
  }

  /// Whether a log's answer is right; `expected` is this model's own before the batch was applied.
  static func isRight(
    _ answer: AppendOutcome, expected: AppendOutcome, to batch: AppendBatch, in model: LogModel
  ) -> Bool {
    if case .changed(let stream, let position) = answer, case .changed = expected,
      let condition = batch.unchanged
    {
      return condition.streams.contains(stream) && position >= condition.through
        && model.streams[stream]?.contains(Int(position.rawValue)) == true
    }
    return answer == expected
  }

  private func outcome(of batch: AppendBatch) -> AppendOutcome {
    // Duplicates are decided before conditions.
    let known = batch.records.enumerated().compactMap { index, record in
      positions[record.envelope.event].map { (index, record.ifKnown, Position($0)) }
    }
    let reported = known.filter { $0.1 == .report }
    if !reported.isEmpty { return .known(reported.map { KnownRecord(index: $0.0, position: $0.2) }) }
    if let condition = batch.unchanged {
      for stream in condition.streams {
        if let last = streams[stream]?.last, Position(last) >= condition.through {
          return .changed(stream, Position(last))
        }
      }
    }
    var next = records.count
    return .stored(
      batch.records.map { record in
        if positions[record.envelope.event] != nil { return nil }
        next += 1
        return Position(next - 1)
      })
  }
}
