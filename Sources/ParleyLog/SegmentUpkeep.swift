import Dispatch
import ParleyEnvelope
import Synchronization

/// What complete segments still need: a directory file each, their place in the manifest, and to be sealed. Off the commit
/// path; until it is done the index in memory and the frames answer.
final class SegmentUpkeep: Sendable {
  let environment: LogEnvironment
  let files: StoreFiles
  let view: SharedView
  let options: LogOptions
  /// Serializes what is published, and holds the manifest as it is on disk.
  let manifest: Mutex<Manifest>
  /// Serializes sealing and merging.
  let sealing = Mutex(())
  /// The segments that damage keeps from being sealed or merged, by their bases.
  let unsealable = Mutex<Set<Position>>([])
  /// What an interrupted sealing left, until it is removed: once, as new segments may get the same names.
  let leftovers: Mutex<[String]>
  private let lanes = Mutex(Lanes())
  private let underWay = DispatchGroup()
  let isClosing = Atomic(false)
  /// Whether something was sealed or merged since the log was opened.
  let isOneDone = Atomic(false)
  /// Who waits until less of the backlog is left, and what wakes them.
  private let waiting = Mutex(0)
  private let room = DispatchSemaphore(value: 0)
  /// Why the last attempt failed; the next roll or opening tries again.
  private let lastFailure = Mutex<LogError?>(nil)

  /// Which work is asked for and which is being done, each by one thread at a time.
  private struct Lanes {
    var publishing = Lane()
    var sealing = Lane()
  }

  private struct Lane {
    var isRunning = false
    var isAskedFor = false

    /// Whether whoever asks has to begin.
    mutating func ask() -> Bool {
      isAskedFor = true
      defer { isRunning = true }
      return !isRunning
    }

    /// Whether there is something to do; if not, it is being done no more.
    mutating func take() -> Bool {
      isRunning = isAskedFor
      isAskedFor = false
      return isRunning
    }
  }

  init(_ environment: LogEnvironment, _ files: StoreFiles, _ view: SharedView, _ options: LogOptions) {
    self.environment = environment
    self.files = files
    self.view = view
    self.options = options
    leftovers = Mutex(files.leftovers)
    manifest = Mutex(
      files.manifest ?? Manifest(generation: 0, storeID: files.descriptor.storeID, entries: []))
  }

  var failure: LogError? { lastFailure.withLock { $0 } }

  /// Does what is to be done, or lets it be done.
  func run(_ upkeep: LogOptions.Upkeep) {
    switch upkeep {
    case .inline:
      attempt { () throws(LogError) in
        try self.publishAll()
        try self.seal(.due)
      }
    case .background:
      start(\.publishing, on: { IOThreads.shared.submit($0) }) { () throws(LogError) in
        try self.publishAll()
        try self.startSealing()
      }
    }
  }

  private func startSealing() throws(LogError) {
    guard try isSealingDue() else { return }
    start(\.sealing, on: Self.onItsOwnThread) { () throws(LogError) in try self.seal(.due) }
  }

  /// Runs work that takes seconds where commits and reads don't wait for it.
  private static func onItsOwnThread(_ work: @escaping @Sendable () -> Void) {
    let isStarted = SystemCall.startThread {
      SystemCall.lowerPriority()
      work()
    }
    if !isStarted { IOThreads.shared.submit(work) }
  }

  private func start(
    _ lane: any WritableKeyPath<Lanes, Lane> & Sendable,
    on thread: (@escaping @Sendable () -> Void) -> Void,
    _ work: @escaping @Sendable () throws(LogError) -> Void
  ) {
    underWay.enter()
    guard lanes.withLock({ $0[keyPath: lane].ask() }) else {
      underWay.leave()
      return
    }
    thread {
      while self.lanes.withLock({ $0[keyPath: lane].take() }) {
        self.attempt(work)
        self.wakeWaiting()
      }
      self.underWay.leave()
    }
  }

  /// Complete segments that wait to be sealed.
  var backlogCount: Int {
    let unsealable = unsealable.withLock { $0 }
    return view.value.frames.dropLast().count { !unsealable.contains($0.base) }
  }

  /// Blocks while so much waits to be sealed that lookups and memory would suffer, and it is being sealed.
  func waitForRoom() {
    while backlogCount > LogLimits.backlogMax,
      lanes.withLock({ $0.publishing.isRunning || $0.sealing.isRunning })
    {
      waiting.withLock { $0 += 1 }
      // Somebody may have sealed meanwhile, and found nobody waiting: then soon again.
      _ = room.wait(timeout: .now() + .milliseconds(100))
    }
  }

  func wakeWaiting() {
    waiting.withLock { waiting in
      for _ in 0..<waiting { room.signal() }
      waiting = 0
    }
  }

  private func attempt(_ work: () throws(LogError) -> Void) {
    do throws(LogError) {
      try work()
      lastFailure.withLock { $0 = nil }
    } catch {
      // All of this can be done again: appends go on, and the attempt is made again.
      lastFailure.withLock { $0 = error }
    }
  }

  /// Ends sealing where it stands, or once one is sealed where much waits, and blocks until no work is under way.
  func close() {
    isClosing.store(true, ordering: .relaxed)
    underWay.wait()
  }

  // MARK: - Publishing

  /// Publishes a directory for every complete segment in frames that has none, then the manifest when it changes or is not
  /// in its place.
  func publishAll() throws(LogError) {
    try manifest.withLock { manifest throws(LogError) in
      try publishDescriptor()
      for segment in view.value.frames.dropLast() where segment.isIndexedInMemory {
        view.replace(segment.with(try publishDirectory(of: segment)))
      }
      try publish(&manifest)
      try removeLeftovers()
    }
  }

  private func publishDescriptor() throws(LogError) {
    let descriptor = files.descriptor
    guard files.isDescriptorMissing else { return }
    try publish(descriptor.encoded(), as: StoreDescriptor.path, in: "")
  }

  private func publishDirectory(of segment: FrameSegment) throws(LogError) -> SegmentDirectory {
    guard let memory = segment.memory else { preconditionFailure("a segment without an index in memory") }
    let content = memory.content.withLock { $0 }.directoryContent()
    let bytes = SegmentDirectory.encoded(content, storeID: segment.header.storeID, base: segment.base)
    let path = FrameSegment.directoryPath(base: segment.base)
    try publish(bytes, as: path, in: FrameSegment.directory)
    return try SegmentDirectory(
      path: path, storage: environment.storage, storeID: segment.header.storeID, base: segment.base)
  }

  /// A file with these bytes under its name, both durable.
  func publish(_ bytes: [UInt8], as path: String, in directory: String) throws(LogError) {
    let storage = environment.storage
    try disk { () throws(StorageError) in
      try storage.writeWhole(path + ".new", bytes)
      try storage.rename(path + ".new", to: path)
      try storage.syncDirectory(directory)
    }
  }

  /// Publishes the manifest of what the view has, but for segments whose files can't be read: those stay in it.
  func publish(_ manifest: inout Manifest, sealed new: SealedSegment? = nil) throws(LogError) {
    var view = view.value
    if let new { view.seal(new) }
    var fresh = manifest
    // An entry stays of whose events the view has none.
    let segments = view.segments
    fresh.entries = manifest.entries.filter { entry in
      let next = segments.indices.partitionPoint { segments[$0].end > entry.base }
      return next == segments.endIndex || segments[next].base >= entry.end
    }
    let sealed = manifest.entries.filter { $0.form == .sealed }
    let known = Dictionary(uniqueKeysWithValues: sealed.map { ($0.base..<$0.end, $0) })
    for (segment, successor) in zip(view.frames, view.frames.dropFirst()) {
      guard let directory = segment.directory else { continue }
      fresh.entries.append(
        Manifest.Entry(
          form: .rolled, base: segment.base, count: directory.count,
          byteCount: directory.segmentEnd, footerOffset: 0, footerChecksum: directory.footerChecksum,
          nextSequence: successor.header.firstSequence, lastDigest: successor.header.predecessorDigest))
    }
    var isAnyNew = false
    for segment in view.sealed {
      if let entry = known[segment.positions] {
        fresh.entries.append(entry)
      } else if let entry = try segment.manifestEntry() {
        fresh.entries.append(entry)
        isAnyNew = true
      }
    }
    fresh.entries.sort { $0.base < $1.base }
    let storage = environment.storage
    // Whoever gave it its name may not have come to know that it is durable.
    if isAnyNew { try disk { () throws(StorageError) in try storage.syncDirectory(SealedSegment.directory) } }
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
