package import ParleyEnvelope
public import ParleyEvents
package import ParleyLog

/// Events in log order, read as they are asked for. Each iteration begins anew.
public struct EventSequence: AsyncSequence, Sendable {
  /// Events read at once.
  static let readMax = 2_048

  let store: ConversationStore
  let range: Range<Position>
  let damaged: (@Sendable (DamagedEvents) -> Void)?

  /// Begins at the range's first position.
  public func makeAsyncIterator() -> Iterator { Iterator(sequence: self, position: range.lowerBound) }

  /// The position in a sequence of events.
  public struct Iterator: AsyncIteratorProtocol {
    private let sequence: EventSequence
    private var position: Position
    private var ready: ArraySlice<Event> = []
    private var isAtEnd = false

    init(sequence: EventSequence, position: Position) {
      self.sequence = sequence
      self.position = position
    }

    /// The next event, nil after the last.
    public mutating func next(
      isolation actor: isolated (any _Concurrency.Actor)? = #isolation
    ) async throws(StoreError) -> Event? {
      while ready.isEmpty, !isAtEnd {
        let (sequence, from) = (sequence, position)
        let part = try await IOThreads.shared.run { () throws(StoreError) in try sequence.read(from: from) }
        position = part.end
        isAtEnd = part.isLast
        for damage in part.damaged {
          guard let report = sequence.damaged else {
            throw StoreError(
              .damaged, damage.explanation,
              at: .init(position: damage.positions.lowerBound, file: damage.file, offset: damage.offset))
          }
          report(damage)
        }
        ready = part.events[...]
      }
      return ready.popFirst()
    }
  }

  private struct Part: Sendable {
    var events: [Event] = []
    var damaged: [DamagedEvents] = []
    var end: Position
    var isLast = false
  }

  /// Reads some events from a position on. Blocks.
  private func read(from: Position) throws(StoreError) -> Part {
    try store.refresh()
    let to = Swift.min(range.upperBound, store.log.head)
    let end = Swift.min(from.advanced(by: Self.readMax), Swift.max(to, from))
    var part = Part(end: end, isLast: end >= to)
    guard from < end else { return part }
    try store.replayBlocking(from: from, to: end) { piece in
      switch piece {
      case .event(let event): part.events.append(event)
      case .damaged(let damage): part.damaged.append(damage)
      }
      return .proceed
    }
    return part
  }
}

/// What a replay comes upon.
package enum ReplayedEvent: Sendable {
  case event(Event)
  case damaged(DamagedEvents)
}

extension ConversationStore {
  /// Reads the events of a range in order, bodies decoded, in bounded memory. Blocks. Stops when told to.
  package func replayBlocking(
    from: Position = .start, to: Position = .none, _ body: (ReplayedEvent) throws -> ReplayDecision
  ) throws(StoreError) {
    do {
      try log.replay(from: from, to: to, .records) { piece in
        switch piece {
        case .damage(let damage): return try body(.damaged(DamagedEvents(damage)))
        case .events(let batch): return try Self.pass(batch, to: body)
        }
      }
    } catch {
      throw StoreError(replaying: error)
    }
  }

  private static func pass(
    _ batch: EventBatch, to body: (ReplayedEvent) throws -> ReplayDecision
  ) throws -> ReplayDecision {
    for index in 0..<batch.count {
      guard let bytes = batch.body(at: index) else { continue }
      let event = Event(
        position: batch.position(at: index), envelope: batch.envelope(at: index), bodyBytes: bytes)
      guard try body(.event(event)) == .proceed else { return .stop }
    }
    return .proceed
  }

  /// Reads the envelopes of a range in order. Blocks.
  package func replayEnvelopesBlocking(
    from: Position = .start, to: Position = .none, _ body: (Position, Envelope) throws -> Void
  ) throws(StoreError) {
    do {
      try log.replay(from: from, to: to, .envelopes) { piece in
        if case .events(let batch) = piece { try batch.forEachEnvelope(body) }
        return .proceed
      }
    } catch {
      throw StoreError(replaying: error)
    }
  }
}

extension StoreError {
  /// An error that came out of a replay: the log's, or the one that the caller's own work threw.
  init(replaying error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as LogError: self.init(error)
    default: self.init(.invalidEvent, "the work on the events threw: \(error)", cause: error)
    }
  }
}
