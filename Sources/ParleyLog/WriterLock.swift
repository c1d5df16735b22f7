import Synchronization

/// The one writer's lock on a store: a lock of the open file description, so that closing some other descriptor of
/// the file in this process does not drop it (as it would a POSIX lock), and a registry, so that one process
/// cannot open a store twice either.
///
/// The file is never removed: whoever waits on a removed lock file holds a lock nobody sees. Its text, the
/// holder's process id and host, is for messages only and decides nothing.
final class WriterLock: StorageLock {
  private struct Held {
    var descriptor: Int32
    var file: FileIdentity
  }

  /// Lock files held by this process.
  private static let registry = Mutex<Set<FileIdentity>>([])

  private let held: Mutex<Held?>

  /// Takes the lock at a full path, or throws: errno 0 when this process holds it, EAGAIN when another does,
  /// with the holder in `detail`; ENOTSUP on a network file system unless allowed.
  init(_ full: String, path: String, networkRule: POSIXStorage.NetworkRule) throws(StorageError) {
    let descriptor = try StorageError.naming("lock", path) { () throws(SystemError) in
      try SystemCall.open(full, flags: SystemCall.lockFileFlags)
    }
    do {
      let file = try Self.take(descriptor, full: full, path: path, networkRule: networkRule)
      held = Mutex(Held(descriptor: descriptor, file: file))
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
  }

  deinit { release() }

  func release() {
    guard let given = held.withLock({ $0.take() }) else { return }
    // The system's lock goes first: in between, this process finds itself in the registry and others wait.
    SystemCall.close(given.descriptor)
    _ = Self.registry.withLock { $0.remove(given.file) }
  }

  private static func take(
    _ descriptor: Int32, full: String, path: String, networkRule: POSIXStorage.NetworkRule
  ) throws(StorageError) -> FileIdentity {
    let onNetwork = try StorageError.naming("lock", path) { () throws(SystemError) in
      try SystemCall.isOnNetwork(descriptor)
    }
    guard networkRule == .allowed || !onNetwork else {
      throw StorageError(
        operation: "lock", path: path, errno: SystemError.unsupported.code,
        detail:
          "the store is on a network file system, where locks and syncs may not hold; ask for it explicitly")
    }
    let file = try StorageError.naming("lock", path) { () throws(SystemError) in
      try SystemCall.identity(of: descriptor)
    }
    guard registry.withLock({ $0.insert(file).inserted }) else {
      throw StorageError(operation: "lock", path: path, errno: 0, detail: "open in this process")
    }
    do {
      try lockAndSign(descriptor, full: full, path: path, file: file)
      return file
    } catch {
      _ = registry.withLock { $0.remove(file) }
      throw error
    }
  }

  private static func lockAndSign(
    _ descriptor: Int32, full: String, path: String, file: FileIdentity
  ) throws(StorageError) {
    do { try SystemCall.lockExclusively(descriptor) } catch {
      throw StorageError(operation: "lock", path: path, errno: error.code, detail: holder(descriptor))
    }
    try StorageError.naming("lock", path) { () throws(SystemError) in
      // Somebody may have put another file at the path between opening and locking this one.
      guard try SystemCall.identity(at: full) == file else { throw .tryAgain }
      let signature = Array("process \(SystemCall.processID()) on \(SystemCall.hostName())\n".utf8)
      try SystemCall.truncate(descriptor, to: 0)
      try signature.withBytes { bytes throws(SystemError) in try SystemCall.write(descriptor, bytes, at: 0) }
    }
  }

  /// What the holder wrote about itself, at most one line of 200 bytes.
  private static func holder(_ descriptor: Int32) -> String {
    let bytes = (try? SystemCall.read(descriptor, count: 200, at: 0)) ?? []
    let line = bytes.prefix { $0 >= 0x20 && $0 < 0x7f }
    return line.isEmpty ? "held by another process" : "held by " + String(decoding: line, as: UTF8.self)
  }
}

/// What makes two open files the same file.
struct FileIdentity: Hashable, Sendable {
  var device: UInt64
  var inode: UInt64
}
