import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// Random scripts against a dictionary, with readers, crashes and faults in between.
@Suite struct ModelTests {
  @Test func logsHoldWhatTheirModelsHold() {
    let count = seeds(modelsOfEveryRun)
    let issues = IssueLimit()
    for seed in firstSeed..<firstSeed + UInt64(count) where !issues.isReached {
      let found = LogFuzz(seed: seed).faults()
      if !found.isEmpty { issues.record("PARLEY_FIRST_SEED=\(seed): \(found.prefix(3))") }
    }
    print("ModelTests: \(count) seeds from \(firstSeed)")
  }

  @Test(arguments: [LogScript.Upkeep.sealing, .merging])
  func logsThatSealHoldWhatTheirModelsHold(upkeep: LogScript.Upkeep) {
    let count = seeds(modelsOfEveryRun)
    let issues = IssueLimit()
    for seed in firstSeed..<firstSeed + UInt64(count) where !issues.isReached {
      let found = LogFuzz(seed: seed, upkeep).faults()
      if !found.isEmpty { issues.record("PARLEY_FIRST_SEED=\(seed), \(upkeep): \(found.prefix(3))") }
    }
    print("ModelTests, \(upkeep): \(count) seeds from \(firstSeed)")
  }

  /// Seeds that found something, each kept: what an interrupted sealing had left was removed again after a new sealed
  /// segment had taken its name.
  @Test(arguments: [1, 10, 27, 59]) func sealingSeedsThatFoundAFaultFindNone(seed: UInt64) {
    #expect(LogFuzz(seed: seed, .sealing).faults() == [])
  }

  /// Seeds that found something, each kept: a segment whose header or name a fault had left un-synced was taken
  /// over as it was, and gone with the next crash.
  @Test(arguments: [20_358, 20_905, 21_233, 21_417, 21_582, 22_391, 22_916])
  func seedsThatFoundAFaultFindNone(seed: UInt64) {
    #expect(LogFuzz(seed: seed).faults() == [])
  }
}

/// One random life of a store: what it is told, and what goes wrong.
private struct LogFuzz {
  private let seed: UInt64
  private let script: LogScript
  private var random: SplitMix64
  private let run: LogRun
  private var reader: EventLog?
  /// Operations within which something goes wrong: sealing takes more of them.
  private let soon: Int

  init(seed: UInt64, _ upkeep: LogScript.Upkeep = .none) {
    self.seed = seed
    soon = upkeep == .none ? 12 : 60
    random = SplitMix64(seed: seed)
    script = LogScript(seed: random.next(), steps: 10 + random.below(30), upkeep)
    var options = upkeep == .none ? LogOptions.small : .smallSealed
    options.segmentBytesMax = [8, 12, 16, 40].randomElement(using: &random)! << 10
    run = LogRun(SimulatedStorage(seed: random.next()), options: options)
  }

  /// Lives it to the end and says what was wrong.
  func faults() -> [String] {
    var life = self
    do throws(LogError) { return try life.live() } catch { return ["\(error.code.rawValue): \(error)"] }
  }

  private mutating func live() throws(LogError) -> [String] {
    try run.create()
    try run.open()
    for (index, step) in script.steps.enumerated() {
      let found = try live(step)
      if !found.isEmpty { return found.map { "step \(index): \($0)" } }
    }
    run.close()
    try run.open()
    return try check()
  }

  private mutating func live(_ step: LogScript.Step) throws(LogError) -> [String] {
    switch random.below(12) {
    case 0: return try crash(with: step)
    case 1: return try fault(in: step)
    case 2: return try play(step) + read()
    default: return try play(step)
    }
  }

  private func play(_ step: LogScript.Step) throws(LogError) -> [String] {
    try run.play(step)
    return run.faults
  }

  /// The power fails during the step, or after it.
  private mutating func crash(with step: LogScript.Step) throws(LogError) -> [String] {
    run.storage.plan = .powerLoss(at: run.storage.operations + 1 + random.below(soon))
    return try recover(from: step, seed: random.next())
  }

  /// The disk refuses something during the step; then the store is opened again, with a crash before it or not.
  private mutating func fault(in step: LogScript.Step) throws(LogError) -> [String] {
    let error: SystemError = random.oneIn(3) ? .noSpace : .inputOutput
    let operation = run.storage.operations + 1 + random.below(soon)
    run.storage.plan =
      random.oneIn(3) ? .failing(from: operation, with: error) : .failing(at: operation, with: error)
    return try recover(from: step, seed: random.oneIn(2) ? random.next() : nil)
  }

  private mutating func recover(from step: LogScript.Step, seed: UInt64?) throws(LogError) -> [String] {
    do throws(LogError) { try run.play(step) } catch {
      // Whatever it says: the outcome is known after opening again.
    }
    run.close()
    reader = nil
    run.storage.plan = FaultPlan()
    if let seed { run.storage.crash(seed: seed) }
    try run.open()
    return try check()
  }

  private mutating func read() throws(LogError) -> [String] {
    let log: EventLog
    if let reader {
      try reader.refresh()
      log = reader
    } else {
      log = try EventLog.openForReading(environment: run.environment())
    }
    reader = log
    var model = run.model
    return try model.faults(in: log).map { "reader: \($0)" }
  }

  private func check() throws(LogError) -> [String] {
    try run.settle()
    return run.faults
  }
}
