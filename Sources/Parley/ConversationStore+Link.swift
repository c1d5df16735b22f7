public import ParleyEnvelope
public import ParleyEvents
import ParleyLog

extension ConversationStore {
  /// Says that two identities belong to one customer. Recorded as one fact in both streams; no event moves, and it
  /// can be taken back with `unlink`. A link that contradicts what is known is refused, and the refusal recorded: that
  /// is returned, not thrown.
  ///
  /// Durable when this returns. Reads both customers whole, so it takes time in proportion to their events.
  ///
  /// - Parameters:
  ///   - basis: `agent` for somebody who has checked it; `contact` for a program that has proof as good as `trust`.
  ///     `agent` by any other actor throws `invalid_actor`.
  ///   - evidence: what shows it, in words.
  ///   - reason: why it is done now, in words.
  ///   - time: when it was found out, which is where it stands in a timeline; nil for now. It holds for all that the
  ///     two said, before it too.
  @discardableResult @concurrent
  public func link(
    _ first: Identity, _ second: Identity, by actor: Actor, trust: IdentityTrust = .verified,
    basis: LinkBasis = .agent, evidence: String = "", reason: String = "", at time: Timestamp? = nil
  ) async throws(StoreError) -> LinkOutcome {
    let statement = statement(
      first, second, by: actor, trust: trust, basis: basis, evidence: evidence, reason: reason, at: time)
    return try await IOThreads.shared.run { () throws(StoreError) in
      try self.recordLink(statement)
    }
  }

  /// Says that two identities do not belong to one customer: ends every direct link between them, and keeps rules
  /// from joining them again. When they are joined through others, nothing is recorded, and the way is returned.
  /// Durable when this returns; costs what `link` costs. Anyone may say so, a bot too.
  @discardableResult @concurrent
  public func unlink(
    _ first: Identity, _ second: Identity, by actor: Actor, evidence: String = "", reason: String = "",
    at time: Timestamp? = nil
  ) async throws(StoreError) -> SeparationDecision {
    let statement = statement(
      first, second, by: actor, trust: .verified, basis: .agent, evidence: evidence, reason: reason, at: time)
    return try await IOThreads.shared.run { () throws(StoreError) in
      try self.record(statement) { $0.separate() }
    }
  }
}

// MARK: - Blocking

extension ConversationStore {
  /// `link(_:_:by:…)`, blocking.
  @discardableResult
  package func linkBlocking(
    _ first: Identity, _ second: Identity, by actor: Actor, trust: IdentityTrust = .verified,
    basis: LinkBasis = .agent, evidence: String = "", reason: String = "", at time: Timestamp? = nil
  ) throws(StoreError) -> LinkOutcome {
    let statement = statement(
      first, second, by: actor, trust: trust, basis: basis, evidence: evidence, reason: reason, at: time)
    return try recordLink(statement)
  }

  /// `unlink(_:_:by:…)`, blocking.
  @discardableResult
  package func unlinkBlocking(
    _ first: Identity, _ second: Identity, by actor: Actor, evidence: String = "", reason: String = "",
    at time: Timestamp? = nil
  ) throws(StoreError) -> SeparationDecision {
    let statement = statement(
      first, second, by: actor, trust: .verified, basis: .agent, evidence: evidence, reason: reason, at: time)
    return try record(statement) { $0.separate() }
  }

  private func statement(
    _ first: Identity, _ second: Identity, by actor: Actor, trust: IdentityTrust, basis: LinkBasis,
    evidence: String, reason: String, at time: Timestamp?
  ) -> LinkRun.Statement {
    var generator = SystemRandomNumberGenerator()
    return LinkRun.Statement(
      first: first.resolved(by: normalization), second: second.resolved(by: normalization), trust: trust,
      basis: basis, evidence: evidence, reason: reason, actor: actor, time: time ?? clock(),
      link: Bytes16(high: generator.next(), low: generator.next()))
  }

  /// A bot or a rule has checked nothing: its link must not pass for an agent's.
  private func recordLink(_ statement: LinkRun.Statement) throws(StoreError) -> LinkOutcome {
    guard statement.basis != .agent || statement.actor.kind == .agent else {
      throw StoreError(
        EventError(
          .invalidActor,
          "a link on the basis `agent` is by an agent, not by \(statement.actor.kind.name); "
            + "give an agent, or the basis `contact`"))
    }
    return try record(statement) { $0.link() }
  }

  /// Decides and records, again when somebody was faster. Blocks.
  private func record<Outcome>(
    _ statement: LinkRun.Statement, _ decide: (LinkRun) -> (outcome: Outcome, batch: AppendBatch?)
  ) throws(StoreError) -> Outcome {
    try StoreError.wrappingEvents { () throws(EventError) in try statement.actor.validate() }
    for _ in 0..<AppendRun.attemptsMax {
      let (outcome, batch) = decide(try linkRun(statement))
      guard let batch else { return outcome }
      let answer = try StoreError.wrappingLog { () throws(LogError) in try log.append(batch) }
      if case .changed = answer { continue }
      return outcome
    }
    throw StoreError(.somethingNew, "others kept appending to the same customers: try again")
  }

  private func linkRun(_ statement: LinkRun.Statement) throws(StoreError) -> LinkRun {
    let through = try through(nil)
    let now = clock()
    var customers: [Customer] = []
    for identity in [statement.first, statement.second] {
      var reader = CustomerReader(log: log, context, through: through, instant: now)
      customers.append(try reader.customer(of: identity, stream: context.ids.stream(of: identity)))
    }
    return LinkRun(
      statement: statement, context: context, first: customers[0], second: customers[1], through: through)
  }
}
