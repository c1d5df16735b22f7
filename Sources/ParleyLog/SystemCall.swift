import CParleySystem
import ParleyEnvelope

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The operating system's calls with Swift values: the one place that touches it. Those that take pointers are in
/// UnsafeBytes.swift.
enum SystemCall {
  /// A lock file is made when missing and opened when there.
  static let lockFileFlags = O_RDWR | O_CREAT | O_CLOEXEC

  static func flags(for mode: StorageOpenMode) -> Int32 {
    switch mode {
    // Not blocking: only a pipe or device that has a file's name would, for ever.
    case .read: O_RDONLY | O_CLOEXEC | O_NONBLOCK
    case .readWrite: O_RDWR | O_CLOEXEC | O_NONBLOCK
    case .create: O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
    }
  }

  /// The result of a call that says -1 when it fails, made again when a signal interrupted it.
  static func checked<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
    try SystemError.retryingInterrupted { () throws(SystemError) in try checkedOnce(call()) }
  }

  /// The result of one call, -1 turned into the system's error number.
  static func checkedOnce<Result: SignedInteger>(_ result: Result) throws(SystemError) -> Result {
    if result == -1 { throw SystemError(code: errno) }
    return result
  }

  /// Throws a C function's error number, 0 for success, and calls again when a signal interrupted it.
  private static func checkedNumber(_ call: () -> Int32) throws(SystemError) {
    try SystemError.retryingInterrupted { () throws(SystemError) in
      let number = call()
      if number != 0 { throw SystemError(code: number) }
    }
  }

  // MARK: - Threads

  /// Makes the calling thread give way to others. Nothing happens where the system does not let it.
  static func lowerPriority() {
    #if canImport(Darwin)
    _ = setpriority(PRIO_DARWIN_THREAD, 0, PRIO_DARWIN_BG)
    #elseif canImport(Musl)
    _ = setpriority(PRIO_PROCESS, 0, 15)
    #else
    // On Linux 0 is the thread, not the process.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15)
    #endif
  }

  // MARK: - Open files

  /// Never called again after EINTR: the descriptor is gone by then.
  static func close(_ descriptor: Int32) {
    #if canImport(Darwin)
    _ = Darwin.close(descriptor)
    #elseif canImport(Musl)
    _ = Musl.close(descriptor)
    #else
    _ = Glibc.close(descriptor)
    #endif
  }

  static func size(_ descriptor: Int32) throws(SystemError) -> Int {
    // The offset this moves is used by nobody: reads and writes name theirs.
    Int(try checked { lseek(descriptor, 0, SEEK_END) })
  }

  static func truncate(_ descriptor: Int32, to size: Int) throws(SystemError) {
    _ = try checked { ftruncate(descriptor, off_t(size)) }
  }

  static func syncData(_ descriptor: Int32) throws(SystemError) {
    try checkedNumber { parley_sync_data(descriptor) }
  }

  static func lockExclusively(_ descriptor: Int32) throws(SystemError) {
    try checkedNumber { parley_lock_exclusive(descriptor) }
  }

  static func isLocked(_ descriptor: Int32) throws(SystemError) -> Bool {
    try checkedAnswer(parley_is_locked(descriptor))
  }

  static func isOnNetwork(_ descriptor: Int32) throws(SystemError) -> Bool {
    try checkedAnswer(parley_is_on_network(descriptor))
  }

  /// A C function's answer: 1 for yes, 0 for no, a negated error number when it can't tell.
  private static func checkedAnswer(_ answer: Int32) throws(SystemError) -> Bool {
    if answer < 0 { throw SystemError(code: -answer) }
    return answer == 1
  }

  // MARK: - Directories

  /// Makes the names in a directory durable.
  static func syncDirectory(_ path: String) throws(SystemError) {
    let descriptor = try open(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(descriptor) }
    _ = try checked { fsync(descriptor) }
  }

  /// Throws ENOTDIR when something else has the name.
  static func checkDirectory(_ path: String) throws(SystemError) {
    close(try open(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  }

  // MARK: - The process

  static func processID() -> Int32 { getpid() }

  /// The processor cores that run now, at least 1.
  static func coreCount() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
