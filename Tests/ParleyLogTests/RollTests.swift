import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// What fails between a frame that is durable and the segment that the next one needs.
@Suite struct RollTests {
  private static let next = "active/00000000000000000010.seg"

  /// A log whose segment is full behind ten events, before the tenth is appended.
  private func worldBeforeRolling() throws -> (LogWorld, EventLog, [NewRecord]) {
    let world = try LogWorld(segmentEventsMax: 10)
    let log = try world.open()
    let records = (0..<9).map { LogWorld.record($0, stream: $0 % 3) }
    for record in records { _ = try log.append(AppendBatch([record])) }
    return (world, log, records)
  }

  @Test func aFullDiskRefusesTheNextFrameAndTheWriterGoesOnOnceThereIsRoom() throws {
    var (world, log, records) = try worldBeforeRolling()
    // Room for the frame, none for a segment of 8 KiB behind it.
    world.storage.plan = .capacity(world.storage.disk.usedBytes + 4_000)
    records.append(LogWorld.record(9, stream: 4))
    #expect(try log.append(AppendBatch([records[9]])) == .stored([Position(9)]))
    for _ in 0..<3 {
      #expect(throws: LogError(.diskFull, "")) { try log.append(AppendBatch([LogWorld.record(10)])) }
      #expect(throws: LogError(.diskFull, "")) { try log.seal() }
      #expect(log.failure == nil)
      #expect(world.storage.disk.bytes(of: Self.next) == nil)
    }
    try world.expect(log, holds: records)
    // What is known already is answered by a full disk too.
    #expect(
      try log.append(AppendBatch([records[3]])) == .known([KnownRecord(index: 0, position: Position(3))]))

    world.storage.plan = FaultPlan()
    records.append(LogWorld.record(10))
    #expect(try log.append(AppendBatch([records[10]])) == .stored([Position(10)]))
    #expect(try log.statistics().segments == 2)
    try world.expect(log, holds: records)
    log.close()
    try world.expect(try world.open(), holds: records)
  }

  @Test func whatADiskRefusedIsNotThereAfterACrash() throws {
    var (world, log, records) = try worldBeforeRolling()
    world.storage.plan = .capacity(world.storage.disk.usedBytes + 4_000)
    records.append(LogWorld.record(9))
    _ = try log.append(AppendBatch([records[9]]))
    #expect(throws: LogError(.diskFull, "")) { try log.append(AppendBatch([LogWorld.record(10)])) }
    for seed in 0..<20 {
      let storage = SimulatedStorage(world.storage.disk.crashed(seed: UInt64(seed)))
      let opened = try EventLog.openForAppending(environment: storage.environment(), options: world.options)
      try world.expect(opened, holds: records)
    }
  }

  /// Whatever operation behind the tenth event's sync fails, its answer stands, before and after a crash.
  @Test func noFailureBehindADurableFrameUnsaysItsAnswer() throws {
    let (clean, log, _) = try worldBeforeRolling()
    clean.storage.recordTrace()
    _ = try log.append(AppendBatch([LogWorld.record(9)]))
    let trace = clean.storage.trace
    let first = try #require(trace.firstIndex { $0.contains(" sync active/") }) + 1
    #expect(trace.count > first + 6, "the append rolls nothing")
    for fault in first..<trace.count {
      for error in [SystemError.inputOutput, .noSpace] {
        var (world, log, records) = try worldBeforeRolling()
        records.append(LogWorld.record(9))
        world.storage.plan = .failing(at: world.storage.operations + fault + 1, with: error)
        #expect(try log.append(AppendBatch([records[9]])) == .stored([Position(9)]), "\(trace[fault])")
        try world.expect(log, holds: records)
        world.storage.plan = FaultPlan()
        let next = LogWorld.record(10)
        if log.failure == nil {
          #expect(try log.append(AppendBatch([next])) == .stored([Position(10)]), "\(trace[fault])")
          records.append(next)
        } else {
          #expect(throws: LogError(.writerStopped, "")) { try log.append(AppendBatch([next])) }
        }
        let storage = SimulatedStorage(world.storage.disk.crashed(seed: UInt64(fault)))
        let opened = try EventLog.openForAppending(
          environment: storage.environment(), options: world.options)
        try world.expect(opened, holds: records)
      }
    }
  }

  @Test func aSegmentWithoutEventsIsNeverRolled() throws {
    let world = try LogWorld(segmentBytesMax: 1)
    let log = try world.open()
    #expect(try log.append(AppendBatch([LogWorld.record(0)])) == .stored([Position(0)]))
    #expect(try log.statistics().segments == 2)
    try log.seal()
    #expect(try log.statistics().segments == 2)
    try world.expect(log, holds: [LogWorld.record(0)])
  }
}
