import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// One workload, and at every one of its disk operations something goes wrong: the loops of the test plan. What must
/// hold every time is `LogModel.faults`: each acknowledged event byte for byte, dense positions, whole batches,
/// streams and ids complete.
@Suite struct FaultLoopTests {
  /// A script, and how large segments are.
  struct Workload: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var script: LogScript
    var options: LogOptions
    var upkeep = LogScript.Upkeep.none
    /// One case of so many is tried: sealing takes three times the operations, merging ten times.
    #if DEBUG
    var step: Int { upkeep == .none ? 1 : upkeep == .sealing ? 11 : 41 }
    #else
    var step: Int { upkeep == .merging ? 7 : 1 }
    #endif

    static let all = [
      Workload(testDescription: "in frames", script: LogScript(seed: 2, steps: 16), options: .small),
      Workload(
        testDescription: "sealing", script: LogScript(seed: 2, steps: 12, .sealing),
        options: .smallSealed, upkeep: .sealing),
      Workload(
        testDescription: "merging", script: LogScript(seed: 2, steps: 12, .merging),
        options: .smallSealed, upkeep: .merging),
    ]
  }

  private let issues = IssueLimit()

  private func environment(_ storage: SimulatedStorage) -> LogEnvironment { storage.environment(seed: 77) }

  /// Opens a disk and says what is wrong with it; `moment` then holds the batch in flight if it was there.
  private func faults(
    on storage: SimulatedStorage, _ workload: Workload, _ moment: inout LogMoment
  ) -> [String] {
    do throws(LogError) {
      let log = try EventLog.openForAppending(environment: environment(storage), options: workload.options)
      defer { log.close() }
      return try moment.model.faults(in: log, orAlso: moment.inFlight)
    } catch { return ["\(error.code.rawValue): \(error)"] }
  }

  @Test(arguments: Workload.all) func theWorkloadGetsTheModelsAnswers(workload: Workload) throws {
    let run = LogRun(SimulatedStorage(), options: workload.options)
    try run.play(workload.script)
    var model = run.model
    #expect(run.faults == [])
    #expect(try model.faults(in: #require(run.log)) == [])
    #expect(model.records.count > 30)
    let statistics = try #require(run.log).statistics()
    #expect(statistics.segments > 1, "the workload rolls no segment")
    #expect((statistics.sealedSegments > 0) == (workload.upkeep != .none))
  }

  @Test(arguments: Workload.all) func aCrashAtAnyOperationKeepsWhatWasAcknowledged(workload: Workload) throws
  {
    let run = LogRun(SimulatedStorage(), options: workload.options)
    run.storage.recordSnapshots()
    try run.play(workload.script)
    run.close()
    let snapshots = run.storage.snapshots
    var cases = 0
    for (operation, moment) in run.moments(snapshots.count).enumerated()
    where !issues.isReached && operation % workload.step == 0 {
      for damage in 0..<UInt64(seeds(2)) {
        let disk = snapshots[operation].crashed(seed: UInt64(operation) &* 1_000 &+ damage)
        checkRecovery(of: disk, workload, moment, "crash at operation \(operation), damage \(damage)")
        cases += 1
      }
    }
    print("FaultLoopTests, \(workload.testDescription): \(cases) crashes over \(snapshots.count) operations")
  }

  @Test(arguments: Workload.all) func aKilledProcessAtAnyOperationLosesNothing(workload: Workload) throws {
    let run = LogRun(SimulatedStorage(), options: workload.options)
    run.storage.recordSnapshots()
    try run.play(workload.script)
    let snapshots = run.storage.snapshots
    for (operation, moment) in run.moments(snapshots.count).enumerated()
    where !issues.isReached && operation % workload.step == 0 {
      checkRecovery(of: snapshots[operation], workload, moment, "killed at operation \(operation)")
    }
  }

  /// A disk must open with what the moment says; what it then shows must be durable at once; the batch in flight can
  /// be sent again; and a store that was being created can be created.
  private func checkRecovery(
    of disk: SimulatedDisk, _ workload: Workload, _ moment: LogMoment, _ context: String
  ) {
    var moment = moment
    let storage = SimulatedStorage(disk)
    if !moment.isCreated {
      do throws(LogError) {
        try EventLog.openForAppending(environment: environment(storage), options: workload.options).close()
      } catch {
        do throws(LogError) {
          try EventLog.create(environment: environment(storage), options: workload.options)
        } catch {
          issues.record("\(context): an interrupted creation can't be done again: \(error)")
          return
        }
      }
    }
    let found = faults(on: storage, workload, &moment)
    if !found.isEmpty {
      issues.record("\(context): \(found.prefix(3))")
      return
    }
    moment.inFlight = nil
    let again = faults(
      on: SimulatedStorage(storage.disk.crashed(.nothing, seed: 1)), workload, &moment)
    if !again.isEmpty { issues.record("\(context), and again after recovery: \(again.prefix(3))") }
  }

  @Test(arguments: Workload.all) func aFaultAtAnyOperationStopsTheWriterAndLosesNothing(workload: Workload) {
    var operation = 1
    while !issues.isReached,
      playWithFault(
        workload, FaultPlan.failing(at: operation), seed: UInt64(operation), "EIO at operation \(operation)")
    {
      operation += workload.step
    }
    print(
      "FaultLoopTests, \(workload.testDescription): a fault at every \(workload.step). of \(operation) operations"
    )
    #expect(operation > 100)
  }

  @Test(arguments: Workload.all) func faultsThatStayAtAnyOperationLoseNothing(workload: Workload) {
    var operation = 1
    while !issues.isReached,
      playWithFault(
        workload, .failing(from: operation), seed: UInt64(operation), "EIO from operation \(operation)")
    {
      operation += 3 * workload.step
    }
  }

  @Test(arguments: Workload.all) func aFullDiskAtAnySizeIsSaidAndLosesNothing(workload: Workload) {
    var capacity = 0
    while !issues.isReached,
      playWithFault(workload, .capacity(capacity), seed: UInt64(capacity), "a disk of \(capacity) bytes")
    {
      capacity += 1_537 * workload.step
    }
    #expect(capacity > 20_000)
  }

  /// Plays the workload with a fault; false when nothing came of it.
  private func playWithFault(
    _ workload: Workload, _ plan: FaultPlan, seed: UInt64, _ context: String
  ) -> Bool {
    let run = LogRun(SimulatedStorage(seed: seed, plan: plan), options: workload.options)
    do throws(LogError) {
      try run.play(workload.script)
      if run.faults != [] { issues.record("\(context): \(run.faults)") }
      return run.storage.plan.capacity == nil && run.storage.operations >= (plan.faults.keys.first ?? .max)
    } catch {
      if plan.capacity != nil && error.code != .diskFull {
        issues.record("\(context): \(error.code) \(error)")
      }
      run.storage.plan = FaultPlan()
      checkAfterFault(run, workload, seed: seed, context)
      return true
    }
  }

  private func checkAfterFault(_ run: LogRun, _ workload: Workload, seed: UInt64, _ context: String) {
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
    checkRecovery(of: disk, workload, moment, "\(context), opened again")
    checkRecovery(of: disk.crashed(seed: seed), workload, moment, "\(context), then a crash")
    // Opened again without a crash, then a crash: what a failed sync lost is not to be believed.
    let storage = SimulatedStorage(disk)
    guard moment.isCreated, faults(on: storage, workload, &moment).isEmpty else { return }
    moment.inFlight = nil
    checkRecovery(
      of: storage.disk.crashed(seed: seed &+ 1), workload, moment, "\(context), opened again, then a crash")
    checkAppending(
      to: SimulatedStorage(disk), workload, moment, "\(context), opened again, appended to, then a crash")
  }

  /// What a store opened again after a fault acknowledges is durable, as is all that it stands on: names too that
  /// the fault had left to the next crash.
  private func checkAppending(
    to storage: SimulatedStorage, _ workload: Workload, _ moment: LogMoment, _ context: String
  ) {
    var moment = moment
    do throws(LogError) {
      let log = try EventLog.openForAppending(environment: environment(storage), options: workload.options)
      // As after kill -9: nothing is closed.
      for batch in LogScript(seed: 3, steps: 3).batches {
        let outcome: AppendOutcome = try log.append(batch)
        if case .stored = outcome { moment.model.apply(batch) }
      }
    } catch { issues.record("\(context): \(error)") }
    for survival in [Survival.nothing, .scattered] {
      checkRecovery(of: storage.disk.crashed(survival, seed: 1), workload, moment, "\(context) (\(survival))")
    }
  }

  @Test(arguments: Workload.all) func aSecondFaultDuringRecoveryLosesNothing(workload: Workload) throws {
    let run = LogRun(SimulatedStorage(), options: workload.options)
    run.storage.recordSnapshots()
    try run.play(workload.script)
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
          let isDone = faults(on: storage, workload, &moment).isEmpty && storage.operations < second
          storage.crash(seed: UInt64(second))
          checkRecovery(
            of: storage.disk, workload, moments[operation],
            "crash at operation \(operation), second fault at \(second)"
          )
          cases += 1
          if isDone { break }
          second += workload.step
        }
      }
    }
    print("FaultLoopTests, \(workload.testDescription): \(cases) second faults during recovery")
  }
}
