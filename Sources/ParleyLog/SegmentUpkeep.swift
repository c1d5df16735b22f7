import Dispatch
import ParleyEnvelope
import Synchronization

/// What rolled segments still need: a directory file each and their place in the manifest. Off the commit path;
/// until it is done the index in memory answers.
final class SegmentUpkeep: Sendable {
  private let environment: LogEnvironment
  private let files: StoreFiles
  private let view: SharedView
  /// Serializes the work, and holds the manifest as it is on disk.
  private let manifest: Mutex<Manifest>
  private let underWay = DispatchGroup()
  /// Why the last attempt failed; the next roll or opening tries again.
  private let lastFailure = Mutex<LogError?>(nil)

  init(_ environment: LogEnvironment, _ files: StoreFiles, _ view: SharedView) {
    self.environment = environment
    self.files = files
    self.view = view
    manifest = Mutex(
      files.manifest ?? Manifest(generation: 0, storeID: files.descriptor.storeID, entries: []))
  }

  var failure: LogError? { lastFailure.withLock { $0 } }

  func run(_ upkeep: LogOptions.Upkeep) {
    switch upkeep {
    case .inline: finishAll()
    case .background:
      underWay.enter()
      IOThreads.shared.submit {
        self.finishAll()
        self.underWay.leave()
      }
    }
  }

  /// Blocks until no work is under way.
  func wait() { underWay.wait() }

  /// Publishes a directory for every complete segment that has none, then the manifest when it changes or is not in
  /// its place.
  private func finishAll() {
    manifest.withLock { manifest in
      do throws(LogError) {
        try publishDescriptor()
        for segment in view.value.segments.dropLast() where segment.isIndexedInMemory {
          view.replace(segment.with(try publishDirectory(of: segment)))
        }
        try publish(&manifest)
        lastFailure.withLock { $0 = nil }
      } catch {
        // All of this is derived: appends go on, and the attempt is made again.
        lastFailure.withLock { $0 = error }
      }
    }
  }

  private func publishDescriptor() throws(LogError) {
    let storage = environment.storage
    let descriptor = files.descriptor
    guard files.isDescriptorMissing else { return }
    try disk { () throws(StorageError) in
      try storage.writeWhole(StoreDescriptor.path + ".new", descriptor.encoded())
      try storage.rename(StoreDescriptor.path + ".new", to: StoreDescriptor.path)
      try storage.syncDirectory("")
    }
  }

  private func publishDirectory(of segment: LogSegment) throws(LogError) -> SegmentDirectory {
    guard let memory = segment.memory else { preconditionFailure("a segment without an index in memory") }
    let content = memory.content.withLock { $0 }.directoryContent()
    let bytes = SegmentDirectory.encoded(content, storeID: segment.header.storeID, base: segment.base)
    let path = LogSegment.directoryPath(base: segment.base)
    let storage = environment.storage
    try disk { () throws(StorageError) in
      try storage.writeWhole(path + ".new", bytes)
      try storage.rename(path + ".new", to: path)
      try storage.syncDirectory(LogSegment.directory)
    }
    return try SegmentDirectory(
      path: path, storage: storage, storeID: segment.header.storeID, base: segment.base)
  }

  private func publish(_ manifest: inout Manifest) throws(LogError) {
    let segments = view.value.segments
    var fresh = manifest
    let present = Set(segments.map(\.base))
    fresh.entries = manifest.entries.filter { !present.contains($0.base) }
    for (segment, successor) in zip(segments, segments.dropFirst()) {
      guard let directory = segment.directory else { continue }
      fresh.entries.append(
        Manifest.Entry(
          form: 1, base: segment.base, count: directory.count, byteCount: directory.segmentEnd,
          footerOffset: 0,
          footerChecksum: directory.footerChecksum, nextSequence: successor.header.firstSequence,
          lastDigest: successor.header.predecessorDigest))
    }
    fresh.entries.sort { $0.base < $1.base }
    let storage = environment.storage
    let storeID = manifest.storeID
    let published = try disk { () throws(StorageError) in
      try Manifest.read(Manifest.path, from: storage, storeID: storeID)
    }
    // Publishing it may have stopped half-way, or the file may be damaged or an old one.
    guard fresh.entries != manifest.entries || published != manifest else { return }
    fresh.generation += 1
    let next = fresh
    try disk { () throws(StorageError) in try next.publish(to: storage) }
    manifest = next
  }
}
