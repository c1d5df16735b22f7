package import ParleyLog
import Synchronization

/// A disk in memory that fails as it is told, deterministically: the same seed, plan and operations give the same
/// bytes. Any number of threads may use it; their order is then the run's own.
package final class SimulatedStorage: Storage {
  struct State {
    var disk: SimulatedDisk
    var plan: FaultPlan
    var random: SplitMix64
    var operations = 0
    /// Grows with each crash: files opened before one are of no use after it.
    var generation = 0
    var isPowered = true
    var locks: Set<String> = []
    var snapshots: [SimulatedDisk]?
    var trace: [String]?
  }

  let state: Mutex<State>
  private let openCount = Atomic(0)

  /// A machine with a disk, empty unless given one, and a plan of what goes wrong.
  package init(_ disk: SimulatedDisk = SimulatedDisk(), seed: UInt64 = 0, plan: FaultPlan = FaultPlan()) {
    state = Mutex(State(disk: disk, plan: plan, random: SplitMix64(seed: seed)))
  }

  /// Operations so far.
  package var operations: Int { state.withLock { $0.operations } }

  /// Files that were opened and that somebody still has.
  package var openFiles: Int { openCount.load(ordering: .relaxed) }

  /// Counts files opened, or closed.
  func countOpenFiles(_ change: Int) { openCount.add(change, ordering: .relaxed) }

  /// What goes wrong from here on.
  package var plan: FaultPlan {
    get { state.withLock { $0.plan } }
    set { state.withLock { $0.plan = newValue } }
  }

  /// The disk now, as a value.
  package var disk: SimulatedDisk {
    get { state.withLock { $0.disk } }
    set { state.withLock { $0.disk = newValue } }
  }

  /// Keeps the disk as it is before each operation, from here on.
  package func recordSnapshots() { state.withLock { $0.snapshots = [] } }

  /// The disk before each operation since `recordSnapshots()`, the first first.
  package var snapshots: [SimulatedDisk] { state.withLock { $0.snapshots ?? [] } }

  /// Keeps a line about each operation, from here on.
  package func recordTrace() { state.withLock { $0.trace = [] } }

  /// A line about each operation since `recordTrace()`.
  package var trace: [String] { state.withLock { $0.trace ?? [] } }

  /// The power fails and comes back: un-synced changes survive as the seed says, locks are free, open files dead,
  /// the plan is over.
  package func crash(seed: UInt64) {
    state.withLock { state in
      state.disk = state.disk.crashed(seed: seed)
      state.generation += 1
      state.isPowered = true
      state.locks = []
      state.plan = FaultPlan()
    }
  }

  /// An environment on this disk, with a clock and randomness that start from a seed.
  package func environment(seed: UInt64 = 0, clock: SimulatedClock = SimulatedClock()) -> LogEnvironment {
    let random = Shared(SplitMix64(seed: seed))
    return LogEnvironment(
      storage: self, clock: { clock.now() }, random: { count in random.value.withLock { $0.bytes(count) } })
  }

  // MARK: - Storage

  package func open(_ path: String, _ mode: StorageOpenMode) throws(StorageError) -> any StorageFile {
    let (id, generation) = try operate("open", path) { state throws(SystemError) in
      if mode == .create { return (try state.disk.create(path), state.generation) }
      guard let id = try state.disk.node(path).file else { throw .isDirectory }
      return (id, state.generation)
    }
    return SimulatedFile(self, id: id, path: path, mode: mode, generation: generation)
  }

  package func list(_ directory: String) throws(StorageError) -> [String] {
    try operate("list", directory) { state throws(SystemError) in try state.disk.list(directory) }
  }

  package func exists(_ path: String) throws(StorageError) -> Bool {
    try operate("exists", path) { state throws(SystemError) in try state.disk.exists(path) }
  }

  package func createDirectory(_ path: String) throws(StorageError) {
    try operate("create directory", path) { state throws(SystemError) in try state.disk.createDirectory(path)
    }
  }

  package func rename(_ path: String, to newPath: String) throws(StorageError) {
    try operate("rename", path) { state throws(SystemError) in try state.disk.rename(path, to: newPath) }
  }

  package func remove(_ path: String) throws(StorageError) {
    try operate("remove", path) { state throws(SystemError) in try state.disk.remove(path) }
  }

  package func syncDirectory(_ path: String) throws(StorageError) {
    try operate("sync directory", path) { state throws(SystemError) in try state.disk.syncDirectory(path) }
  }

  package func lock(_ path: String) throws(StorageError) -> any StorageLock {
    let generation = try operate("lock", path) { state throws(SystemError) in
      guard state.locks.insert(path).inserted else { throw SystemError(code: 0) }
      do throws(SystemError) { if try !state.disk.exists(path) { _ = try state.disk.create(path) } } catch {
        state.locks.remove(path)
        throw error
      }
      return state.generation
    }
    return SimulatedLock(self, path: path, generation: generation)
  }

  package func isLocked(_ path: String) throws(StorageError) -> Bool {
    try operate("look at the lock", path) { state throws(SystemError) in state.locks.contains(path) }
  }

  // MARK: - Operations

  /// Counts an operation, and does it, or what the plan says in its place.
  func operate<Value: Sendable>(
    _ operation: String, _ path: String, generation: Int? = nil,
    onFault: (FaultPlan.Fault, inout State) throws(SystemError) -> Value? = { _, _ in nil },
    _ body: (inout State) throws(SystemError) -> Value
  ) throws(StorageError) -> Value {
    do {
      return try state.withLock { state throws(SystemError) in
        guard state.isPowered, generation ?? state.generation == state.generation else { throw .inputOutput }
        state.operations += 1
        state.snapshots?.append(state.disk)
        state.trace?.append("\(state.operations) \(operation) \(path)")
        guard let fault = state.plan.fault(at: state.operations) else { return try body(&state) }
        if case .powerLoss = fault {
          state.isPowered = false
          throw .inputOutput
        }
        if let value = try onFault(fault, &state) { return value }
        if case .error(let error) = fault { throw error }
        return try body(&state)
      }
    } catch {
      throw StorageError(operation: operation, path: path, errno: error.code)
    }
  }

  func unlock(_ path: String, generation: Int) {
    state.withLock { state in
      if state.generation == generation { state.locks.remove(path) }
    }
  }
}

/// A mutex that closures can share.
private final class Shared<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }
}

private final class SimulatedLock: StorageLock {
  private let storage: SimulatedStorage
  private let path: String
  private let generation: Int

  init(_ storage: SimulatedStorage, path: String, generation: Int) {
    self.storage = storage
    self.path = path
    self.generation = generation
  }

  deinit { release() }

  func release() { storage.unlock(path, generation: generation) }
}
