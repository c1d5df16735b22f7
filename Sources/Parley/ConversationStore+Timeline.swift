public import ParleyEnvelope
public import ParleyEvents
import ParleyLog

extension ConversationStore {
  /// Everything between us and the customer that an identity belongs to, in the order it happened: the same from any
  /// of the customer's identities. Empty for an identity that nothing was recorded under.
  ///
  /// - Parameters:
  ///   - viewer: who looks, and what for. Only what is behind links that are verified, confirmed by an agent or
  ///     carried by a handoff is shown; what is merely claimed is named.
  ///   - limit: at most so many entries, the last ones, and none when it is not above 0; what is so now is that of
  ///     the whole timeline all the same.
  ///   - position: as it was known then: all events through this position, links too. Nil for now.
  ///   - instant: when it is read; what is snoozed or overdue depends on it. Nil for the time that the event at
  ///     `position` was recorded, and without a position for now.
  ///
  /// Equal events, positions and instants give equal timelines, for ever. Takes time in proportion to the customer's
  /// events. Throws `noSuchEvent` for a position that the store has not reached.
  @concurrent
  public func timeline(
    of identity: Identity, for viewer: Viewer, last limit: Int? = nil, asOf position: Position? = nil,
    at instant: Timestamp? = nil
  ) async throws(StoreError) -> Timeline {
    try await IOThreads.shared.run { () throws(StoreError) in
      let whole = try self.timelineBlocking(of: identity, for: viewer, asOf: position, at: instant)
      return limit.map { whole.windowed(TimelineWindow(last: $0)) } ?? whole
    }
  }

  /// Who a customer is: identities and how they are joined, suggestions, refusals, and whose the parts of its
  /// conversations are. Position and instant as in `timeline(of:for:last:asOf:at:)`.
  ///
  /// Takes time and memory in proportion to the customer's events. Throws `noSuchEvent` for a position that the store
  /// has not reached, `customer_too_large` past `Customer.identitiesMax` identities.
  @concurrent
  public func customer(
    of identity: Identity, asOf position: Position? = nil, at instant: Timestamp? = nil
  ) async throws(StoreError) -> Customer {
    try await IOThreads.shared.run { () throws(StoreError) in
      try self.customerBlocking(of: identity, asOf: position, at: instant)
    }
  }
}

// MARK: - Blocking

extension ConversationStore {
  /// `timeline(of:for:last:asOf:at:)` whole, blocking.
  package func timelineBlocking(
    of identity: Identity, for viewer: Viewer, asOf position: Position? = nil, at instant: Timestamp? = nil
  ) throws(StoreError) -> Timeline {
    let through = try through(position)
    var reader = TimelineReader(
      log: log, context, viewer: viewer, through: through, instant: try self.instant(instant, asOf: position))
    let identity = identity.resolved(by: normalization)
    return Timeline(try reader.read(identity, stream: context.ids.stream(of: identity)))
  }

  /// `customer(of:asOf:at:)`, blocking.
  package func customerBlocking(
    of identity: Identity, asOf position: Position? = nil, at instant: Timestamp? = nil
  ) throws(StoreError) -> Customer {
    var reader = CustomerReader(
      log: log, context, through: try through(position), instant: try self.instant(instant, asOf: position))
    let identity = identity.resolved(by: normalization)
    return try reader.customer(of: identity, stream: context.ids.stream(of: identity))
  }

  /// When it is looked at: unless stated, when the event at the position was recorded, or the last before it that
  /// can be read; so that a position alone gives the same for ever.
  private func instant(_ stated: Timestamp?, asOf position: Position?) throws(StoreError) -> Timestamp {
    if let stated { return stated }
    guard var position else { return clock() }
    while true {
      do throws(StoreError) { return try eventBlocking(at: position).envelope.recordedAt } catch {
        guard error.code == .damaged, position > .start else { throw error }
        position = Position(position.rawValue - 1)
      }
    }
  }

  /// The last position that counts.
  func through(_ position: Position?) throws(StoreError) -> Position {
    try refresh()
    guard let position else { return last }
    guard position < log.head else {
      throw StoreError(
        .noSuchEvent, "there is no event at position \(position) yet: the store has \(log.head)",
        at: .init(position: position))
    }
    return position
  }
}
