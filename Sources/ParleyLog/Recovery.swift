import ParleyEnvelope

/// Brings a store to where its writer can go on: everything provable kept, a torn tail cut back and kept aside,
/// damage below the durable mark named and left as it is.
///
/// What is valid but above the watermark is written again and synced before the mark moves over it, the header and
/// the name of a segment that the mark does not name yet included: after a sync that failed, the kernel calls lost
/// pages clean, so that what reads well now may be gone tomorrow (PostgreSQL, "fsyncgate", 2018).
struct Recovery {
  /// The files as they were found.
  let files: StoreFiles
  let environment: LogEnvironment
  private let mark: Watermark?

  private var complete: [FrameSegment] = []
  private var damages: [Damage] = []
  private var generation: UInt64

  private var storage: any Storage { environment.storage }

  /// What a writer starts from.
  struct Outcome {
    var view: LogView
    var nextSequence: UInt64
    var lastDigest: FrameDigest
    var watermarkGeneration: UInt64
    var damages: [Damage]
    /// Where a torn tail begins that could not be kept aside, as the disk is full.
    var pendingCut: Int?
  }

  init(_ files: StoreFiles, _ environment: LogEnvironment) throws(LogError) {
    self.files = files
    self.environment = environment
    mark = try files.watermark()
    generation = mark?.generation ?? 0
  }

  mutating func run() throws(LogError) -> Outcome {
    try openComplete()
    var outcome = try recoverActive()
    outcome.damages = damages
    outcome.watermarkGeneration = generation
    return outcome
  }

  private func view(_ active: FrameSegment, head: Position) -> LogView {
    LogView(
      sealed: files.sealed, runs: files.runs, frames: complete + [active], head: head, cache: BlockCache())
  }

  /// Where everything that is complete ends.
  private var completeEnd: Position { max(complete.last?.end ?? .start, files.sealed.last?.end ?? .start) }

  // MARK: - Complete segments

  /// Every segment but the last: by its directory, or scanned when that is missing.
  private mutating func openComplete() throws(LogError) {
    for base in isNewestMissing ? files.bases[...] : files.bases.dropLast() {
      guard let opened = try files.openSegment(base, .read) else {
        damages.append(lostSegment(base))
        continue
      }
      if let directory = try files.openDirectory(base) {
        complete.append(
          FrameSegment(path: opened.path, file: opened.file, header: opened.header, directory: directory))
      } else {
        let scan = try opened.scan(trustedOffset: .max)
        damages.append(contentsOf: scan.damages)
        complete.append(opened.indexed(by: scan.index))
      }
    }
  }

  /// Whether the segment that the mark names is gone: then every other is complete.
  private var isNewestMissing: Bool {
    guard let mark else { return false }
    return files.bases.last.map { $0 < mark.segment } ?? (mark.head > .start)
  }

  private func lostSegment(_ base: Position) -> Damage {
    let next = (files.bases + files.sealed.map(\.base)).filter { $0 > base }.min()
    let end = next ?? mark?.head ?? base
    return Damage(
      file: FrameSegment.path(base: base), offset: 0, part: "segment header", positions: base..<max(base, end)
    )
  }

  // MARK: - The active segment

  private mutating func recoverActive() throws(LogError) -> Outcome {
    if isNewestMissing, let mark {
      if mark.head > mark.segment { damages.append(lostSegment(mark.segment)) }
      return try restart(at: mark.head)
    }
    guard let base = files.bases.last else { return try restart(at: mark?.head ?? completeEnd) }
    guard let opened = try files.openSegment(base, .readWrite) else { return try restartWithout(base) }
    let isMarked = mark?.segment == base
    var scan = try opened.scan(
      trustedOffset: isMarked ? mark?.durableOffset ?? 0 : 0, expecting: isMarked ? mark?.head ?? base : base)
    if isMarked, let mark, scan.head < mark.head {
      // The mark says that more was durable: corruption, not a torn tail. It stays; a new segment goes on.
      let missing = max(FrameHeader.alignment, mark.durableOffset - scan.offset)
      try scan.appendLost(through: mark.head, byteCount: FrameHeader.padded(missing))
      damages.append(contentsOf: scan.damages)
      complete.append(opened.indexed(by: scan.index))
      return try restart(at: mark.head)
    }
    damages.append(contentsOf: scan.damages)
    let pendingCut = try cutTail(of: opened, at: scan.offset)
    if isMarked, let mark {
      try rewrite(opened, from: mark.durableOffset, to: scan.offset)
    } else {
      try rewriteWhole(opened, to: scan.offset)
    }
    let active = opened.indexed(by: scan.index)
    return Outcome(
      view: self.view(active, head: scan.head), nextSequence: scan.nextSequence,
      lastDigest: scan.lastDigest, watermarkGeneration: 0, damages: [], pendingCut: pendingCut)
  }

  /// The last file has no readable header: it held events when the mark says so, else it is what an interrupted
  /// roll left.
  private mutating func restartWithout(_ base: Position) throws(LogError) -> Outcome {
    if let mark, mark.segment == base, mark.head > base {
      damages.append(lostSegment(base))
      return try restart(at: mark.head)
    }
    let storage = storage
    try disk { () throws(StorageError) in
      try storage.createDirectory("torn")
      try storage.rename(FrameSegment.path(base: base), to: "torn/\(base.rawValue)-header.seg")
      try storage.syncDirectory(FrameSegment.directory)
      try storage.syncDirectory("torn")
    }
    return try restart(at: max(base, completeEnd))
  }

  /// Begins a new segment behind everything that is known to have been durable.
  private mutating func restart(at head: Position) throws(LogError) -> Outcome {
    let (sequence, digest) = try chainEnd()
    let active = try SegmentCreation.run(
      environment, files: files, base: head, sequence: sequence, digest: digest)
    return Outcome(
      view: self.view(active, head: head), nextSequence: sequence, lastDigest: digest,
      watermarkGeneration: 0, damages: [], pendingCut: nil)
  }

  /// Where the chain of frames ends: as the mark says, else as the last complete segment's frames do.
  private func chainEnd() throws(LogError) -> (UInt64, FrameDigest) {
    if let mark { return (mark.nextSequence, mark.lastDigest) }
    if let last = files.sealed.last, last.end == completeEnd, let footer = try last.file()?.footer {
      return (footer.nextSequence, footer.lastDigest)
    }
    guard let last = complete.last, let opened = try files.openSegment(last.base, .read) else {
      return (0, .none)
    }
    let scan = try opened.scan(trustedOffset: .max)
    return (scan.nextSequence, scan.lastDigest)
  }

  /// Keeps what follows the last provable frame in `torn/` and cuts it off. Says where it begins when the disk
  /// has no room to keep it: then it stays until there is.
  private func cutTail(of segment: OpenedSegment, at offset: Int) throws(LogError) -> Int? {
    do {
      try TornTail.cut(segment.file, path: segment.path, at: offset, storage: storage)
      return nil
    } catch {
      guard error.isDiskFull else { throw LogError(error) }
      return offset
    }
  }

  /// The same for a segment that the mark does not name: whoever began it may not have come to know that its header
  /// and its name are durable. Both copies of the header are made whole.
  private func rewriteWhole(_ segment: OpenedSegment, to end: Int) throws(LogError) {
    let storage = storage
    try disk { () throws(StorageError) in
      try segment.header.encodedRegion().withBytes { span throws(StorageError) in
        try segment.file.write(span, at: 0)
      }
      try segment.file.sync()
      try storage.syncDirectory(FrameSegment.directory)
    }
    try rewrite(segment, from: SegmentHeader.regionByteCount, to: end)
  }

  /// Writes proven frames above the mark again and syncs them.
  private func rewrite(_ segment: OpenedSegment, from start: Int, to end: Int) throws(LogError) {
    guard start < end else { return }
    try disk { () throws(StorageError) in
      var offset = start
      while offset < end {
        let bytes = try segment.file.read(min(4 << 20, end - offset), at: offset)
        guard !bytes.isEmpty else { break }
        try bytes.withBytes { span throws(StorageError) in try segment.file.write(span, at: offset) }
        offset += bytes.count
      }
      try segment.file.sync()
    }
  }
}

/// What an interrupted write left behind the last commit.
enum TornTail {
  /// Bytes from an offset through the last that is not zero.
  static func byteCount(of file: any StorageFile, from offset: Int) throws(StorageError) -> Int {
    var position = offset
    var end = offset
    while true {
      let bytes = try file.read(1 << 20, at: position)
      if let last = bytes.lastIndex(where: { $0 != 0 }) { end = position + last + 1 }
      position += bytes.count
      if bytes.isEmpty { return end - offset }
    }
  }

  /// Copies the tail to `torn/` and cuts it off, both durable. Nothing is kept of the zeros it ends with. Where the
  /// copy can't be finished nothing is cut, and no part of it stays to take the room that the next attempt needs.
  static func cut(_ file: any StorageFile, path: String, at offset: Int, storage: any Storage)
    throws(StorageError)
  {
    guard try file.size() > offset else { return }
    let count = try byteCount(of: file, from: offset)
    if count > 0 {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      try keep(file, offset..<(offset + count), as: "torn/\(name.dropLast(4))-\(offset).torn", storage)
    }
    try file.truncate(to: offset)
    try file.sync()
  }

  private static func keep(
    _ file: any StorageFile, _ range: Range<Int>, as path: String, _ storage: any Storage
  ) throws(StorageError) {
    do throws(StorageError) {
      try storage.createDirectory("torn")
      if try storage.exists(path) { try storage.remove(path) }
      try copy(file, range, to: try storage.open(path, .create))
      try storage.syncDirectory("torn")
    } catch {
      try? storage.remove(path)
      guard error.isDiskFull else { throw error }
      throw StorageError(
        operation: error.operation, path: error.path, errno: error.errno,
        detail: "to keep what an interrupted write left takes \(range.count) bytes")
    }
  }

  private static func copy(_ file: any StorageFile, _ range: Range<Int>, to copy: any StorageFile)
    throws(StorageError)
  {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let bytes = try file.read(min(1 << 20, range.upperBound - offset), at: offset)
      guard !bytes.isEmpty else { break }
      try bytes.withBytes { span throws(StorageError) in
        try copy.write(span, at: offset - range.lowerBound)
      }
      offset += bytes.count
    }
    try copy.sync()
  }
}

/// Begins a segment: its header durable, its name durable. Nothing is left of one that the disk has no room for.
enum SegmentCreation {
  static func run(
    _ environment: LogEnvironment, files: StoreFiles, base: Position, sequence: UInt64, digest: FrameDigest
  ) throws(LogError) -> FrameSegment {
    let header = SegmentHeader(
      storeID: files.descriptor.storeID, base: base, createdAt: environment.clock(),
      nonce: FrameNonce(Bytes16(environment.random(16)) ?? .zero),
      keyCheck: SegmentHeader.keyCheck(of: files.key),
      predecessorDigest: digest, firstSequence: sequence, descriptor: files.descriptor.encoded())
    let path = FrameSegment.path(base: base)
    let storage = environment.storage
    let file = try disk { () throws(StorageError) in
      do throws(StorageError) {
        try storage.writeWhole(path, header.encodedRegion())
        try storage.syncDirectory(FrameSegment.directory)
        return try storage.open(path, .readWrite)
      } catch {
        if error.isDiskFull { try? storage.remove(path) }
        throw error
      }
    }
    return FrameSegment(path: path, file: file, header: header, index: ActiveIndex())
  }
}
