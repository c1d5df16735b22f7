import ParleyEnvelope

/// Makes the files of an empty store, its description last, so that an interrupted creation is no store.
enum StoreCreation {
  static func run(_ environment: LogEnvironment, _ options: LogOptions) throws(LogError) {
    guard StoreDescriptor.accepts(options.metadata) else {
      throw LogError(
        .limit,
        "the store's options must be plain ASCII without quotes, \(LogLimits.metadataBytesMax) bytes in all")
    }
    let storage = environment.storage
    try checkEmpty(storage)
    let kept = options.key == nil ? try keyInPlace(storage) : options.key
    let key = kept ?? environment.random(StoreFiles.keyByteCount)
    let storeID = Bytes16(environment.random(16)) ?? .zero
    let descriptor = StoreDescriptor(
      storeID: storeID, createdAt: environment.clock(), metadata: options.metadata)
    let header = SegmentHeader(
      storeID: storeID, base: .start, createdAt: descriptor.createdAt,
      nonce: FrameNonce(Bytes16(environment.random(16)) ?? .zero), keyCheck: SegmentHeader.keyCheck(of: key),
      predecessorDigest: .none, firstSequence: 0, descriptor: descriptor.encoded())
    try disk { () throws(StorageError) in
      for directory in [FrameSegment.directory, "segments", "index", "torn"] {
        try storage.createDirectory(directory)
      }
      if options.key == nil { try storage.writeWhole(StoreFiles.keyPath, key) }
      try storage.writeWhole(FrameSegment.path(base: .start), header.encodedRegion())
      try storage.syncDirectory(FrameSegment.directory)
      try Manifest(generation: 1, storeID: storeID, entries: []).publish(to: storage)
      try storage.writeWhole(StoreDescriptor.path, descriptor.encoded())
      try storage.syncDirectory("")
    }
  }

  /// The key that is there already, put there or left by an interrupted creation: it is kept, as it may be somebody's only
  /// copy. Nil for what is no whole key.
  private static func keyInPlace(_ storage: any Storage) throws(LogError) -> [UInt8]? {
    let key = try disk { () throws(StorageError) -> [UInt8]? in
      guard try storage.exists(StoreFiles.keyPath) else { return nil }
      return try storage.readWhole(StoreFiles.keyPath, upTo: StoreFiles.keyByteCount + 1)
    }
    guard let key, key.count == StoreFiles.keyByteCount, key.contains(where: { $0 != 0 }) else { return nil }
    return key
  }

  /// Refuses a directory with anything in it but what an interrupted creation leaves: that held no event and is
  /// written over.
  private static func checkEmpty(_ storage: any Storage) throws(LogError) {
    try makeDirectory(of: storage)
    let names = try disk { () throws(StorageError) in try storage.list("") }
    guard !names.contains(StoreDescriptor.path) else {
      throw LogError(
        .directoryNotEmpty, "there is a store already: it is kept as it is; name another directory")
    }
    let isOurs = names.allSatisfy { leftovers.contains($0) }
    guard isOurs, try holdsNoEvent(storage) else {
      throw LogError(
        .directoryNotEmpty,
        "the directory is not empty (it has \(names.count) entries): a store is created in an empty or new one"
      )
    }
  }

  private static func makeDirectory(of storage: any Storage) throws(LogError) {
    do throws(StorageError) { try storage.createDirectory("") } catch {
      let known = LogError(error)
      guard known.code == .disk else { throw known }
      throw LogError(.disk, "the directory can't be made (\(error.reason)); name another place for the store")
    }
  }

  /// Every name that creation makes before the description, which comes last.
  private static let leftovers: Set<String> = [
    FrameSegment.directory, "segments", "index", "torn", StoreFiles.keyPath, Manifest.path, Manifest.newPath,
    Manifest.oldPath,
  ]

  private static func holdsNoEvent(_ storage: any Storage) throws(LogError) -> Bool {
    let first = FrameSegment.path(base: .start)
    return try disk { () throws(StorageError) in
      for directory in [FrameSegment.directory, "segments", "index", "torn"]
      where try storage.exists(directory) {
        let names = try storage.list(directory).map { "\(directory)/\($0)" }
        guard names.allSatisfy({ $0 == first }) else { return false }
      }
      guard try storage.exists(first) else { return true }
      return try storage.open(first, .read).size() <= SegmentHeader.regionByteCount
    }
  }
}
