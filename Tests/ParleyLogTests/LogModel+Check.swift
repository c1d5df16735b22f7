import ParleyEnvelope
import ParleyLog

extension LogModel {
  /// What is wrong with a log that must hold this model's events, and may hold those of one more batch, whole:
  /// empty when nothing is. The model takes that batch over when it is there.
  mutating func faults(in log: EventLog, orAlso inFlight: AppendBatch? = nil) throws(LogError) -> [String] {
    if log.head != head, let inFlight {
      for record in stored(of: inFlight) { add(record) }
    }
    guard log.head == head else {
      return ["head is \(log.head), not \(head), or without the batch in flight"]
    }
    return try faultsInRecords(log) + faultsInStreams(log) + faultsInPositions(log) + faultsInReplay(log)
      + faultsInReplayByStream(log)
  }

  private func faultsInRecords(_ log: EventLog) throws(LogError) -> [String] {
    var faults: [String] = []
    var lastRecorded = Timestamp(microseconds: .min)
    for (index, result) in try log.read((0..<records.count).map { Position($0) }).enumerated() {
      switch result {
      case .damaged(let damage): faults.append("position \(index) is damaged: \(damage)")
      case .record(let record):
        if let fault = fault(record, at: index) { faults.append(fault) }
        if record.envelope.recordedAt < lastRecorded {
          faults.append("position \(index): the log's clock went back")
        }
        lastRecorded = record.envelope.recordedAt
      }
    }
    return faults
  }

  /// What is wrong with one record; nil when it is the model's, byte for byte.
  func fault(_ record: LogRecord, at index: Int) -> String? {
    if record.position != Position(index) { return "position \(index) says it is \(record.position)" }
    if record.body != records[index].body { return "position \(index) has another body" }
    return fault(record.envelope, at: index)
  }

  /// What is wrong with one envelope; nil when it is the model's, with its stream's chain.
  func fault(_ stored: Envelope, at index: Int) -> String? {
    var plain = stored
    plain.recordedAt = records[index].envelope.recordedAt
    plain.previous = records[index].envelope.previous
    if plain != records[index].envelope { return "position \(index) has another envelope" }
    let before = streams[stored.stream]?.last { $0 < index }
    if stored.previous != before.map({ Position($0) }) ?? .none {
      return "position \(index) follows \(stored.previous) in its stream, not \(before as Int?)"
    }
    return nil
  }

  private func faultsInStreams(_ log: EventLog) throws(LogError) -> [String] {
    var faults: [String] = []
    for (stream, expected) in streams {
      let all = try log.positions(of: stream, before: head, last: records.count)
      if all != expected.map({ Position($0) }) {
        faults.append("stream \(stream) has \(all), not \(expected)")
      }
      let middle = Position(records.count / 2)
      let some = try log.positions(of: stream, before: middle, last: 2)
      let few = expected.filter { Position($0) < middle }.suffix(2).map { Position($0) }
      if some != few {
        faults.append("stream \(stream) has \(some) as its last two before \(middle), not \(few)")
      }
    }
    let stranger = StreamID(rawValue: Bytes16(high: 1, low: 2))
    if try !log.positions(of: stranger, before: head, last: 1).isEmpty {
      faults.append("a stranger has events")
    }
    return faults
  }

  private func faultsInPositions(_ log: EventLog) throws(LogError) -> [String] {
    var faults: [String] = []
    for (event, position) in positions {
      let found = try log.position(of: event)
      if found != Position(position) {
        faults.append("event \(event) is at \(found as Position?), not \(position)")
      }
    }
    if try log.position(of: EventID(rawValue: Bytes16(high: 1, low: 2))) != nil {
      faults.append("a stranger's id is known")
    }
    return faults
  }
}

// MARK: - Replay

extension LogModel {
  private func faultsInReplay(_ log: EventLog) throws(LogError) -> [String] {
    var faults: [String] = []
    for parts in [ReplayParts.envelopes, .records] {
      var next = 0
      do {
        try log.replay(from: .start, to: head, parts) { piece in
          guard case .events(let batch) = piece else {
            faults.append("replay comes upon damage: \(piece)")
            return .proceed
          }
          if batch.first != Position(next) { faults.append("replay goes from \(next) to \(batch.first)") }
          faults += faultsInBatch(batch, withBodies: parts == .records)
          next = Int(batch.end.rawValue)
          return .proceed
        }
      } catch { faults.append("replay: \(error)") }
      if Position(next) != head { faults.append("replay ends at \(next), not \(head)") }
    }
    return faults
  }

  /// Every event once, and those of a stream in order.
  private func faultsInReplayByStream(_ log: EventLog) throws(LogError) -> [String] {
    var faults: [String] = []
    for parts in [ReplayParts.envelopes, .records] {
      var seen = Set<Position>()
      var last: [StreamID: Position] = [:]
      do {
        try log.replay(parts, order: .stream) { piece in
          guard case .events(let batch) = piece else {
            faults.append("replay by stream comes upon damage: \(piece)")
            return .proceed
          }
          faults += faultsInBatch(batch, withBodies: parts == .records)
          for index in 0..<batch.count {
            let position = batch.position(at: index)
            let stream = batch.envelope(at: index).stream
            if !seen.insert(position).inserted { faults.append("replay by stream has \(position) twice") }
            if let last = last[stream], last > position {
              faults.append("replay by stream has \(position) behind \(last)")
            }
            last[stream] = position
          }
          return .proceed
        }
      } catch { faults.append("replay by stream: \(error)") }
      if seen.count != records.count { faults.append("replay by stream has \(seen.count) events") }
    }
    return faults
  }

  private func faultsInBatch(_ batch: EventBatch, withBodies: Bool) -> [String] {
    (0..<batch.count).compactMap { index in
      let position = Int(batch.position(at: index).rawValue)
      guard position < records.count else { return "replay shows position \(position) behind the head" }
      if withBodies && batch.body(at: index) != records[position].body {
        return "replay: body of \(position)"
      }
      return fault(batch.envelope(at: index), at: position).map { "replay: \($0)" }
    }
  }
}
