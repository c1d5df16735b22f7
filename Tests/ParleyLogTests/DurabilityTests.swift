import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What an answer promises where it comes before the sync.
@Suite struct DurabilityTests {
  /// As a small log that syncs every few kilobytes.
  private static var delayed: LogOptions {
    var options = LogOptions.small
    options.durability = .delayed
    options.unsyncedBytesMax = 6 << 10
    return options
  }

  private let issues = IssueLimit()

  private func syncs(_ storage: SimulatedStorage) -> Int {
    storage.trace.count { $0.contains(" sync active/") }
  }

  /// A new store, and its log; its clock stands still.
  private func world(_ options: LogOptions) throws -> (SimulatedStorage, SimulatedClock, EventLog) {
    let storage = SimulatedStorage()
    let clock = SimulatedClock()
    let environment = storage.environment(clock: clock)
    try EventLog.create(environment: environment, options: options)
    let log = try EventLog.openForAppending(environment: environment, options: options)
    storage.recordTrace()
    return (storage, clock, log)
  }

  // MARK: - When it syncs

  @Test func aSynchronousWriterSyncsBeforeEveryAnswer() throws {
    var options = LogOptions.small
    options.zeroedBytesMax = 0
    let (storage, _, log) = try world(options)
    for number in 0..<5 {
      _ = try log.append(AppendBatch([LogWorld.record(number)]))
      #expect(syncs(storage) == number + 1)
    }
    #expect(try log.statistics().durability == .sync)
  }

  @Test func aDelayedWriterSyncsOnceTheTimeIsOver() throws {
    let (storage, clock, log) = try world(Self.delayed)
    for number in 0..<5 { _ = try log.append(AppendBatch([LogWorld.record(number)])) }
    #expect(syncs(storage) == 0)
    clock.move(by: 150_000)
    _ = try log.append(AppendBatch([LogWorld.record(5)]))
    #expect(syncs(storage) == 1)
    _ = try log.append(AppendBatch([LogWorld.record(6)]))
    #expect(syncs(storage) == 1)
    #expect(try log.statistics().durability == .delayed)
  }

  @Test func aDelayedWriterSyncsOnceEnoughHasComeTogether() throws {
    let (storage, _, log) = try world(Self.delayed)
    let size = storage.disk.usedBytes
    var number = 0
    while syncs(storage) == 0, number < 1_000 {
      _ = try log.append(AppendBatch([LogWorld.record(number)]))
      number += 1
    }
    let written = storage.disk.usedBytes - size
    #expect((6 << 10..<8 << 10).contains(written), "\(written) bytes before the first sync")
  }

  @Test(arguments: [true, false]) func closingAndSyncingMakeEverythingDurable(closes: Bool) throws {
    let (storage, _, log) = try world(Self.delayed)
    let records = (0..<5).map { LogWorld.record($0) }
    for record in records { _ = try log.append(AppendBatch([record])) }
    if closes { log.close() } else { try log.sync() }
    #expect(syncs(storage) == 1)
    for seed in 0..<10 {
      let crashed = SimulatedStorage(storage.disk.crashed(seed: UInt64(seed)))
      let opened = try EventLog.openForAppending(environment: crashed.environment(), options: Self.delayed)
      #expect(opened.head == Position(5))
    }
    if !closes {
      try log.sync()
      #expect(syncs(storage) == 1, "there was nothing to sync")
    }
  }

  @Test func aReaderBesideSeesWhatIsDurableAndWhichPromiseWasMade() throws {
    let (storage, _, log) = try world(Self.delayed)
    _ = try log.append(AppendBatch([LogWorld.record(0)]))
    let reader = try EventLog.openForReading(environment: storage.environment())
    #expect(reader.head == Position(0) && log.head == Position(1))
    #expect(try reader.statistics().durability == .delayed)
    try log.sync()
    try reader.refresh()
    #expect(reader.head == Position(1))
    log.close()
    // The last writer's promise is what a store says.
    try EventLog.openForAppending(environment: storage.environment(), options: .small).close()
    #expect(try EventLog.openForReading(environment: storage.environment()).statistics().durability == .sync)
  }

  @Test func inTheBackgroundItIsSyncedWithoutAnotherAppend() throws {
    let directory = TemporaryDirectory()
    let environment = LogEnvironment.posix(at: directory.path)
    let options = LogOptions(durability: .delayed)
    try EventLog.create(environment: environment, options: options)
    let log = try EventLog.openForAppending(environment: environment, options: options)
    let reader = try EventLog.openForReading(environment: environment)
    for number in 0..<3 {
      _ = try log.append(AppendBatch([LogWorld.record(number)]))
      // A hundred times as long as it takes: whoever waits in vain is stopped by the count.
      for _ in 0..<1_000 where reader.head < log.head {
        usleep(10_000)
        try reader.refresh()
      }
      #expect(reader.head == Position(number + 1))
    }
    log.close()
  }

  // MARK: - What is lost

  @Test func aKilledWriterLosesNothingOfWhatItAcknowledged() throws {
    for seed in firstSeed..<(firstSeed + UInt64(seeds(6))) {
      let run = LogRun(SimulatedStorage(seed: seed), options: Self.delayed)
      run.storage.recordSnapshots()
      try run.play(LogScript(seed: seed, steps: 25))
      #expect(run.faults == [])
      let snapshots = run.storage.snapshots
      for (operation, moment) in run.moments(snapshots.count).enumerated()
      where moment.isCreated && operation % 3 == 0 && !issues.isReached {
        var moment = moment
        let storage = SimulatedStorage(snapshots[operation])
        let log = try EventLog.openForAppending(
          environment: storage.environment(seed: 99), options: Self.delayed)
        let faults = try moment.model.faults(in: log, orAlso: moment.inFlight)
        if faults != [] { issues.record("seed \(seed), killed at operation \(operation): \(faults)") }
      }
    }
  }

  /// Whole batches from the first on, as many as the mark says at least, and no damage.
  @Test func aPowerLossTakesTheLastBatchesOnly() throws {
    var cases = 0
    var shortened = 0
    for seed in firstSeed..<(firstSeed + UInt64(seeds(6))) {
      let run = LogRun(SimulatedStorage(seed: seed), options: Self.delayed)
      run.storage.recordSnapshots()
      try run.play(LogScript(seed: seed, steps: 25))
      let snapshots = run.storage.snapshots
      let moments = run.moments(snapshots.count)
      for operation in snapshots.indices where moments[operation].isCreated && operation % 3 == 0 {
        let disk = snapshots[operation].crashed(seed: seed &* 1_000 &+ UInt64(operation))
        let storage = SimulatedStorage(disk)
        let log = try EventLog.openForAppending(
          environment: storage.environment(seed: 99), options: Self.delayed)
        let context = "seed \(seed), power lost at operation \(operation)"
        if log.damages != [] { issues.record("\(context): \(log.damages)") }
        if log.head < markedHead(snapshots[operation]) {
          issues.record("\(context): \(log.head) is below the mark")
        }
        var model = try #require(batchesGiving(log.head, run.marks.map(\.batch)), "\(context): \(log.head)")
        let faults = try model.faults(in: log)
        if faults != [] { issues.record("\(context): \(faults)") }
        cases += 1
        if model.head < moments[operation].model.head { shortened += 1 }
        if issues.isReached { return }
      }
    }
    print("DurabilityTests: \(cases) power losses, \(shortened) of which took batches that were acknowledged")
    // Not by chance, and not only where nothing was in flight.
    #expect(shortened > 10)
  }

  /// The model of the first batches that come to so many events.
  private func batchesGiving(_ head: Position, _ batches: [AppendBatch]) -> LogModel? {
    var model = LogModel()
    for batch in batches {
      if model.head == head { return model }
      model.apply(batch)
    }
    return model.head == head ? model : nil
  }

  /// The head that the newer slot of the watermark states.
  private func markedHead(_ disk: SimulatedDisk) -> Position {
    guard let bytes = disk.bytes(of: "watermark"), bytes.count >= 108 else { return .start }
    func integer(_ offset: Int) -> UInt64 {
      guard offset + 8 <= bytes.count else { return 0 }
      return bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    return Position(rawValue: integer(8) > integer(4_104) ? integer(48) : integer(4_144))
  }

  @Test func damageInARolledSegmentCostsItsFrameThoughNoneProvedAnother() throws {
    var options = Self.delayed
    options.unsyncedBytesMax = 1 << 20
    let (storage, _, log) = try world(options)
    let records = (0..<30).map { LogWorld.record($0) }
    for record in records { _ = try log.append(AppendBatch([record])) }
    log.close()
    let path = "active/00000000000000000000.seg"
    // The second frame's header; nothing of the third to the last says that it was durable before them.
    let bytes = try #require(storage.disk.bytes(of: path))
    let frames = stride(from: 8_192, to: bytes.count - 4, by: 64).filter {
      Array(bytes[$0..<($0 + 4)]) == Array("PFRM".utf8)
    }
    #expect(frames.count == 30)
    storage.disk.flip(path, offset: frames[1] + 20, bit: 2)
    let opened = try EventLog.openForAppending(environment: storage.environment(seed: 5), options: options)
    #expect(opened.head == Position(30))
    for (position, result) in try opened.read((0..<30).map { Position($0) }).enumerated() {
      switch result {
      case .record(let record): #expect(record.body == records[position].body)
      case .damaged: #expect(position == 1)
      }
    }
  }

  // MARK: - What fails

  @Test func aDelayedSyncThatFailsStopsTheWriterAndIsNotTriedAgain() throws {
    let (storage, clock, log) = try world(Self.delayed)
    _ = try log.append(AppendBatch([LogWorld.record(0)]))
    clock.move(by: 150_000)
    // The write of the frame goes well, its sync does not.
    storage.plan = .failing(at: storage.operations + 2)
    #expect(try log.append(AppendBatch([LogWorld.record(1)])) == .stored([Position(1)]))
    #expect(log.failure != nil && syncs(storage) == 1)
    #expect(throws: LogError(.writerStopped, "")) { try log.append(AppendBatch([LogWorld.record(2)])) }
    #expect(throws: LogError(.writerStopped, "")) { try log.sync() }
    log.close()
    #expect(syncs(storage) == 1)
    // The mark was not moved over what may be lost.
    #expect(markedHead(storage.disk) == Position(0))
  }

  @Test func aSyncThatFailsIsHeardOf() throws {
    let (storage, _, log) = try world(Self.delayed)
    _ = try log.append(AppendBatch([LogWorld.record(0)]))
    storage.plan = .failing(at: storage.operations + 1)
    #expect(throws: LogError(.disk, "")) { try log.sync() }
    #expect(throws: LogError(.writerStopped, "")) { try log.append(AppendBatch([LogWorld.record(1)])) }
  }

  @Test func aWholeDiskThatFailsAtAnyOperationLosesNoMoreThanAPowerLoss() throws {
    let script = LogScript(seed: 3, steps: 20)
    for operation in stride(from: 30, to: 400, by: 3) {
      let run = LogRun(SimulatedStorage(seed: 1, plan: .failing(at: operation)), options: Self.delayed)
      do throws(LogError) { try run.play(script) } catch {}
      guard run.created != nil else { continue }
      var batches = run.marks.map(\.batch)
      if let inFlight = run.inFlight { batches.append(inFlight) }
      let marked = markedHead(run.storage.disk)
      run.storage.crash(seed: UInt64(operation))
      let log = try EventLog.openForAppending(
        environment: run.storage.environment(seed: 98), options: Self.delayed)
      #expect(log.head >= marked, "operation \(operation)")
      var model = try #require(batchesGiving(log.head, batches), "operation \(operation): \(log.head)")
      #expect(try model.faults(in: log) == [], "operation \(operation)")
    }
  }
}
