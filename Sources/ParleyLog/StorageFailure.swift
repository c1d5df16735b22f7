#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension LogError {
  /// What a refused disk operation means to whoever uses the log.
  init(_ error: StorageError) {
    let place = error.path.isEmpty ? "the store's directory" : error.path
    switch error.errno {
    case ENOSPC, EDQUOT, EFBIG:
      self.init(
        .diskFull,
        "the disk is full: \(error.operation) on \(place) found no room"
          + (error.detail.isEmpty ? "" : " (\(error.detail))")
          + "; nothing acknowledged is lost; free some space and open the store again", file: error.path)
    case EROFS, EACCES, EPERM:
      self.init(
        .readOnly,
        "\(place) may not be written or read (\(error)); check its owner and mode", file: error.path)
    case EISDIR:
      self.init(
        .disk, "a directory has the name of the store's file \(place): move it out of the way",
        file: error.path)
    case ESPIPE:
      self.init(
        .disk, "a pipe, socket or device has the name of the store's file \(place): move it out of the way",
        file: error.path)
    default:
      self.init(
        .disk, "the disk refused an operation (\(error)); check it, then open the store again",
        file: error.path)
    }
  }
}

/// Runs disk work, turning its errors into the log's.
func disk<Value>(_ work: () throws(StorageError) -> Value) throws(LogError) -> Value {
  do {
    return try work()
  } catch {
    throw LogError(error)
  }
}

extension StorageError {
  /// Whether the file or directory was not there.
  var isMissing: Bool { errno == ENOENT }
  /// Whether a directory has the file's name.
  var isDirectory: Bool { errno == EISDIR }
  /// Whether a lock is held by another process.
  var isWouldBlock: Bool { errno == EAGAIN }
  /// Whether there was no room on the disk.
  var isDiskFull: Bool { errno == ENOSPC || errno == EDQUOT || errno == EFBIG }
}
