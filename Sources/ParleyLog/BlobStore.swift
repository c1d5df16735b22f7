import Crypto
import Synchronization

/// Files by the SHA-256 of their content: attachments, recordings, whatever is too large for an event.
///
/// A blob is written once, never changed, and is the same file however often it comes. It lies at
/// `blobs/<first 2 hex digits>/<64 hex digits>`, and is whole or absent: it is written aside in `blobs/tmp`, synced,
/// and only then given its name. Any number of threads may put and read at once.
package final class BlobStore: Sendable {
  /// Bytes of a chunk, what reading gives at once and what a writer holds in memory.
  package static let chunkBytes = 1 << 20
  /// The most bytes of a blob unless the store is given another limit: 4 GiB.
  package static let blobBytesMax = 4 << 30

  static let directory = "blobs"
  static let leftovers = "blobs/tmp"

  let environment: LogEnvironment
  let bytesMax: Int
  /// Directories whose names this process has made durable.
  private let durableDirectories = Mutex<Set<String>>([])
  /// Set by a sync that failed: later syncs prove nothing about what went before, so nothing more is put.
  private let isPoisoned = Mutex(false)

  var storage: any Storage { environment.storage }

  /// The blobs of a store. Nothing is read or written yet.
  package init(environment: LogEnvironment, bytesMax: Int = BlobStore.blobBytesMax) {
    self.environment = environment
    self.bytesMax = bytesMax
  }

  /// Makes the directories durable and removes what unfinished writers left; for the one who holds the store's
  /// lock, before the first `begin()`.
  package func prepareForWriting() throws(BlobError) {
    try BlobError.wrapping { () throws(StorageError) in
      try storage.createDirectory(Self.leftovers)
      try storage.syncDirectory("")
      try storage.syncDirectory(Self.directory)
      for name in try storage.list(Self.leftovers) { try storage.remove(Self.leftovers + "/" + name) }
    }
  }

  /// Starts a new blob.
  package func begin() throws(BlobError) -> BlobWriter {
    try checkUsable()
    return BlobWriter(store: self)
  }

  /// Puts a whole blob that is in memory. Durable when this returns; nothing is written when it is there.
  package func put(_ bytes: [UInt8]) throws(BlobError) -> BlobDigest {
    let writer = try begin()
    try writer.append(bytes)
    return try writer.finish()
  }

  /// Whether a blob is there, its bytes unchecked.
  package func contains(_ digest: BlobDigest) throws(BlobError) -> Bool {
    try BlobError.wrapping { () throws(StorageError) in try storage.exists(Self.path(of: digest)) }
  }

  /// Bytes of a blob.
  package func size(of digest: BlobDigest) throws(BlobError) -> Int {
    let file = try open(digest)
    return try BlobError.wrapping { () throws(StorageError) in try file.size() }
  }

  /// Gives a blob's bytes in order, in chunks of at most `chunkBytes`, and throws `.damaged` at the end when they
  /// do not have its digest: what the body was given is to be believed only when this returns.
  package func read(
    _ digest: BlobDigest, _ body: ([UInt8]) throws(BlobError) -> Void
  ) throws(BlobError) {
    let file = try open(digest)
    var hash = SHA256()
    var offset = 0
    while true {
      let chunk = try BlobError.wrapping { () throws(StorageError) in
        try file.read(Self.chunkBytes, at: offset)
      }
      hash.update(chunk)
      if !chunk.isEmpty { try body(chunk) }
      offset += chunk.count
      if chunk.count < Self.chunkBytes { break }
    }
    guard hash.digest == digest else {
      throw BlobError(
        .damaged, "blob \(digest): its \(offset) bytes have another digest; put it again to replace it")
    }
  }

  /// All blobs, by digest, their bytes unchecked.
  package func list() throws(BlobError) -> [BlobDigest] {
    try BlobError.wrapping { () throws(StorageError) in
      guard try storage.exists(Self.directory) else { return [] }
      var digests: [BlobDigest] = []
      for prefix in try storage.list(Self.directory) where prefix.utf8.count == 2 {
        for name in try names(in: Self.directory + "/" + prefix) {
          if let digest = BlobDigest(hex: name), name.hasPrefix(prefix) { digests.append(digest) }
        }
      }
      return digests.sorted()
    }
  }

  /// The names in a directory of blobs; none where a file has its name.
  private func names(in directory: String) throws(StorageError) -> [String] {
    do { return try storage.list(directory) } catch {
      if error.systemError == .notDirectory { return [] }
      throw error
    }
  }

  /// The blob's file, relative to the store's directory.
  package static func path(of digest: BlobDigest) -> String { parent(of: digest) + "/" + digest.hex }

  static func parent(of digest: BlobDigest) -> String { directory + "/" + digest.hex.prefix(2) }

  private func open(_ digest: BlobDigest) throws(BlobError) -> any StorageFile {
    do { return try storage.open(Self.path(of: digest), .read) } catch {
      if error.systemError == .notFound { throw BlobError(.missing, "no blob \(digest)") }
      throw BlobError(error)
    }
  }
}

// MARK: - What a writer needs

extension BlobStore {
  func checkUsable() throws(BlobError) {
    guard isPoisoned.withLock({ !$0 }) else {
      throw BlobError(
        .closed, "a sync of blobs failed before: close the store, check the disk, open it again")
    }
  }

  /// Runs a sync; one that fails is the last.
  func syncing(_ body: () throws(StorageError) -> Void) throws(BlobError) {
    do { try body() } catch {
      isPoisoned.withLock { $0 = true }
      throw BlobError(error)
    }
  }

  /// Whether the blob's file is there and has its digest: a damaged copy counts as absent and is replaced.
  func isWhole(_ digest: BlobDigest) throws(BlobError) -> Bool {
    do {
      try read(digest) { _ throws(BlobError) in }
      return true
    } catch {
      if error.code == .missing || error.code == .damaged { return false }
      throw error
    }
  }

  /// Makes a blob's directory, its own name durable.
  func makeParent(of digest: BlobDigest) throws(BlobError) {
    let parent = Self.parent(of: digest)
    if durableDirectories.withLock({ $0.contains(parent) }) { return }
    try BlobError.wrapping { () throws(StorageError) in try storage.createDirectory(parent) }
    try syncing { () throws(StorageError) in try storage.syncDirectory(Self.directory) }
    _ = durableDirectories.withLock { $0.insert(parent) }
  }
}
