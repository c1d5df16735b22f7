/// What the engine asks of a disk, and nothing more: one place touches the operating system, and a simulated
/// disk can stand in its place.
///
/// Paths are relative to the store's directory, with `/` between names. Every operation blocks and none is
/// retried here, but that an interrupted call (EINTR) goes on and a short read or write is completed.
package protocol Storage: Sendable {
  /// Opens a file. `.create` makes a new one and fails when it exists.
  func open(_ path: String, _ mode: StorageOpenMode) throws(StorageError) -> any StorageFile
  /// The names in a directory, sorted, files and directories alike.
  func list(_ directory: String) throws(StorageError) -> [String]
  /// Whether a file or directory is there.
  func exists(_ path: String) throws(StorageError) -> Bool
  /// Makes a directory, and its parents; no error when it is there.
  func createDirectory(_ path: String) throws(StorageError)
  /// Renames a file over whatever stood at the new path, atomically.
  func rename(_ path: String, to newPath: String) throws(StorageError)
  /// Removes a file.
  func remove(_ path: String) throws(StorageError)
  /// Makes created, renamed and removed names of a directory durable. The root is the empty path.
  func syncDirectory(_ path: String) throws(StorageError)
  /// Takes the store's only writer lock, or says who holds it; held until the value is released.
  func lock(_ path: String) throws(StorageError) -> any StorageLock
  /// Whether somebody holds that lock now.
  func isLocked(_ path: String) throws(StorageError) -> Bool
}

/// How a file is opened.
package enum StorageOpenMode: Sendable {
  case read
  case readWrite
  case create
}

/// An open file. Reads and writes name their offset, so that any number of threads may share it.
package protocol StorageFile: AnyObject, Sendable {
  /// Bytes in the file now.
  func size() throws(StorageError) -> Int
  /// Up to `count` bytes from an offset: fewer only at the end of the file.
  func read(_ count: Int, at offset: Int) throws(StorageError) -> [UInt8]
  /// Writes all bytes at an offset, extending the file when needed. Durable only after `sync`.
  func write(_ bytes: RawSpan, at offset: Int) throws(StorageError)
  /// Makes everything written durable (fdatasync; F_FULLFSYNC on Darwin). A failure is final: what was written
  /// may be lost though later reads show it.
  func sync() throws(StorageError)
  /// Cuts the file to a size.
  func truncate(to size: Int) throws(StorageError)
}

/// A held lock, released when the value is.
package protocol StorageLock: AnyObject, Sendable {
  /// Gives the lock up before the value goes.
  func release()
}

/// A refused operation on the disk.
package struct StorageError: Error, Sendable, Equatable {
  /// What was tried: `open`, `read`, `write`, `sync`, …
  package var operation: String
  /// The path, relative to the store's directory.
  package var path: String
  /// The system's error number; 0 for a lock held by this very process.
  package var errno: Int32
  /// More, such as the lock holder's process id and host.
  package var detail: String

  package init(operation: String, path: String, errno: Int32, detail: String = "") {
    self.operation = operation
    self.path = path
    self.errno = errno
    self.detail = detail
  }
}
