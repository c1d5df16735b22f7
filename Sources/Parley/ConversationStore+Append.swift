import ParleyEnvelope
public import ParleyEvents
import ParleyLog

extension ConversationStore {
  /// Appends an event and returns when it is on disk.
  ///
  /// The same event appended again is stored once and answered with its old position; the same id with different
  /// content throws `differentContent`. With a condition that no longer holds, throws `somethingNew`.
  /// Once under way it is not cancellable. Events of several tasks are stored in the order in which they come to the
  /// log; who waits for the answer of one before appending the next has them in that order.
  ///
  /// Throws before anything is stored: `noStream`, `noSuchEvent`, `limitExceeded`, `notWritable`, and the codes of
  /// `EventError` for what the event says. When the disk fails: `diskFull`, `disk` and, from then on, `writerStopped`;
  /// whether the event is stored shows when the store is opened again, and appending the same value again settles it.
  @discardableResult @concurrent
  public func append(
    _ event: NewEvent, if condition: AppendCondition? = nil
  ) async throws(StoreError) -> AppendReceipt {
    try await append(batch: [event], if: condition)[0]
  }

  /// Appends events together or not at all, and returns their receipts in order when they are on disk.
  ///
  /// Those stored before are answered with their old positions and the rest is stored, unless a condition is given:
  /// then a batch of which some are known throws `partlyKnown`.
  @discardableResult @concurrent
  public func append(
    batch events: [NewEvent], if condition: AppendCondition? = nil
  ) async throws(StoreError) -> [AppendReceipt] {
    var run = try AppendRun.batch(events, if: condition, in: context)
    try await finish(&run)
    return try Self.receipts(run)
  }

  /// Appends events that have nothing to do with each other: each has its own outcome, and they share syncs.
  /// Receipts come in order, when all that could be stored is on disk. Not cancellable.
  @concurrent
  public func append(each events: [NewEvent]) async -> [Result<AppendReceipt, StoreError>] {
    var run = AppendRun(events, failure: .refusesOne, in: context)
    do throws(StoreError) { try await finish(&run) } catch { run.fail(error) }
    return Self.outcomes(run)
  }

  private func finish(_ run: inout AppendRun) async throws(StoreError) {
    while let needs = run.needs {
      let facts = try await facts(for: needs)
      guard let batch = try run.layOut(facts) else { continue }
      let outcome = try await commit(batch)
      let old = try await comparisons(run.comparisons(for: outcome))
      try run.settle(outcome, old: old)
    }
  }

  private func facts(for needs: AppendNeeds) async throws(StoreError) -> AppendFacts {
    if needs.isEmpty { return AppendFacts() }
    return try await IOThreads.shared.run { () throws(StoreError) in try self.lookUp(needs) }
  }

  private func commit(_ batch: AppendBatch) async throws(StoreError) -> AppendOutcome {
    do { return try await log.append(batch) } catch { throw StoreError(error) }
  }

  private func comparisons(_ positions: [Position]) async throws(StoreError) -> [Position: LogRecord] {
    if positions.isEmpty { return [:] }
    return try await IOThreads.shared.run { () throws(StoreError) in try self.records(at: positions) }
  }
}

// MARK: - Blocking

extension ConversationStore {
  /// `append(batch:if:)`, blocking.
  @discardableResult
  package func appendBlocking(
    _ events: [NewEvent], if condition: AppendCondition? = nil
  ) throws(StoreError) -> [AppendReceipt] {
    var run = try AppendRun.batch(events, if: condition, in: context)
    try finishBlocking(&run)
    return try Self.receipts(run)
  }

  /// `append(each:)`, blocking.
  package func appendEachBlocking(_ events: [NewEvent]) -> [Result<AppendReceipt, StoreError>] {
    var run = AppendRun(events, failure: .refusesOne, in: context)
    do throws(StoreError) { try finishBlocking(&run) } catch { run.fail(error) }
    return Self.outcomes(run)
  }

  private func finishBlocking(_ run: inout AppendRun) throws(StoreError) {
    while let needs = run.needs {
      let facts = needs.isEmpty ? AppendFacts() : try lookUp(needs)
      guard let batch = try run.layOut(facts) else { continue }
      let outcome = try StoreError.wrappingLog { () throws(LogError) in try log.append(batch) }
      try run.settle(outcome, old: try records(at: run.comparisons(for: outcome)))
    }
  }

  private static func receipts(_ run: AppendRun) throws(StoreError) -> [AppendReceipt] {
    var receipts: [AppendReceipt] = []
    for outcome in outcomes(run) { receipts.append(try outcome.get()) }
    return receipts
  }

  private static func outcomes(_ run: AppendRun) -> [Result<AppendReceipt, StoreError>] {
    run.outcomes.map { outcome in
      guard let outcome else { preconditionFailure("AppendRun ended with an event that has no outcome") }
      return outcome
    }
  }
}

// MARK: - Looking up

extension ConversationStore {
  /// Finds what must be known before new events can be laid out. Blocks.
  func lookUp(_ needs: AppendNeeds) throws(StoreError) -> AppendFacts {
    var facts = AppendFacts()
    let targets = try envelopes(at: needs.targets.sorted())
    (facts.targets, facts.damagedTargets) = (targets.read, targets.damaged)
    try lookUpOpenings(of: needs.conversations, &facts)
    try lookUpCustomers(needs, &facts)
    return facts
  }

  /// Reads the customers that verified identities may be joined with, for events that are not stored yet.
  private func lookUpCustomers(_ needs: AppendNeeds, _ facts: inout AppendFacts) throws(StoreError) {
    var streams: Set<StreamID> = []
    let (through, now) = (last, clock())
    for (event, identities) in needs.customers {
      let known = try StoreError.wrappingLog { () throws(LogError) in try log.position(of: event) }
      guard known == nil else { continue }
      for identity in identities where facts.holdings[identity] == nil {
        var reader = CustomerReader(log: log, context, through: through, instant: now)
        let customer = try reader.customer(of: identity, stream: context.ids.stream(of: identity))
        facts.holdings[identity] = customer.holdings
        streams.formUnion(customer.streams)
      }
    }
    guard !streams.isEmpty, streams.count <= AppendLimits.conditionStreamsMax else { return }
    facts.judged = TimelineCondition(through: through, streams: streams.sorted())
  }

  /// Finds how conversations were opened, of those that were, and what may hide it of the others.
  private func lookUpOpenings(
    of conversations: Set<ConversationID>, _ facts: inout AppendFacts
  ) throws(StoreError) {
    var unknown: [ConversationID] = []
    for conversation in conversations {
      let position = try StoreError.wrappingLog { () throws(LogError) in
        try log.position(of: context.ids.opened(conversation))
      }
      guard let position else {
        unknown.append(conversation)
        continue
      }
      let opening = try envelopes(at: [position])
      facts.openings[conversation] = opening.read[position].map {
        FirstUses.Opening(stream: $0.stream, channel: $0.channel)
      }
      facts.damagedOpenings[conversation] = opening.damaged[position]
    }
    guard !unknown.isEmpty, let hidden = try StreamReader(log: log, through: last).hidden().first else {
      return
    }
    for conversation in unknown { facts.damagedOpenings[conversation] = hidden }
  }

  /// The envelopes of events by position, and what of them can't be read; of those that the log does not hold nothing.
  private func envelopes(
    at positions: [Position]
  ) throws(StoreError) -> (read: [Position: Envelope], damaged: [Position: DamagedEvents]) {
    var read: [Position: Envelope] = [:]
    var damaged: [Position: DamagedEvents] = [:]
    for (position, result) in try results(at: positions) {
      switch result {
      case .record(let record): read[position] = record.envelope
      case .damaged(let damage):
        // The envelope alone says where an answer belongs.
        read[position] = try log.envelope(at: position)
        if read[position] == nil { damaged[position] = DamagedEvents(damage).only(position) }
      }
    }
    return (read, damaged)
  }

  /// Events by position; those that are damaged, or that the log does not hold, are left out.
  func records(at positions: [Position]) throws(StoreError) -> [Position: LogRecord] {
    var records: [Position: LogRecord] = [:]
    for case (_, .record(let record)) in try results(at: positions) { records[record.position] = record }
    return records
  }

  /// What reading events gives, of those that the log holds.
  private func results(at positions: [Position]) throws(StoreError) -> [(Position, ReadResult)] {
    let head = log.head
    let held = positions.filter { $0 < head }
    return Array(zip(held, try StoreError.wrappingLog { () throws(LogError) in try log.read(held) }))
  }
}
