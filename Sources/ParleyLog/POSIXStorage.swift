/// The operating system's files under one directory.
///
/// Files are made readable by their owner only (0600, directories 0700) and are not inherited by programs that
/// this one starts. Paths that leave the directory (`..`, a leading `/`) are refused.
package final class POSIXStorage: Storage {
  /// Whether a writer may lock a store on a network file system, where locks and syncs may not mean what they say.
  package enum NetworkRule: Sendable {
    case refused
    case allowed
  }

  private let root: String
  private let networkRule: NetworkRule

  /// Storage under a directory, which need not be there yet. Nothing is opened.
  package init(at path: String, networkFileSystems: NetworkRule = .refused) {
    let absolute = path.hasPrefix("/") ? path : SystemCall.workingDirectory() + "/" + path
    root = absolute.count > 1 && absolute.hasSuffix("/") ? String(absolute.dropLast()) : absolute
    networkRule = networkFileSystems
  }

  package func open(_ path: String, _ mode: StorageOpenMode) throws(StorageError) -> any StorageFile {
    let flags = SystemCall.flags(for: mode)
    let descriptor = try resolve("open", path) { full throws(SystemError) in
      try SystemCall.open(full, flags: flags)
    }
    let file = POSIXFile(descriptor, path: path)
    try StorageError.naming("open", path) { () throws(SystemError) in
      try SystemCall.checkSeekable(descriptor)
    }
    return file
  }

  package func list(_ directory: String) throws(StorageError) -> [String] {
    try resolve("list", directory) { full throws(SystemError) in try SystemCall.list(full) }.sorted()
  }

  package func exists(_ path: String) throws(StorageError) -> Bool {
    try resolve("exists", path) { full throws(SystemError) in try SystemCall.exists(full) }
  }

  /// Also makes the store's own directory (the empty path) and those above it, whose names it syncs at once:
  /// nobody else could, as no path leads out of the store.
  package func createDirectory(_ path: String) throws(StorageError) {
    try resolve("create directory", path) { full throws(SystemError) in
      try self.makeDirectories(full)
    }
  }

  package func rename(_ path: String, to newPath: String) throws(StorageError) {
    try resolve("rename", path) { full throws(SystemError) in
      try SystemCall.rename(full, to: self.fullPath(newPath))
    }
  }

  package func remove(_ path: String) throws(StorageError) {
    try resolve("remove", path) { full throws(SystemError) in try SystemCall.unlink(full) }
  }

  package func syncDirectory(_ path: String) throws(StorageError) {
    try resolve("sync directory", path) { full throws(SystemError) in try SystemCall.syncDirectory(full) }
  }

  package func lock(_ path: String) throws(StorageError) -> any StorageLock {
    let full = try resolve("lock", path) { full throws(SystemError) in full }
    return try WriterLock(full, path: path, networkRule: networkRule)
  }

  package func isLocked(_ path: String) throws(StorageError) -> Bool {
    try resolve("look at the lock", path) { full throws(SystemError) in
      guard try SystemCall.exists(full) else { return false }
      let descriptor = try SystemCall.open(full, flags: SystemCall.flags(for: .read))
      defer { SystemCall.close(descriptor) }
      return try SystemCall.isLocked(descriptor)
    }
  }

  // MARK: - Paths

  private func resolve<Value>(
    _ operation: String, _ path: String, _ body: (String) throws(SystemError) -> Value
  ) throws(StorageError) -> Value {
    try StorageError.naming(operation, path) { () throws(SystemError) in try body(self.fullPath(path)) }
  }

  private func fullPath(_ path: String) throws(SystemError) -> String {
    if path.isEmpty { return root }
    let names = path.split(separator: "/", omittingEmptySubsequences: false)
    guard names.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }) else {
      throw .invalid
    }
    return root + "/" + path
  }

  private func makeDirectories(_ full: String) throws(SystemError) {
    if try SystemCall.exists(full) {
      // Fails with ENOTDIR where a file has the name.
      return try SystemCall.checkDirectory(full)
    }
    let parent = String(full[..<(full.lastIndex(of: "/") ?? full.startIndex)])
    if !parent.isEmpty { try makeDirectories(parent) }
    try SystemCall.makeDirectory(full)
    if full.utf8.count <= root.utf8.count { try SystemCall.syncDirectory(parent.isEmpty ? "/" : parent) }
  }
}

/// An open file of the operating system, closed with the value.
final class POSIXFile: StorageFile {
  private let descriptor: Int32
  private let path: String

  init(_ descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { SystemCall.close(descriptor) }

  func size() throws(StorageError) -> Int {
    try StorageError.naming("size", path) { () throws(SystemError) in try SystemCall.size(descriptor) }
  }

  func read(_ count: Int, at offset: Int) throws(StorageError) -> [UInt8] {
    precondition(count >= 0 && offset >= 0, "StorageFile.read(_:at:) takes no negative numbers")
    return try StorageError.naming("read", path) { () throws(SystemError) in
      try SystemCall.read(descriptor, count: count, at: offset)
    }
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(StorageError) {
    precondition(offset >= 0, "StorageFile.write(_:at:) takes no negative offset")
    // Not through `naming`: a closure cannot capture a span.
    do { try SystemCall.write(descriptor, bytes, at: offset) } catch {
      throw StorageError(operation: "write", path: path, errno: error.code)
    }
  }

  func sync() throws(StorageError) {
    try StorageError.naming("sync", path) { () throws(SystemError) in try SystemCall.syncData(descriptor) }
  }

  func truncate(to size: Int) throws(StorageError) {
    precondition(size >= 0, "StorageFile.truncate(to:) takes no negative size")
    try StorageError.naming("truncate", path) { () throws(SystemError) in
      try SystemCall.truncate(descriptor, to: size)
    }
  }
}
