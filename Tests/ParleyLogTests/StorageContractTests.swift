import ParleyLog
import ParleySimulation
import Testing

/// Every storage under one set of claims.
enum StorageKind: CaseIterable, Sendable {
  case posix
  case simulated
  /// Calls are interrupted and move fewer bytes than asked.
  case simulatedInterrupted

  /// An empty storage, and what must live as long as it.
  func make() -> (storage: any Storage, keeper: AnyObject) {
    switch self {
    case .posix:
      let directory = TemporaryDirectory()
      return (POSIXStorage(at: directory.path), directory)
    case .simulated:
      let storage = SimulatedStorage()
      return (storage, storage)
    case .simulatedInterrupted:
      var plan = FaultPlan()
      plan.transfers = .interrupted
      let storage = SimulatedStorage(seed: 5, plan: plan)
      return (storage, storage)
    }
  }
}

@Suite(.serialized) struct StorageContractTests {
  @Test(arguments: StorageKind.allCases) func writtenBytesAreReadBackAnywhere(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    let file = try storage.open("a", .create)
    try file.write([1, 2, 3, 4, 5], at: 0)
    try file.write([9, 9], at: 3)
    #expect(try file.size() == 5)
    #expect(try file.read(5, at: 0) == [1, 2, 3, 9, 9])
    #expect(try file.read(2, at: 1) == [2, 3])
    #expect(try storage.open("a", .read).read(100, at: 0) == [1, 2, 3, 9, 9])
  }

  @Test(arguments: StorageKind.allCases) func readingEndsWithTheFile(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    let file = try storage.open("a", .create)
    #expect(try file.read(10, at: 0) == [])
    try file.write([1, 2, 3], at: 0)
    #expect(try file.read(10, at: 2) == [3])
    #expect(try file.read(10, at: 3) == [])
    #expect(try file.read(10, at: 1_000) == [])
    #expect(try file.read(0, at: 0) == [])
  }

  @Test(arguments: StorageKind.allCases) func aGapIsZeros(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    let file = try storage.open("a", .create)
    try file.write([7], at: 4)
    #expect(try file.read(5, at: 0) == [0, 0, 0, 0, 7])
    try file.truncate(to: 2)
    #expect(try file.size() == 2)
    try file.truncate(to: 6)
    #expect(try file.read(9, at: 0) == [0, 0, 0, 0, 0, 0])
    try file.write([], at: 50)
    #expect(try file.size() == 6)
  }

  @Test(arguments: StorageKind.allCases) func largeTransfersAreWhole(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    var random = SplitMix64(seed: 1)
    let bytes = random.bytes(300_000)
    let file = try storage.open("a", .create)
    try file.write(bytes, at: 12_345)
    try file.sync()
    #expect(try file.read(300_000, at: 12_345) == bytes)
    #expect(try file.size() == 312_345)
  }

  @Test(arguments: StorageKind.allCases) func creatingAFileThatIsThereFails(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    _ = try storage.open("a", .create)
    #expect(refusal { _ = try storage.open("a", .create) } == .exists)
    #expect(refusal { _ = try storage.open("b", .read) } == .notFound)
    #expect(refusal { _ = try storage.open("b", .readWrite) } == .notFound)
    #expect(refusal { _ = try storage.open("none/b", .create) } == .notFound)
  }

  @Test(arguments: StorageKind.allCases) func aFileOpenedForReadingIsNotWritten(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    _ = try storage.open("a", .create)
    let file = try storage.open("a", .read)
    #expect(refusal { try file.write([1], at: 0) } == .badDescriptor)
    #expect(try file.size() == 0)
  }

  @Test(arguments: StorageKind.allCases) func directoriesListTheirNamesSorted(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    try storage.createDirectory("d/e")
    try storage.createDirectory("d/e")
    for name in ["d/2", "d/10", "d/a", "d/e/inner"] { _ = try storage.open(name, .create) }
    #expect(try storage.list("d") == ["10", "2", "a", "e"])
    #expect(try storage.list("d/e") == ["inner"])
    #expect(try storage.list("") == ["d"])
    #expect(refusal { _ = try storage.list("none") } == .notFound)
    #expect(refusal { _ = try storage.list("d/a") } == .notDirectory)
    #expect(refusal { try storage.createDirectory("d/a") } == .notDirectory)
  }

  @Test(arguments: StorageKind.allCases) func existenceIsOfFilesAndDirectories(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    try storage.createDirectory("d")
    _ = try storage.open("d/a", .create)
    #expect(try storage.exists("d"))
    #expect(try storage.exists("d/a"))
    #expect(try storage.exists(""))
    #expect(try !storage.exists("d/b"))
    #expect(try !storage.exists("x/b"))
    #expect(try !storage.exists("d/a/b"))
  }

  @Test(arguments: StorageKind.allCases) func renamingReplacesWhatStoodThere(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    try storage.createDirectory("d")
    let old = try storage.open("d/new", .create)
    try old.write([1], at: 0)
    let file = try storage.open("a", .create)
    try file.write([2], at: 0)
    try storage.rename("a", to: "d/new")
    #expect(try storage.open("d/new", .read).read(9, at: 0) == [2])
    #expect(try !storage.exists("a"))
    // An open file is a file, not a name.
    #expect(try old.read(9, at: 0) == [1])
    try file.write([3], at: 1)
    #expect(try storage.open("d/new", .read).read(9, at: 0) == [2, 3])
    #expect(refusal { try storage.rename("none", to: "b") } == .notFound)
  }

  @Test(arguments: StorageKind.allCases) func removedFilesStayReadableByWhoHasThem(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    let file = try storage.open("a", .create)
    try file.write([1], at: 0)
    try storage.remove("a")
    #expect(try storage.list("") == [])
    #expect(try file.read(1, at: 0) == [1])
    #expect(refusal { try storage.remove("a") } == .notFound)
    try storage.syncDirectory("")
    #expect(refusal { try storage.syncDirectory("none") } == .notFound)
  }

  @Test(arguments: StorageKind.allCases, ["../a", "/a", "d/../a", "d//a", "./a", "d/"])
  func pathsThatLeaveTheStoreAreRefused(kind: StorageKind, path: String) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    try storage.createDirectory("d")
    #expect(refusal { _ = try storage.open(path, .create) } == .invalid)
    #expect(refusal { try storage.createDirectory(path) } == .invalid)
  }

  @Test(arguments: StorageKind.allCases) func theLockIsHeldOnce(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    #expect(try !storage.isLocked("LOCK"))
    let lock = try storage.lock("LOCK")
    #expect(try storage.isLocked("LOCK"))
    #expect(refusal { _ = try storage.lock("LOCK") } == SystemError(code: 0))
    lock.release()
    lock.release()
    #expect(try !storage.isLocked("LOCK"))
    let again = try storage.lock("LOCK")
    #expect(try storage.exists("LOCK"))
    again.release()
  }

  @Test(arguments: StorageKind.allCases) func theLockGoesWithItsValue(kind: StorageKind) throws {
    let (storage, keeper) = kind.make()
    defer { withExtendedLifetime(keeper) {} }
    do { _ = try storage.lock("LOCK") }
    try storage.lock("LOCK").release()
  }
}

/// The system's number of what was refused; nil when it was not.
func refusal(_ body: () throws -> Void) -> SystemError? {
  do {
    try body()
    return nil
  } catch let error as StorageError {
    return error.systemError
  } catch { return nil }
}

extension StorageFile {
  /// Writes an array's bytes.
  func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
    try bytes.withBytes { span throws(StorageError) in try write(span, at: offset) }
  }
}
