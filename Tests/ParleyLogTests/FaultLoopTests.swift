import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// One workload, and at every one of its disk operations something goes wrong: the loops of the test plan. What must
/// hold every time is `LogModel.faults`: each acknowledged event byte for byte, dense positions, whole batches,
/// streams and ids complete.
@Suite struct FaultLoopTests {
  private static let script = LogScript(seed: 2, steps: 16)
  private let issues = IssueLimit()

  private func environment(_ storage: SimulatedStorage) -> LogEnvironment { storage.environment(seed: 77) }

  /// Opens a disk and says what is wrong with it; `moment` then holds the batch in flight if it was there.
  private func faults(on storage: SimulatedStorage, _ moment: inout LogMoment) -> [String] {
    do throws(LogError) {
      let log = try EventLog.openForAppending(environment: environment(storage), options: .small)
      defer { log.close() }
      return try moment.model.faults(in: log, orAlso: moment.inFlight)
    } catch { return ["\(error.code.rawValue): \(error)"] }
  }

  @Test func theWorkloadGetsTheModelsAnswers() throws {
    let run = LogRun(SimulatedStorage())
    try run.play(Self.script)
    var model = run.model
    #expect(run.faults == [])
    #expect(try model.faults(in: #require(run.log)) == [])
    #expect(model.records.count > 30)
    #expect(
      run.storage.disk.paths.filter { $0.hasPrefix("active/") }.count > 2, "the workload rolls no segment")
  }

  @Test func aCrashAtAnyOperationKeepsWhatWasAcknowledged() throws {
    let run = LogRun(SimulatedStorage())
    run.storage.recordSnapshots()
    try run.play(Self.script)
    run.close()
    let snapshots = run.storage.snapshots
    var cases = 0
    for (operation, moment) in run.moments(snapshots.count).enumerated() where !issues.isReached {
      for damage in 0..<UInt64(seeds(2)) {
        let disk = snapshots[operation].crashed(seed: UInt64(operation) &* 1_000 &+ damage)
        checkRecovery(of: disk, moment, "crash at operation \(operation), damage \(damage)")
        cases += 1
      }
    }
    print("FaultLoopTests: \(cases) crashes over \(snapshots.count) operations")
  }

  @Test func aKilledProcessAtAnyOperationLosesNothing() throws {
    let run = LogRun(SimulatedStorage())
    run.storage.recordSnapshots()
    try run.play(Self.script)
    let snapshots = run.storage.snapshots
    for (operation, moment) in run.moments(snapshots.count).enumerated() where !issues.isReached {
      checkRecovery(of: snapshots[operation], moment, "killed at operation \(operation)")
    }
  }

  /// A disk must open with what the moment says; what it then shows must be durable at once; the batch in flight can
  /// be sent again; and a store that was being created can be created.
  private func checkRecovery(of disk: SimulatedDisk, _ moment: LogMoment, _ context: String) {
    var moment = moment
    let storage = SimulatedStorage(disk)
    if !moment.isCreated {
      do throws(LogError) {
        try EventLog.openForAppending(environment: environment(storage), options: .small).close()
      } catch {
        do throws(LogError) { try EventLog.create(environment: environment(storage), options: .small) } catch
        {
          issues.record("\(context): an interrupted creation can't be done again: \(error)")
          return
        }
      }
    }
    let found = faults(on: storage, &moment)
    if !found.isEmpty {
      issues.record("\(context): \(found.prefix(3))")
      return
    }
    moment.inFlight = nil
    let again = faults(on: SimulatedStorage(storage.disk.crashed(.nothing, seed: 1)), &moment)
    if !again.isEmpty { issues.record("\(context), and again after recovery: \(again.prefix(3))") }
  }

  @Test func aFaultAtAnyOperationStopsTheWriterAndLosesNothing() {
    var operation = 1
    while !issues.isReached,
      playWithFault(
        FaultPlan.failing(at: operation), seed: UInt64(operation), "EIO at operation \(operation)")
    {
      operation += 1
    }
    print("FaultLoopTests: a fault at each of \(operation) operations")
    #expect(operation > 100)
  }

  @Test func faultsThatStayAtAnyOperationLoseNothing() {
    var operation = 1
    while !issues.isReached,
      playWithFault(.failing(from: operation), seed: UInt64(operation), "EIO from operation \(operation)")
    {
      operation += 3
    }
  }

  @Test func aFullDiskAtAnySizeIsSaidAndLosesNothing() {
    var capacity = 0
    while !issues.isReached,
      playWithFault(.capacity(capacity), seed: UInt64(capacity), "a disk of \(capacity) bytes")
    {
      capacity += 1_537
    }
    #expect(capacity > 20_000)
  }

  /// Plays the workload with a fault; false when nothing came of it.
  private func playWithFault(_ plan: FaultPlan, seed: UInt64, _ context: String) -> Bool {
    let run = LogRun(SimulatedStorage(seed: seed, plan: plan))
    do throws(LogError) {
      try run.play(Self.script)
      if run.faults != [] { issues.record("\(context): \(run.faults)") }
      return run.storage.plan.capacity == nil && run.storage.operations >= (plan.faults.keys.first ?? .max)
    } catch {
      if plan.capacity != nil && error.code != .diskFull {
        issues.record("\(context): \(error.code) \(error)")
      }
      run.storage.plan = FaultPlan()
      checkAfterFault(run, seed: seed, context)
      return true
    }
  }

  private func checkAfterFault(_ run: LogRun, seed: UInt64, _ context: String) {
    var moment = LogMoment(model: run.model, inFlight: run.inFlight, isCreated: run.created != nil)
    if let log = run.log {
      // Reads go on. What they show of the failed batch is durable: it must be there from now on.
      let acknowledged = moment.model.head
      do throws(LogError) {
        let found = try moment.model.faults(in: log, orAlso: moment.inFlight)
        if !found.isEmpty { issues.record("\(context), reading on: \(found.prefix(3))") }
      } catch { issues.record("\(context), reading on: \(error)") }
      if moment.model.head != acknowledged { moment.inFlight = nil }
    }
    run.close()
    let disk = run.storage.disk
    checkRecovery(of: disk, moment, "\(context), opened again")
    checkRecovery(of: disk.crashed(seed: seed), moment, "\(context), then a crash")
    // Opened again without a crash, then a crash: what a failed sync lost is not to be believed.
    let storage = SimulatedStorage(disk)
    guard moment.isCreated, faults(on: storage, &moment).isEmpty else { return }
    moment.inFlight = nil
    checkRecovery(of: storage.disk.crashed(seed: seed &+ 1), moment, "\(context), opened again, then a crash")
    checkAppending(to: SimulatedStorage(disk), moment, "\(context), opened again, appended to, then a crash")
  }

  /// What a store opened again after a fault acknowledges is durable, as is all that it stands on: names too that
  /// the fault had left to the next crash.
  private func checkAppending(to storage: SimulatedStorage, _ moment: LogMoment, _ context: String) {
    var moment = moment
    do throws(LogError) {
      let log = try EventLog.openForAppending(environment: environment(storage), options: .small)
      // As after kill -9: nothing is closed.
      for batch in LogScript(seed: 3, steps: 3).batches {
        let outcome: AppendOutcome = try log.append(batch)
        if case .stored = outcome { moment.model.apply(batch) }
      }
    } catch { issues.record("\(context): \(error)") }
    for survival in [Survival.nothing, .scattered] {
      checkRecovery(of: storage.disk.crashed(survival, seed: 1), moment, "\(context) (\(survival))")
    }
  }

  @Test func aSecondFaultDuringRecoveryLosesNothing() throws {
    let run = LogRun(SimulatedStorage())
    run.storage.recordSnapshots()
    try run.play(Self.script)
    let snapshots = run.storage.snapshots
    let moments = run.moments(snapshots.count)
    var cases = 0
    for operation in stride(from: run.created! + 1, to: snapshots.count, by: 47) where !issues.isReached {
      let disk = snapshots[operation].crashed(seed: UInt64(operation))
      for plan in [FaultPlan.powerLoss, { FaultPlan.failing(at: $0) }] {
        var second = 1
        while !issues.isReached {
          let storage = SimulatedStorage(disk, seed: UInt64(second), plan: plan(second))
          var moment = moments[operation]
          let isDone = faults(on: storage, &moment).isEmpty && storage.operations < second
          storage.crash(seed: UInt64(second))
          checkRecovery(
            of: storage.disk, moments[operation], "crash at operation \(operation), second fault at \(second)"
          )
          cases += 1
          if isDone { break }
          second += 1
        }
      }
    }
    print("FaultLoopTests: \(cases) second faults during recovery")
  }
}
