import Parley

/// The file of a store's key, for a key that is kept elsewhere than in the store's directory: 32 bytes as they are.
struct KeyFile {
  let path: String

  /// The key it holds.
  func read() throws -> StoreKey {
    guard let descriptor = System.openForReading(path) else { throw failure(System.errorText()) }
    defer { System.closeDescriptor(descriptor) }
    // Of a pipe nobody may have written to yet, which a read would take for its end.
    _ = System.isReadable(descriptor, milliseconds: -1)
    var bytes: [UInt8] = []
    while bytes.count <= StoreKey.byteCount {
      // One byte more than a key has is enough to know that it is none.
      guard let read = System.readSome(descriptor, StoreKey.byteCount + 1 - bytes.count) else {
        throw failure(System.errorText())
      }
      if read.isEmpty { break }
      bytes += read
    }
    guard bytes.count <= StoreKey.byteCount else {
      throw failure("more than \(StoreKey.byteCount) bytes, which is what a key has")
    }
    do { return try StoreKey(bytes) } catch { throw failure(error) }
  }

  /// The key it holds, or a new one, which is durable in the file when this returns.
  func readOrMake() throws -> (key: StoreKey, isNew: Bool) {
    guard let descriptor = System.openNew(path) else {
      guard System.isAlreadyThere else { throw failure(System.errorText()) }
      return (try read(), false)
    }
    defer { System.closeDescriptor(descriptor) }
    let key = StoreKey.random()
    guard System.writeAll(descriptor, key.bytes), System.syncFile(descriptor, at: path) else {
      let reason = System.errorText()
      remove()
      throw failure(reason)
    }
    return (key, true)
  }

  /// Takes a key away that no store was made with.
  func remove() { System.removeFile(path) }

  /// Why the key can't be used.
  func failure(_ error: StoreError) -> CommandFailure { failure(error.message) }

  private func failure(_ reason: String) -> CommandFailure {
    CommandFailure(.cannotOpen, "\(path): \(reason)")
  }
}
