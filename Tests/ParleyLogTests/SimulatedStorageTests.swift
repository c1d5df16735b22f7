import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// The simulated disk is what the engine's promises are tested on, so it has claims of its own.
@Suite struct SimulatedStorageTests {
  private let seeds = UInt64(0)..<60

  private func synced(_ bytes: [UInt8], _ storage: SimulatedStorage) throws -> any StorageFile {
    let file = try storage.open("a", .create)
    try file.write(bytes, at: 0)
    try file.sync()
    try storage.syncDirectory("")
    return file
  }

  @Test func whatWasSyncedOutlivesEveryCrash() throws {
    let storage = SimulatedStorage()
    _ = try synced([1, 2, 3], storage)
    for seed in seeds { #expect(storage.disk.crashed(seed: seed).bytes(of: "a") == [1, 2, 3]) }
  }

  @Test func aNameThatWasNotSyncedVanishesOrPersists() throws {
    let storage = SimulatedStorage()
    let file = try storage.open("a", .create)
    try file.write([1], at: 0)
    try file.sync()
    let after = seeds.map { storage.disk.crashed(seed: $0).bytes(of: "a") }
    #expect(after.contains(nil) && after.contains([1]))
  }

  @Test func aRemovedNameThatWasNotSyncedMayComeBack() throws {
    let storage = SimulatedStorage()
    _ = try synced([1], storage)
    try storage.remove("a")
    let after = seeds.map { storage.disk.crashed(seed: $0).paths }
    #expect(after.contains([]) && after.contains(["a"]))
    try storage.syncDirectory("")
    for seed in seeds { #expect(storage.disk.crashed(seed: seed).paths == []) }
  }

  @Test func aRenameInADirectoryIsWholeOrAbsent() throws {
    let storage = SimulatedStorage()
    _ = try synced([1], storage)
    try storage.rename("a", to: "b")
    let after = Set(seeds.map { storage.disk.crashed(seed: $0).paths })
    #expect(after == [["a"], ["b"]])
  }

  @Test func aRenameAcrossDirectoriesNeverLosesTheFile() throws {
    let storage = SimulatedStorage()
    _ = try synced([1], storage)
    try storage.createDirectory("d")
    try storage.syncDirectory("")
    try storage.rename("a", to: "d/b")
    try storage.syncDirectory("d")
    let after = Set(seeds.map { storage.disk.crashed(seed: $0).paths })
    #expect(after == [["a", "d/b"], ["d/b"]])
    try storage.syncDirectory("")
    for seed in seeds { #expect(storage.disk.crashed(seed: seed).paths == ["d/b"]) }
  }

  @Test func aDirectoryThatWasNotSyncedTakesItsFilesAlong() throws {
    let storage = SimulatedStorage()
    try storage.createDirectory("d")
    try storage.open("d/a", .create).sync()
    try storage.syncDirectory("d")
    let after = Set(seeds.map { storage.disk.crashed(seed: $0).paths })
    #expect(after == [[], ["d/a"]])
  }

  @Test func anUnsyncedWriteIsKeptLostOrTornAtASector() throws {
    let storage = SimulatedStorage()
    let file = try synced([UInt8](repeating: 1, count: 4_096), storage)
    try file.write([UInt8](repeating: 2, count: 4_096), at: 0)
    var kinds: Set<String> = []
    for seed in UInt64(0)..<300 {
      let bytes = try #require(storage.disk.crashed(seed: seed).bytes(of: "a"))
      #expect(bytes.count == 4_096)
      let changed = bytes.filter { $0 == 2 }.count
      if changed == 0 || changed == 4_096 {
        kinds.insert(changed == 0 ? "lost" : "kept")
      } else {
        let end = bytes.lastIndex(of: 2)! + 1
        kinds.insert(end == changed ? "torn" : "scattered")
      }
    }
    #expect(kinds == ["lost", "kept", "torn", "scattered"])
  }

  @Test func laterWritesMayOutliveEarlierOnes() throws {
    let storage = SimulatedStorage()
    let file = try synced([UInt8](repeating: 0, count: 2_048), storage)
    try file.write([UInt8](repeating: 1, count: 512), at: 0)
    try file.write([UInt8](repeating: 2, count: 512), at: 1_024)
    let after = seeds.compactMap { storage.disk.crashed(seed: $0).bytes(of: "a") }
    #expect(after.contains { $0[0] == 0 && $0[1_024] == 2 })
    #expect(after.contains { $0[0] == 1 && $0[1_024] == 0 })
  }

  @Test func aCrashMayLeaveATailOfZeros() throws {
    let storage = SimulatedStorage()
    let file = try synced([1], storage)
    try file.write([UInt8](repeating: 2, count: 5_000), at: 1)
    let after = UInt64(0)..<300
    #expect(after.contains { storage.disk.crashed(seed: $0).bytes(of: "a")?.last == 0 })
  }

  @Test func aFailedSyncLosesWhatReadsStillShow() throws {
    let storage = SimulatedStorage(seed: 3)
    let file = try synced([1], storage)
    var lost = 0
    for round in 0..<20 {
      let byte = UInt8(round + 2)
      try file.write([byte], at: 0)
      storage.plan = .failing(at: storage.operations + 1)
      #expect(throws: StorageError.self) { try file.sync() }
      #expect(try file.read(1, at: 0) == [byte])
      // A second sync succeeds and proves nothing.
      try file.sync()
      #expect(try file.read(1, at: 0) == [byte])
      if storage.disk.crashed(.everything, seed: 1).bytes(of: "a") != [byte] { lost += 1 }
    }
    #expect((1..<20).contains(lost))
  }

  @Test func filesAndLocksOfBeforeACrashAreDead() throws {
    let storage = SimulatedStorage()
    let file = try synced([1], storage)
    let lock = try storage.lock("LOCK")
    storage.crash(seed: 1)
    #expect(refusal { _ = try file.read(1, at: 0) } == .inputOutput)
    let newLock = try storage.lock("LOCK")
    lock.release()
    #expect(refusal { _ = try storage.lock("LOCK") } == SystemError(code: 0))
    newLock.release()
  }

  @Test func powerLossRefusesEverythingUntilTheCrash() throws {
    let storage = SimulatedStorage(plan: .powerLoss(at: 2))
    let file = try storage.open("a", .create)
    #expect(refusal { try file.sync() } == .inputOutput)
    #expect(refusal { _ = try storage.list("") } == .inputOutput)
    storage.crash(seed: 0)
    _ = try storage.list("")
  }

  @Test func faultsComeOnceOrForEver() throws {
    let storage = SimulatedStorage(plan: .failing(at: 2, with: .noSpace))
    _ = try storage.list("")
    #expect(refusal { _ = try storage.list("") } == .noSpace)
    _ = try storage.list("")
    storage.plan = .failing(from: 5)
    _ = try storage.list("")
    for _ in 0..<3 { #expect(refusal { _ = try storage.list("") } == .inputOutput) }
  }

  @Test func aFullDiskTakesWhatFits() throws {
    let storage = SimulatedStorage(plan: .capacity(10))
    let file = try storage.open("a", .create)
    try file.write([1, 2, 3, 4], at: 0)
    try file.write([9, 9, 9, 9], at: 0)
    #expect(refusal { try file.write([UInt8](repeating: 5, count: 8), at: 4) } == .noSpace)
    #expect(try file.read(20, at: 0) == [9, 9, 9, 9, 5, 5, 5, 5, 5, 5])
    #expect(refusal { try storage.open("b", .create).write([1], at: 0) } == .noSpace)
    try storage.remove("a")
    try storage.open("b", .readWrite).write([1], at: 0)
  }

  @Test func writesGoAstrayOrNowhereAndSaySucceeded() throws {
    let storage = SimulatedStorage()
    let file = try synced([0, 0, 0, 0], storage)
    storage.plan = FaultPlan(.misdirected(by: 2), at: storage.operations + 1)
    try file.write([1], at: 0)
    #expect(try file.read(4, at: 0) == [0, 0, 1, 0])
    storage.plan = FaultPlan(.ignored, at: storage.operations + 1)
    try file.write([7], at: 0)
    #expect(try file.read(4, at: 0) == [0, 0, 1, 0])
  }

  @Test func flippedReplacedAndLostFilesStayThatWay() throws {
    let storage = SimulatedStorage()
    _ = try synced([1, 2], storage)
    storage.disk.flip("a", offset: 1, bit: 7)
    #expect(storage.disk.crashed(seed: 1).bytes(of: "a") == [1, 130])
    storage.disk.replace("a", with: [5])
    #expect(storage.disk.crashed(seed: 1).bytes(of: "a") == [5])
    storage.disk.lose("a")
    #expect(storage.disk.crashed(seed: 1).paths == [])
  }

  @Test func snapshotsAreTheDiskBeforeEachOperation() throws {
    let storage = SimulatedStorage()
    storage.recordSnapshots()
    let file = try storage.open("a", .create)
    try file.write([1], at: 0)
    try file.write([2], at: 0)
    #expect(storage.snapshots.map { $0.bytes(of: "a") } == [nil, [], [1]])
    #expect(storage.operations == 3)
  }

  @Test func equalSeedsGiveEqualDisks() throws {
    func run() throws -> [[UInt8]?] {
      let storage = SimulatedStorage(seed: 8, plan: .failing(at: 6))
      let file = try storage.open("a", .create)
      for offset in 0..<3 {
        try file.write([UInt8](repeating: UInt8(offset + 1), count: 1_500), at: offset * 1_500)
      }
      try file.sync()
      try? file.write([UInt8](repeating: 9, count: 1_000), at: 0)
      return (UInt64(0)..<20).map { storage.disk.crashed(seed: $0).bytes(of: "a") }
    }
    #expect(try run() == run())
  }

  @Test func theClockGoesAsTheTestSays() {
    let clock = SimulatedClock()
    let environment = SimulatedStorage().environment(seed: 3, clock: clock)
    let first = environment.clock()
    #expect(environment.clock() - first == 1_000)
    clock.move(by: -10_000_000)
    #expect(environment.clock() < first)
    #expect(environment.random(20).count == 20)
    #expect(
      SimulatedStorage().environment(seed: 3).random(8) == SimulatedStorage().environment(seed: 3).random(8))
  }
}
