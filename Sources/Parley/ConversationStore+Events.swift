public import ParleyEnvelope
public import ParleyEvents
import ParleyLog

extension ConversationStore {
  /// The events recorded under one identity, in order of position: not its customer's, for that is the timeline.
  ///
  /// Takes time and memory in proportion to the events returned. Damaged ones are named beside them.
  ///
  /// - Parameter limit: at most so many, the last ones; none when it is not above 0.
  @concurrent
  public func events(of identity: Identity, last limit: Int = .max) async throws(StoreError) -> EventHistory {
    try await IOThreads.shared.run { () throws(StoreError) in
      try self.eventsBlocking(of: identity, last: limit)
    }
  }

  /// The events of a range of positions, in order, whatever they are about: from `from`, up to but not including
  /// `to`; unless stated, all there are when the reading comes to the end, those appended meanwhile too.
  ///
  /// A convenience: reads a few thousand events ahead on a thread of its own. Throws `damaged` where an event can't
  /// be read, unless `damaged` takes what is missing.
  public func events(
    from: Position = .start, to: Position = .none, damaged: (@Sendable (DamagedEvents) -> Void)? = nil
  ) -> EventSequence {
    EventSequence(store: self, range: min(from, to)..<to, damaged: damaged)
  }

  /// The event at a position.
  ///
  /// Throws `noSuchEvent` behind the last one, `damaged` where it can't be read.
  @concurrent
  public func event(at position: Position) async throws(StoreError) -> Event {
    try await IOThreads.shared.run { () throws(StoreError) in try self.eventBlocking(at: position) }
  }

  /// Where an event stands; nil when it is not in the store.
  @concurrent
  public func position(of event: EventID) async throws(StoreError) -> Position? {
    try await IOThreads.shared.run { () throws(StoreError) in
      try self.refresh()
      return try StoreError.wrappingLog { () throws(LogError) in try self.log.position(of: event) }
    }
  }

  /// Whether anything was ever recorded under an identity.
  @concurrent
  public func knows(_ identity: Identity) async throws(StoreError) -> Bool {
    try await IOThreads.shared.run { () throws(StoreError) in try self.knowsBlocking(identity) }
  }
}

// MARK: - Blocking

extension ConversationStore {
  /// `events(of:last:)`, blocking.
  package func eventsBlocking(of identity: Identity, last limit: Int = .max) throws(StoreError)
    -> EventHistory
  {
    try refresh()
    return try StreamReader(log: log, through: last).events(of: stream(of: identity), last: limit)
  }

  /// `event(at:)`, blocking.
  package func eventBlocking(at position: Position) throws(StoreError) -> Event {
    try refresh()
    guard position < log.head else {
      throw StoreError(
        .noSuchEvent, "there is no event at position \(position): the store has \(log.head)",
        at: .init(position: position))
    }
    let history = try StreamReader(log: log, through: last).history(at: [position])
    if let event = history.first { return event }
    throw StoreError(
      .damaged, history.damaged.first?.explanation ?? "the event can't be read", at: .init(position: position)
    )
  }

  /// `knows(_:)`, blocking.
  package func knowsBlocking(_ identity: Identity) throws(StoreError) -> Bool {
    try refresh()
    let stream = stream(of: identity)
    return try StoreError.wrappingLog { () throws(LogError) in
      try !log.positions(of: stream, before: .none, last: 1).isEmpty
    }
  }

  /// Catches up with a writer in another process.
  package func refresh() throws(StoreError) {
    guard access == .reading else { return }
    try StoreError.wrappingLog { () throws(LogError) in try log.refresh() }
  }

  /// The last position there is; `.none` for an empty log.
  package var last: Position { log.head == .start ? .none : Position(log.head.rawValue - 1) }
}
