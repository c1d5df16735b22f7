import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// Batches whose contents are encoded before their commit: what is stored is the same as of any other.
@Suite struct LargeBatchTests {
  /// Events of about 8 KB that LZ4 can't make smaller.
  private func records(_ numbers: Range<Int>) -> [NewRecord] {
    numbers.map { number in
      var record = LogWorld.record(number, stream: number % 3)
      var random = SplitMix64(seed: UInt64(number))
      record.body = (0..<(8_000 + number * 37 % 700)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      return record
    }
  }

  @Test(arguments: [1, 7, 8, 9, 16, 40])
  func aBatchOfAnySizeIsReadBack(count: Int) throws {
    let world = try LogWorld()
    var log = try world.open()
    _ = try log.append(AppendBatch(records(0..<count)))
    _ = try log.append(AppendBatch(records(count..<(count + 1))))
    try world.expect(log, holds: records(0..<(count + 1)))
    log.close()
    log = try world.open()
    try world.expect(log, holds: records(0..<(count + 1)))
    #expect(try log.verify() == [])
  }

  @Test func whatIsKnownOfALargeBatchIsLeftOut() throws {
    let world = try LogWorld()
    let log = try world.open()
    _ = try log.append(AppendBatch(records(5..<6)))
    var batch = records(0..<20)
    batch[5].ifKnown = .skip
    let outcome = try log.append(AppendBatch(batch))
    let positions = (0..<20).map { $0 == 5 ? nil : Position($0 < 5 ? $0 + 1 : $0) }
    #expect(outcome == .stored(positions))
    try world.expect(log, holds: records(5..<6) + records(0..<5) + records(6..<20))
    #expect(try log.verify() == [])
  }

  @Test func aLargeBatchThatIsKnownStoresNothing() throws {
    let world = try LogWorld()
    let log = try world.open()
    _ = try log.append(AppendBatch(records(0..<20)))
    let again = try log.append(AppendBatch(records(0..<20)))
    #expect(again == .known((0..<20).map { KnownRecord(index: $0, position: Position($0)) }))
    try world.expect(log, holds: records(0..<20))
  }

  /// Large and small batches that share one commit: every event under its own id, blocks in the order of events.
  @Test func largeAndSmallBatchesShareAGroup() async throws {
    let directory = TemporaryDirectory()
    let environment = LogEnvironment.posix(at: directory.path)
    try EventLog.create(environment: environment)
    let log = try EventLog.openForAppending(environment: environment)
    let sizes = [1, 30, 2, 1, 12, 60, 3, 1, 9, 25]
    let all = try await withThrowingTaskGroup(of: [(Position, NewRecord)].self) { group in
      for (task, size) in (sizes + sizes + sizes).enumerated() {
        let batch = records((task * 100)..<(task * 100 + size))
        group.addTask {
          guard case .stored(let positions) = try await log.append(AppendBatch(batch)) else { return [] }
          return zip(positions, batch).compactMap { pair in pair.0.map { ($0, pair.1) } }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(all.count == sizes.reduce(0, +) * 3)
    #expect(log.head == Position(all.count))
    for (position, record) in all {
      guard case .record(let read) = try log.read([position])[0] else {
        Issue.record("position \(position) is damaged")
        continue
      }
      #expect(read.envelope.event == record.envelope.event)
      #expect(read.body == record.body)
    }
    #expect(try log.verify() == [])
  }

  @Test func aLargeBatchInFlightIsNoAnswerToAnother() async throws {
    let directory = TemporaryDirectory()
    let environment = LogEnvironment.posix(at: directory.path)
    try EventLog.create(environment: environment)
    let log = try EventLog.openForAppending(environment: environment)
    let reader = try EventLog.openForReading(environment: environment)
    for round in 0..<20 {
      let batch = AppendBatch((0..<600).map { LogWorld.record(round * 600 + $0) })
      let outcomes = try await withThrowingTaskGroup(of: (AppendOutcome, Bool).self) { group in
        for _ in 0..<4 {
          group.addTask {
            let outcome = try await log.append(batch)
            // Whoever has an answer finds the events durable: another process sees them.
            let beside = try EventLog.openForReading(environment: environment)
            return (outcome, beside.head >= Position((round + 1) * 600))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.allSatisfy { $0.1 })
      #expect(outcomes.count { if case .stored = $0.0 { true } else { false } } == 1)
    }
    #expect(reader.head == .start)
    #expect(log.head == Position(12_000))
  }
}
