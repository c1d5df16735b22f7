import ParleyEnvelope

/// The segments that are complete, oldest first: replaced whole, the previous generation kept beside it.
struct Manifest: Equatable, Sendable {
  static let path = "MANIFEST"
  static let newPath = "MANIFEST.new"
  static let oldPath = "MANIFEST.old"
  private static let magic = Array("PRLYMANI".utf8)
  private static let version: UInt16 = 1
  private static let headerByteCount = 48
  /// Segments of one store: at 64 MiB each, four terabytes.
  static let entriesMax = 65_536

  /// How a segment is laid out.
  enum Form: UInt8 { case rolled = 1, sealed = 2 }

  /// One complete segment.
  struct Entry: Equatable, Sendable {
    static let byteCount = 96

    var form: Form
    var base: Position
    var count: Int
    /// Bytes of the segment's file.
    var byteCount: Int
    /// Where the page is that says where all else is, and its checksum: a directory's first, a sealed segment's last.
    var footerOffset: Int
    var footerChecksum: UInt32
    /// The number of frames before and in the segment, and the digest of the last one's header.
    var nextSequence: UInt64
    var lastDigest: FrameDigest

    var end: Position { base.advanced(by: count) }
  }

  var generation: UInt64
  var storeID: Bytes16
  var entries: [Entry]

  /// The position after the last complete segment.
  var end: Position { entries.last?.end ?? .start }

  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: Self.headerByteCount + entries.count * Entry.byteCount + 4)
    writer.append(Self.magic)
    writer.append(Self.version)
    writer.append(UInt16(0))
    writer.append(UInt32(entries.count))
    writer.append(generation)
    writer.append(storeID)
    writer.append(UInt64(0))
    for entry in entries { entry.append(to: &writer) }
    writer.append(CRC32C.of(writer.bytes))
    return writer.bytes
  }

  /// The manifest in a file's bytes; nil when they are not a whole one.
  static func decode(_ bytes: [UInt8]) -> Manifest? {
    guard bytes.count >= headerByteCount + 4, bytes.starts(with: magic) else { return nil }
    return bytes.withBytes { span in
      let count = Int(span.integer(at: 12, as: UInt32.self))
      let end = headerByteCount + count * Entry.byteCount
      guard span.integer(at: 8, as: UInt16.self) == version, count <= entriesMax, span.byteCount == end + 4,
        span.integer(at: end, as: UInt32.self) == CRC32C.of(span.extracting(0..<end)),
        span.isZero(10..<12), span.isZero(40..<48)
      else { return nil }
      var entries: [Entry] = []
      entries.reserveCapacity(count)
      for number in 0..<count {
        guard let entry = Entry(span, at: headerByteCount + number * Entry.byteCount),
          entries.last.map({ $0.end <= entry.base }) ?? true
        else { return nil }
        entries.append(entry)
      }
      return Manifest(generation: span.integer(at: 16), storeID: span.bytes16(at: 24), entries: entries)
    }
  }
}

extension Manifest.Entry {
  fileprivate func append(to writer: inout ByteWriter) {
    writer.append(base.rawValue)
    writer.append(UInt64(count))
    writer.append(UInt64(byteCount))
    writer.append(UInt64(footerOffset))
    writer.append(footerChecksum)
    writer.append(form.rawValue)
    writer.append([0, 0, 0])
    writer.append(nextSequence)
    writer.append(lastDigest)
    writer.append(UInt64(0))
    writer.append(UInt64(0))
  }

  fileprivate init?(_ span: RawSpan, at offset: Int) {
    guard let count = Int(exactly: span.integer(at: offset + 8, as: UInt64.self)),
      let byteCount = Int(exactly: span.integer(at: offset + 16, as: UInt64.self)),
      let footerOffset = Int(exactly: span.integer(at: offset + 24, as: UInt64.self)),
      let form = Manifest.Form(rawValue: span.integer(at: offset + 36)),
      span.isZero((offset + 37)..<(offset + 40)), span.isZero((offset + 80)..<(offset + Self.byteCount))
    else { return nil }
    self.init(
      form: form, base: Position(rawValue: span.integer(at: offset)), count: count,
      byteCount: byteCount, footerOffset: footerOffset, footerChecksum: span.integer(at: offset + 32),
      nextSequence: span.integer(at: offset + 40), lastDigest: FrameDigest(span, at: offset + 48))
    guard base.isReachable, count <= Int(Position.reachableMax.rawValue),
      form != .sealed || SealedSegment.counts.contains(count)
    else { return nil }
  }
}

// MARK: - On disk

extension Manifest {
  /// The newest whole manifest of a store among the three names; nil when there is none.
  static func read(from storage: any Storage, storeID: Bytes16) throws(StorageError) -> Manifest? {
    var newest: Manifest?
    for path in [path, newPath, oldPath] {
      guard let found = try read(path, from: storage, storeID: storeID) else { continue }
      if found.generation > newest?.generation ?? 0 { newest = found }
    }
    return newest
  }

  /// The manifest of a store under one of the names; nil when there is no whole one.
  static func read(_ path: String, from storage: any Storage, storeID: Bytes16) throws(StorageError)
    -> Manifest?
  {
    do {
      let bytes = try storage.readWhole(path, upTo: headerByteCount + entriesMax * Entry.byteCount + 4)
      return decode(bytes).flatMap { $0.storeID == storeID ? $0 : nil }
    } catch {
      // A writer renames them, and a directory may have the name.
      if error.isMissing || error.isDirectory { return nil }
      throw error
    }
  }

  /// Replaces the manifest on disk. Durable when this returns; whenever it stops, one of the names is whole.
  func publish(to storage: any Storage) throws(StorageError) {
    try storage.writeWhole(Self.newPath, encoded())
    if try storage.exists(Self.path) { try storage.rename(Self.path, to: Self.oldPath) }
    try storage.rename(Self.newPath, to: Self.path)
    try storage.syncDirectory("")
  }
}

extension Storage {
  /// Opens a file to read it; nil when it is not there.
  func openIfThere(_ path: String) throws(LogError) -> (any StorageFile)? {
    do {
      return try open(path, .read)
    } catch {
      guard error.isMissing else { throw LogError(error) }
      return nil
    }
  }

  /// A file's bytes, at most so many.
  func readWhole(_ path: String, upTo limit: Int) throws(StorageError) -> [UInt8] {
    let file = try open(path, .read)
    return try file.read(min(limit, file.size()), at: 0)
  }

  /// Makes a file with these bytes, replacing one that an interrupted attempt left. Its bytes are durable when this
  /// returns, its name only after the directory is synced.
  func writeWhole(_ path: String, _ bytes: [UInt8]) throws(StorageError) {
    if try exists(path) { try remove(path) }
    let file = try open(path, .create)
    try bytes.withBytes { span throws(StorageError) in try file.write(span, at: 0) }
    try file.sync()
  }
}
