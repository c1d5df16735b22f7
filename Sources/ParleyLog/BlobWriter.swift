import Crypto
import ParleyEnvelope
import Synchronization

/// A blob on its way to disk. Finish it, or drop it: what was written so far is then removed.
///
/// Up to one chunk is held in memory, so that a small blob that is already there costs no write.
package final class BlobWriter: Sendable {
  private struct State {
    var hash = SHA256()
    var byteCount = 0
    /// Bytes not written yet, less than a chunk after each append.
    var held: [UInt8] = []
    /// The file aside, made when the first chunk is full.
    var file: (any StorageFile)?
    var path = ""
    var isClosed = false
  }

  private let store: BlobStore
  private let state = Mutex(State())

  init(store: BlobStore) { self.store = store }

  deinit { cancel() }

  /// Adds bytes at the end. Throws `.tooLarge` when the blob would exceed the store's limit; an error closes the
  /// writer.
  package func append(_ bytes: [UInt8]) throws(BlobError) {
    try closingOnError { state throws(BlobError) in
      guard bytes.count <= store.bytesMax - state.byteCount else {
        throw BlobError(.tooLarge, "a blob of more than \(store.bytesMax) bytes; nothing of it was kept")
      }
      state.hash.update(bytes)
      state.byteCount += bytes.count
      state.held += bytes
      if state.held.count >= BlobStore.chunkBytes { try writeHeld(&state) }
    }
  }

  /// Gives the blob its name. When this returns it is durable, name and all, whether it was new or already there.
  package func finish() throws(BlobError) -> BlobDigest {
    let digest = try closingOnError { state throws(BlobError) in
      let digest = state.hash.digest
      try store.makeParent(of: digest)
      if try !store.isWhole(digest) {
        try writeHeld(&state)
        try publish(&state, as: digest)
      }
      // Also when it was there: whoever gave it its name may not have synced that yet.
      try store.syncing { () throws(StorageError) in
        try store.storage.syncDirectory(BlobStore.parent(of: digest))
      }
      return digest
    }
    cancel()
    return digest
  }

  /// Drops the blob and what was written of it. Nothing happens after `finish()`.
  package func cancel() {
    state.withLock { discard(&$0) }
  }

  private func closingOnError<Value: Sendable>(
    _ body: (inout State) throws(BlobError) -> Value
  ) throws(BlobError) -> Value {
    try state.withLock { state throws(BlobError) in
      guard !state.isClosed else {
        throw BlobError(.closed, "this blob's writer is finished or failed before")
      }
      do throws(BlobError) { return try body(&state) } catch {
        discard(&state)
        throw error
      }
    }
  }

  private func writeHeld(_ state: inout State) throws(BlobError) {
    let file = try openAside(&state)
    let offset = state.byteCount - state.held.count
    do { try state.held.withBytes { bytes throws(StorageError) in try file.write(bytes, at: offset) } } catch
    {
      throw BlobError(error)
    }
    state.held.removeAll(keepingCapacity: true)
  }

  private func openAside(_ state: inout State) throws(BlobError) -> any StorageFile {
    if let file = state.file { return file }
    try store.checkUsable()
    let path = BlobStore.leftovers + "/" + hexString(store.environment.random(16))
    let file = try BlobError.wrapping { () throws(StorageError) in try store.storage.open(path, .create) }
    state.file = file
    state.path = path
    return file
  }

  private func publish(_ state: inout State, as digest: BlobDigest) throws(BlobError) {
    guard let file = state.file else { preconditionFailure("BlobWriter.publish without a file") }
    try store.syncing { () throws(StorageError) in try file.sync() }
    let path = state.path
    try BlobError.wrapping { () throws(StorageError) in
      try store.storage.rename(path, to: BlobStore.path(of: digest))
    }
    state.path = ""
  }

  private func discard(_ state: inout State) {
    // A file that can't be removed is left to the next writer's start.
    if !state.path.isEmpty { try? store.storage.remove(state.path) }
    state.file = nil
    state.path = ""
    state.held = []
    state.isClosed = true
  }
}

extension SHA256 {
  /// Adds bytes without a copy.
  mutating func update(_ bytes: [UInt8]) { update(data: bytes) }

  /// The digest of all that was added.
  var digest: BlobDigest { BlobDigest(Array(finalize()))! }
}
