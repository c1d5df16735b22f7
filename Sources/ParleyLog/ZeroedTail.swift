import Synchronization

/// The zeros written ahead of the commits in the segment being written: a sync that does not grow the file takes
/// about half as long (0.40 instead of 0.75 ms after 250 KB, 140 instead of 250 µs after one event).
///
/// Zeros are no frame and prove nothing: what a crash leaves of them is cut off with the torn tail. They are
/// written and synced beside the commits, through an open file of their own: a system tells each open file once
/// that a write failed, and the commits must hear of theirs. A failure here only ends the zeros.
final class ZeroedTail: Sendable {
  /// Bytes written while a commit may have to wait.
  private static let writeByteCount = 256 << 10
  /// Bytes after which they are synced: a commit's own sync takes those along that are not.
  private static let syncByteCount = 1 << 20
  /// Nothing is zeroed before a writer has committed this part of the most that it may have ahead.
  private static let waitingPart = 128
  /// The bytes ahead, in those committed since the store was opened.
  private static let aheadFactor = 4
  private static let pageByteCount = 4096
  private static let zeros = [UInt8](repeating: 0, count: writeByteCount)

  private let storage: any Storage
  private let path: String
  private let aheadMax: Int
  /// No zeros are written at or behind this offset.
  private let limit: Int
  private let state: Mutex<State>

  private struct State {
    /// Bytes committed since the store was opened.
    var committed: Int
    /// Where the commits end, the one being written included: no zeros are written before it.
    var claimed: Int
    /// Where the zeros end, or the commits where there are none.
    var end: Int
    var isRunning = false
    var isStopped = false
  }

  /// Begins behind `offset`, with no zeros there, for a writer that has committed so many bytes.
  init(path: String, storage: any Storage, options: LogOptions, from offset: Int, committed: Int = 0) {
    self.path = path
    self.storage = storage
    // They are there to make syncs faster that somebody waits for.
    aheadMax = options.durability == .sync ? options.zeroedBytesMax : 0
    limit = options.segmentBytesMax
    state = Mutex(State(committed: committed, claimed: offset, end: offset))
  }

  /// Before a frame is written: from now on no zeros are written before its end.
  func claim(upTo end: Int) {
    state.withLock { state in
      state.committed += end - state.claimed
      state.claimed = end
      state.end = max(state.end, end)
    }
  }

  /// Whether it is time to call `extend()`: true once, until that has returned.
  func begin() -> Bool {
    state.withLock { state in
      guard !state.isRunning, !state.isStopped, state.committed >= aheadMax / Self.waitingPart else {
        return false
      }
      let target = target(state)
      state.isRunning = state.end < target && state.end - state.claimed < (target - state.claimed) / 2
      return state.isRunning
    }
  }

  /// Writes zeros as far ahead as is worth it. Blocks on the disk.
  func extend() {
    do {
      let file = try storage.open(path, .readWrite)
      var count = 0
      while try writeSome(to: file, &count) {}
      if count > 0 { try file.sync() }
      state.withLock { $0.isRunning = false }
    } catch {
      state.withLock { $0.isStopped = true }
    }
  }

  /// Ends it: when this has returned no more zeros are written. True when there are some behind the commits.
  func stop() -> Bool {
    state.withLock { state in
      state.isStopped = true
      return state.end > state.claimed
    }
  }

  /// Bytes committed since the store was opened.
  var committed: Int { state.withLock { $0.committed } }

  private func target(_ state: borrowing State) -> Int {
    min(limit, state.claimed + min(aheadMax, state.committed * Self.aheadFactor))
  }

  /// Writes the next zeros, and syncs when there are enough; false when there are as many as are wanted.
  private func writeSome(to file: any StorageFile, _ unsynced: inout Int) throws(StorageError) -> Bool {
    // Under the lock: a frame that is claimed meanwhile waits, and is written over these zeros, never under them.
    let result = state.withLock { state -> Result<Int, StorageError> in
      Result { () throws(StorageError) in
        guard !state.isStopped else { return 0 }
        let page = (state.end + Self.pageByteCount - 1) / Self.pageByteCount * Self.pageByteCount
        let count = min(Self.writeByteCount, target(state) - page)
        guard count > 0 else { return 0 }
        // Also when it fails: some of them may be there.
        state.end = page + count
        try Self.zeros.withBytes { zeros throws(StorageError) in
          try file.write(zeros.extracting(0..<count), at: page)
        }
        return count
      }
    }
    let count = try result.get()
    unsynced += count
    if unsynced >= Self.syncByteCount {
      try file.sync()
      unsynced = 0
    }
    return count > 0
  }
}
