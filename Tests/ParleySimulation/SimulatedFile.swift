import ParleyLog

/// An open file of a simulated disk. It stays usable when its name goes, and is dead after a crash.
final class SimulatedFile: StorageFile {
  private typealias State = SimulatedStorage.State

  private let storage: SimulatedStorage
  private let id: Int
  private let path: String
  private let mode: StorageOpenMode
  private let generation: Int

  init(_ storage: SimulatedStorage, id: Int, path: String, mode: StorageOpenMode, generation: Int) {
    self.storage = storage
    self.id = id
    self.path = path
    self.mode = mode
    self.generation = generation
    storage.countOpenFiles(1)
  }

  deinit { storage.countOpenFiles(-1) }

  func size() throws(StorageError) -> Int {
    try storage.operate("size", path, generation: generation) { state throws(SystemError) in
      try self.image(state).live.count
    }
  }

  func read(_ count: Int, at offset: Int) throws(StorageError) -> [UInt8] {
    precondition(count >= 0 && offset >= 0, "StorageFile.read(_:at:) takes no negative numbers")
    return try storage.operate("read", path, generation: generation) { state throws(SystemError) in
      let live = try self.image(state).live
      var bytes: [UInt8] = []
      _ = try SystemError.movingAll(count) { done throws(SystemError) in
        let left = max(0, min(count - done, live.count - offset - done))
        let moved = try Self.moved(left, &state)
        bytes += live[min(live.count, offset + done)..<min(live.count, offset + done + moved)]
        return moved
      }
      return bytes
    }
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(StorageError) {
    precondition(offset >= 0, "StorageFile.write(_:at:) takes no negative offset")
    let copy = [UInt8](copying: bytes)
    try storage.operate(
      "write", path, generation: generation,
      onFault: { fault, state throws(SystemError) in
        switch fault {
        case .error(let error):
          try self.write(Array(copy.prefix(state.random.below(copy.count + 1))), at: offset, &state)
          throw error
        case .misdirected(let distance): try self.write(copy, at: max(0, offset + distance), &state)
        case .ignored, .powerLoss: break
        }
        return ()
      },
      { state throws(SystemError) in try self.write(copy, at: offset, &state) })
  }

  func sync() throws(StorageError) {
    try storage.operate(
      "sync", path, generation: generation,
      onFault: { fault, state throws(SystemError) in
        if case .error(let error) = fault {
          state.disk.files[self.id]?.failSync(&state.random)
          throw error
        }
        return ()
      },
      { state throws(SystemError) in
        _ = try self.image(state)
        state.disk.files[self.id]?.sync()
      })
  }

  func truncate(to size: Int) throws(StorageError) {
    precondition(size >= 0, "StorageFile.truncate(to:) takes no negative size")
    try storage.operate(
      "truncate", path, generation: generation,
      onFault: { fault, _ throws(SystemError) in
        if case .ignored = fault { () } else { nil }
      },
      { state throws(SystemError) in
        try self.checkWritable(state)
        state.disk.files[self.id]?.truncate(to: size)
      })
  }

  // MARK: - The image

  private func image(_ state: borrowing State) throws(SystemError) -> SimulatedFileImage {
    guard let image = state.disk.files[id] else { throw .inputOutput }
    return image
  }

  private func checkWritable(_ state: borrowing State) throws(SystemError) {
    _ = try image(state)
    if mode == .read { throw .badDescriptor }
  }

  /// Writes what fits, in the pieces a system would move, and refuses the rest.
  private func write(_ bytes: [UInt8], at offset: Int, _ state: inout State) throws(SystemError) {
    try checkWritable(state)
    let room = try room(for: bytes.count, at: offset, state)
    let moved = try SystemError.movingAll(room) { done throws(SystemError) in
      let count = try Self.moved(room - done, &state)
      state.disk.files[self.id]?.write(Array(bytes[done..<done + count]), at: offset + done)
      return count
    }
    if moved < bytes.count { throw .noSpace }
  }

  private func room(for count: Int, at offset: Int, _ state: borrowing State) throws(SystemError) -> Int {
    guard let capacity = state.plan.capacity else { return count }
    let size = try image(state).live.count
    let growth = max(0, capacity - state.disk.usedBytes)
    return min(count, max(0, size + growth - offset))
  }

  /// How many of `left` bytes one call moves; an interrupted one throws.
  private static func moved(_ left: Int, _ state: inout State) throws(SystemError) -> Int {
    guard state.plan.transfers == .interrupted, left > 0 else { return left }
    if state.random.oneIn(3) { throw .interrupted }
    return 1 + state.random.below(left)
  }
}
