import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// Reads streams through one position. Blocks.
struct StreamReader {
  let log: EventLog
  /// The last position that counts; `.none` for an empty log.
  let through: Position

  /// Positions asked for at once.
  private static let positionsMax = 4_096

  /// The events of a stream, the last so many, and what of them is damaged.
  func events(of stream: StreamID, last limit: Int = .max) throws(StoreError) -> EventHistory {
    let positions = try positions(of: stream, last: limit)
    return try history(at: positions)
  }

  /// Events at ascending positions.
  func history(at positions: [Position]) throws(StoreError) -> EventHistory {
    var history = EventHistory()
    history.events.reserveCapacity(positions.count)
    var index = 0
    while index < positions.count {
      let chunk = Array(positions[index..<min(index + Self.positionsMax, positions.count)])
      index += chunk.count
      let results = try StoreError.wrappingLog { () throws(LogError) in try log.read(chunk) }
      for (position, result) in zip(chunk, results) {
        switch result {
        case .record(let record): history.events.append(Event(record))
        case .damaged(let damage):
          var lost = DamagedEvents(damage).only(position)
          lost.envelope = try log.envelope(at: position)
          history.damaged.append(lost)
        }
      }
    }
    return history
  }

  /// What hides which stream its events are in.
  func hidden() throws(StoreError) -> [DamagedEvents] {
    try StoreError.wrappingLog { () throws(LogError) in
      try log.hiddenEvents(through: through).map(DamagedEvents.init)
    }
  }

  /// Where an event stands, if that is not after what counts.
  func position(of event: EventID) throws(StoreError) -> Position? {
    let position = try StoreError.wrappingLog { () throws(LogError) in try log.position(of: event) }
    return position.flatMap { !through.isNone && $0 <= through ? $0 : nil }
  }

  private func positions(of stream: StreamID, last limit: Int) throws(StoreError) -> [Position] {
    guard !through.isNone else { return [] }
    return try StoreError.wrappingLog { () throws(LogError) in
      try log.positions(of: stream, before: through.advanced(by: 1), last: limit)
    }
  }
}

extension EventLog {
  /// The envelope of an event whose body is damaged; nil when it is damaged too.
  func envelope(at position: Position) throws(StoreError) -> Envelope? {
    var found: Envelope?
    do {
      try replay(from: position, to: position.advanced(by: 1), .envelopes) { piece in
        if case .events(let batch) = piece { batch.forEachEnvelope { found = $1 } }
        return .proceed
      }
    } catch {
      throw StoreError(replaying: error)
    }
    return found
  }
}

extension Event {
  /// An event as the log holds it.
  init(_ record: LogRecord) {
    self.init(position: record.position, envelope: record.envelope, bodyBytes: record.body)
  }
}
