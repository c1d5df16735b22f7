import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// New events on their way into the log: laid out, appended, and settled by the log's answer; again, without what
/// turned out to be known, until each has an outcome.
///
/// A state machine that does no I/O itself, so that the waiting and the suspending append are the same.
package struct AppendRun: Sendable {
  /// What one event's refusal means for the others.
  enum Failure: Sendable {
    /// None is stored.
    case refusesAll
    /// It gets its error, the others are stored.
    case refusesOne
  }

  /// How often a run begins again because somebody else was faster.
  static let attemptsMax = 64
  /// Events of independent ones that share a commit.
  package static let sharedEventsMax = 4_096
  /// Bytes, before compression, after which independent events wait for the next commit.
  static let sharedBytesMax = 4 << 20
  /// Events, those counted that the store records with them, after which independent ones wait: one more event, with
  /// as many recipients as it may have, stays far below what a batch takes.
  static let sharedRecordsMax = 32_768

  let events: [NewEvent]
  let eventIDs: [EventID]
  let failure: Failure
  let condition: AppendCondition?
  private let ownIDs: Set<EventID>
  /// What became of each event; nil while that is open.
  private(set) var outcomes: [Result<AppendReceipt, StoreError>?]
  private let context: StoreContext
  /// The events laid out last, by their index.
  private var plan = AppendPlan()
  private var isJudged = false
  private var attempts = 0
  /// Every event before this one has an outcome.
  private var firstOpen = 0

  init(
    _ events: [NewEvent], failure: Failure, condition: AppendCondition? = nil, in context: StoreContext
  ) {
    self.events = events
    self.failure = failure
    self.condition = condition
    self.context = context
    eventIDs = events.map { context.id(of: $0) }
    ownIDs = Set(eventIDs)
    outcomes = Array(repeating: nil, count: events.count)
  }

  /// A run of events that are stored together or not at all.
  static func batch(
    _ events: [NewEvent], if condition: AppendCondition?, in context: StoreContext
  ) throws(StoreError) -> AppendRun {
    try AppendLimits.check(eventCount: events.count)
    if let condition { try AppendLimits.check(condition) }
    let run = AppendRun(events, failure: .refusesAll, condition: condition, in: context)
    try run.checkRepeats()
    return run
  }

  /// What has to be looked up before the events that have no outcome can be laid out; nil when all have one.
  var needs: AppendNeeds? {
    let open = next
    guard !open.isEmpty else { return nil }
    var needs = AppendNeeds()
    for index in open { needs.add(events[index], eventIDs[index], in: context) }
    return needs
  }

  /// Lays out the events that have no outcome; nil when none is left to append.
  mutating func layOut(_ facts: AppendFacts) throws(StoreError) -> AppendBatch? {
    var planner = AppendPlanner(context, facts: facts, ownIDs: ownIDs)
    var laidOut: Set<EventID> = []
    for index in next {
      if failure == .refusesOne {
        // The second of two equal ones waits, and finds the first stored.
        guard planner.plan.plainBytes < Self.sharedBytesMax,
          planner.plan.records.count < Self.sharedRecordsMax, laidOut.insert(eventIDs[index]).inserted
        else { break }
      }
      do throws(StoreError) { try planner.add(events[index], eventIDs[index], at: index) } catch {
        try refuse(index, error)
      }
      // What a few events involve may be more than memory holds: not after all are laid out.
      if failure == .refusesAll {
        try AppendLimits.check(recordCount: planner.plan.records.count, eventCount: index + 1)
      }
    }
    plan = planner.plan
    advance()
    guard plan.hasNewEvents else { return nil }
    if failure == .refusesAll { try AppendLimits.check(plainBytes: plan.plainBytes) }
    isJudged = condition == nil && facts.judged != nil
    return AppendBatch(plan.records, unchanged: (condition?.unchanged ?? facts.judged)?.unchanged)
  }

  /// Gives every event that has no outcome this one.
  mutating func fail(_ error: StoreError) {
    for index in events.indices where outcomes[index] == nil { outcomes[index] = .failure(error) }
  }

  /// The events to lay out next: all that have no outcome, or of independent ones a part.
  private var next: [Int] {
    let open = events.indices.dropFirst(firstOpen).lazy.filter { outcomes[$0] == nil }
    return Array(open.prefix(failure == .refusesOne ? Self.sharedEventsMax : .max))
  }

  /// The old events that must be read to settle an answer.
  func comparisons(for outcome: AppendOutcome) -> [Position] {
    guard case .known(let records) = outcome else { return [] }
    return records.filter { plan.origins[$0.index] != nil }.map(\.position)
  }

  /// Takes the log's answer; `old` holds the events that `comparisons` asked for, nil where one is damaged.
  mutating func settle(_ outcome: AppendOutcome, old: [Position: LogRecord]) throws(StoreError) {
    switch outcome {
    case .stored(let positions):
      settle(stored: positions)
      advance()
    case .known(let records): try settle(known: records, old)
    case .changed(_, let position):
      guard !isJudged else { return try beginAgain() }
      throw StoreError(
        .somethingNew, "something happened to the customer since the timeline was read: read it again",
        at: .init(position: position))
    }
  }
}

// MARK: - Settling

extension AppendRun {
  private mutating func settle(stored positions: [Position?]) {
    for (index, position) in plan.positions(positions, count: events.count).enumerated() {
      if let position { outcomes[index] = .success(.stored(position)) }
    }
    context.uses.remember(streams: plan.observed, openings: plan.openings)
  }

  private mutating func settle(known: [KnownRecord], _ old: [Position: LogRecord]) throws(StoreError) {
    // One of the store's own may be known to the log and not to us: looking it up again finds it.
    let own = known.filter { plan.origins[$0.index] != nil }
    if own.isEmpty { try beginAgain() }
    for record in own {
      guard let index = plan.origins[record.index] else { continue }
      let isFirstUse = context.firstUse(of: events[index]) != nil
      if isFirstUse || isSame(plan.records[record.index], as: old[record.position]) {
        outcomes[index] = .success(.alreadyStored(record.position))
      } else {
        try refuse(index, Self.different(index, record.position))
      }
    }
    guard condition != nil, !own.isEmpty, let first = outcomes.firstIndex(where: { $0 == nil }) else {
      return
    }
    throw StoreError(
      .partlyKnown,
      "some of the batch is stored already and some is not, and a condition was given: "
        + "nothing was stored; append what is new on its own", at: .init(index: first))
  }

  /// Equal by the source's own digest of the content, or else by the bytes. A damaged event can't be compared: its
  /// id is known, and that is the answer.
  private func isSame(_ record: NewRecord, as old: LogRecord?) -> Bool {
    guard let old, old.body != record.body else { return true }
    guard let digest = Self.digest(of: record.envelope, record.body),
      let oldDigest = Self.digest(of: old.envelope, old.body)
    else { return false }
    return digest == oldDigest
  }

  private static func digest(of envelope: Envelope, _ body: [UInt8]) -> [UInt8]? {
    let payload = Event.Body(kind: envelope.kind, version: envelope.bodyVersion, bytes: body).payload
    guard let digest = payload?.source.sourceDigest, !digest.isEmpty else { return nil }
    return Array(digest)
  }

  private static func different(_ index: Int, _ position: Position) -> StoreError {
    StoreError(
      .differentContent,
      "the event's id is that of an event stored before with different content: give a changed item a new "
        + "revision", at: .init(index: index, position: position))
  }

  private mutating func advance() {
    while firstOpen < outcomes.count, outcomes[firstOpen] != nil { firstOpen += 1 }
  }

  private mutating func beginAgain() throws(StoreError) {
    attempts += 1
    guard attempts > Self.attemptsMax else { return }
    throw StoreError(.somethingNew, "others kept appending to the same customers: append again")
  }

  private mutating func refuse(_ index: Int, _ error: StoreError) throws(StoreError) {
    guard failure == .refusesOne else { throw error }
    outcomes[index] = .failure(error)
  }

  private func checkRepeats() throws(StoreError) {
    if ownIDs.count == eventIDs.count { return }
    var seen = Set<EventID>(minimumCapacity: eventIDs.count)
    for (index, id) in eventIDs.enumerated() where !seen.insert(id).inserted {
      throw StoreError(
        .repeatedID, "the batch has the same event twice: append it once", at: .init(index: index))
    }
  }
}
