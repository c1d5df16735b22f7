import ParleyEnvelope

/// What every way of opening a store begins with: its description, its key, its segments. Reads only.
struct StoreFiles {
  static let keyPath = "key"
  static let keyByteCount = 32
  static let lockPath = "LOCK"

  let storage: any Storage
  let descriptor: StoreDescriptor
  /// Whether `store.json` has to be made again.
  let isDescriptorMissing: Bool
  let key: [UInt8]
  let manifest: Manifest?
  /// The bases of the segments in frames that no sealed one has replaced, ascending.
  let bases: [Position]
  /// The sealed segments, ascending, and the index runs over them.
  let sealed: [SealedSegment]
  let runs: [IndexRun]
  /// Files that an interrupted sealing left, whose events others have.
  let leftovers: [String]
  /// Whether a sealed segment is gone that the manifest names: lost, or replaced since that was read.
  let isAnySealedGone: Bool
  let sealedFiles: SealedFiles

  /// Reads a store's files; throws `noStore`, `newerFormat`, `wrongKey` or `damaged`.
  init(_ environment: LogEnvironment, _ options: LogOptions, isWriter: Bool = false) throws(LogError) {
    storage = environment.storage
    // In this order: what a writer seals meanwhile the manifest names, and what the manifest names is there.
    let framed = try Self.segmentBases(storage)
    let headers = try Self.firstHeaders(storage, framed)
    let stored = try Self.storedDescriptor(storage, repeatedIn: headers)
    descriptor = stored.descriptor
    isDescriptorMissing = stored.isRepeated
    key = try Self.key(storage, options.key, headers)
    let storeID = descriptor.storeID
    let storage = storage
    manifest = try disk { () throws(StorageError) in try Manifest.read(from: storage, storeID: storeID) }
    sealedFiles = SealedFiles(
      storage, storeID: storeID, mayBeReplaced: !isWriter, filterBytesMax: options.indexFilterBytesMax)
    let found = try StoreSegments(sealedFiles, manifest: manifest, framed: framed)
    (bases, sealed, runs, leftovers) = (found.framed, found.sealed, found.runs, found.leftovers)
    isAnySealedGone = found.isAnyGone
  }

  private static let noStore = LogError(
    .noStore,
    "there is no store in this directory: create one with `parley init` or `ConversationStore.create`")

  private static func segmentBases(_ storage: any Storage) throws(LogError) -> [Position] {
    let names: [String]
    do {
      names = try storage.list(FrameSegment.directory)
    } catch {
      guard error.isMissing else { throw LogError(error) }
      throw noStore
    }
    return names.compactMap { FrameSegment.base(ofName: $0) }.sorted()
  }

  /// The header of the oldest segment that has a whole one, which repeats the description and proves the key.
  private static func firstHeaders(_ storage: any Storage, _ bases: [Position]) throws(LogError)
    -> SegmentHeader?
  {
    for base in bases {
      // A writer may have sealed it by now.
      guard let file = try storage.openIfThere(FrameSegment.path(base: base)) else { continue }
      if let header = try SegmentHeader.read(from: file) { return header }
    }
    for positions in try StoreSegments.names(storage).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard let file = try storage.openIfThere(SealedSegment.path(positions)) else { continue }
      if let header = try SegmentHeader.read(from: file) { return header }
    }
    return nil
  }

  private static func storedDescriptor(_ storage: any Storage, repeatedIn header: SegmentHeader?)
    throws(LogError) -> (descriptor: StoreDescriptor, isRepeated: Bool)
  {
    do {
      let bytes = try disk { () throws(StorageError) in
        try storage.readWhole(StoreDescriptor.path, upTo: 8_192)
      }
      return (try StoreDescriptor.decode(bytes, file: StoreDescriptor.path), false)
    } catch {
      guard let header, error.code != .newerFormat, error.code != .readOnly else {
        throw header == nil && error.code == .disk
          ? noStore : error
      }
      return (try StoreDescriptor.decode(header.descriptor, file: FrameSegment.path(base: header.base)), true)
    }
  }

  private static func key(_ storage: any Storage, _ given: [UInt8]?, _ header: SegmentHeader?)
    throws(LogError) -> [UInt8]
  {
    let key: [UInt8]
    if let given {
      key = given
    } else {
      do {
        key = try storage.readWhole(keyPath, upTo: keyByteCount + 1)
      } catch {
        guard error.isMissing else { throw LogError(error) }
        throw LogError(
          .wrongKey, "the store's key is not in its directory: name it with --key-file", file: keyPath)
      }
    }
    guard key.count == keyByteCount else {
      throw LogError(.wrongKey, "the key has \(key.count) bytes, \(keyByteCount) are expected", file: keyPath)
    }
    if let header, header.keyCheck != SegmentHeader.keyCheck(of: key) {
      throw LogError(
        .wrongKey, "the key is not the one this store was created with: give the right one with --key-file",
        file: keyPath)
    }
    return key
  }

  // MARK: - Segments

  /// Whether the file of a segment in frames is there.
  func isThere(_ base: Position) throws(LogError) -> Bool {
    let storage = storage
    return try disk { () throws(StorageError) in try storage.exists(FrameSegment.path(base: base)) }
  }

  /// Opens a segment's file; nil when it is gone or neither copy of its header is whole.
  func openSegment(_ base: Position, _ mode: StorageOpenMode) throws(LogError) -> OpenedSegment? {
    let path = FrameSegment.path(base: base)
    let storage = storage
    let file: any StorageFile
    do {
      file = try storage.open(path, mode)
    } catch {
      guard error.isMissing else { throw LogError(error) }
      return nil
    }
    guard let header = try SegmentHeader.read(from: file), header.base == base,
      header.storeID == descriptor.storeID
    else { return nil }
    return OpenedSegment(path: path, file: file, header: header)
  }

  /// The directory of a segment; nil when it is missing, damaged or of an older version, to be made again.
  func openDirectory(_ base: Position) throws(LogError) -> SegmentDirectory? {
    let path = FrameSegment.directoryPath(base: base)
    let storage = storage
    guard try disk({ () throws(StorageError) in try storage.exists(path) }) else { return nil }
    do {
      return try SegmentDirectory(path: path, storage: storage, storeID: descriptor.storeID, base: base)
    } catch {
      guard error.code == .damaged else { throw error }
      return nil
    }
  }

  /// The watermark; nil when it is missing or both slots are damaged.
  func watermark() throws(LogError) -> Watermark? {
    let storage = storage
    let storeID = descriptor.storeID
    return try disk { () throws(StorageError) in try Watermark.read(from: storage, storeID: storeID) }
  }
}

/// A segment's file and header, not yet indexed.
struct OpenedSegment {
  var path: String
  var file: any StorageFile
  var header: SegmentHeader

  /// Scans frames below an offset, which prove themselves or are trusted. Room is made for the events up to a head
  /// that is expected.
  func scan(trustedOffset: Int, limit: Int = .max, expecting head: Position = .start) throws(LogError)
    -> SegmentScan
  {
    var scan = SegmentScan(path: path, file: file, header: header, trustedOffset: trustedOffset, limit: limit)
    scan.reserveCapacity(upTo: head)
    try scan.run()
    return scan
  }

  func indexed(by index: ActiveIndex) -> FrameSegment {
    FrameSegment(path: path, file: file, header: header, index: index)
  }
}
