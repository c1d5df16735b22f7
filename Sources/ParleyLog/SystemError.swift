#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A system call's error number.
package struct SystemError: Error, Equatable, Sendable {
  /// As the system numbers it.
  package var code: Int32

  package init(code: Int32) { self.code = code }

  package static let interrupted = SystemError(code: EINTR)
  package static let inputOutput = SystemError(code: EIO)
  package static let noSpace = SystemError(code: ENOSPC)
  package static let notFound = SystemError(code: ENOENT)
  package static let exists = SystemError(code: EEXIST)
  package static let invalid = SystemError(code: EINVAL)
  package static let unsupported = SystemError(code: ENOTSUP)
  package static let tryAgain = SystemError(code: EAGAIN)
  package static let notDirectory = SystemError(code: ENOTDIR)
  package static let isDirectory = SystemError(code: EISDIR)
  package static let notSeekable = SystemError(code: ESPIPE)
  package static let readOnly = SystemError(code: EROFS)
  package static let accessDenied = SystemError(code: EACCES)
  package static let badDescriptor = SystemError(code: EBADF)
}

extension SystemError {
  /// Calls again for as long as a signal interrupts the call. The only place that knows EINTR.
  ///
  /// Never for `close`: Linux has closed the descriptor when it says EINTR, and another thread may own its number.
  package static func retryingInterrupted<Value>(
    _ call: () throws(SystemError) -> Value
  ) throws(SystemError) -> Value {
    while true {
      do { return try call() } catch  where error == .interrupted { continue }
    }
  }

  /// Moves `count` bytes with a call that may move fewer, and returns how many were moved: fewer than `count`
  /// only when a call moved none, the end of a file. The call is told how many bytes are done.
  package static func movingAll(
    _ count: Int, _ call: (_ done: Int) throws(SystemError) -> Int
  ) throws(SystemError) -> Int {
    var done = 0
    while done < count {
      let moved = try retryingInterrupted { () throws(SystemError) in try call(done) }
      if moved == 0 { break }
      done += moved
    }
    return done
  }
}

extension StorageError {
  /// The system's number as a value to compare with.
  package var systemError: SystemError { SystemError(code: errno) }

  /// Runs system calls and says, when one fails, what was tried on which path.
  static func naming<Value>(
    _ operation: String, _ path: String, _ body: () throws(SystemError) -> Value
  ) throws(StorageError) -> Value {
    do { return try body() } catch { throw StorageError(operation: operation, path: path, errno: error.code) }
  }
}

extension StorageError: CustomStringConvertible {
  /// The system's words.
  var reason: String { errno == 0 ? "already held by this process" : SystemCall.message(for: errno) }

  /// One line: what, where, the system's words, and more where there is more.
  package var description: String {
    "\(operation) \(path.isEmpty ? "." : path): \(reason)" + (detail.isEmpty ? "" : " (\(detail))")
  }
}
