package import ParleyEnvelope

/// Something that is not as it was written, found by `EventLog.verify`.
package struct LogFinding: Hashable, Sendable {
  /// What a finding means for the store.
  package enum Weight: String, Sendable {
    /// Events are lost.
    case damage
    /// Nothing is lost: it is derived, or another copy is whole. The message says what makes it whole again.
    case repairable
  }

  package var weight: Weight
  /// The file, relative to the store's directory.
  package var file: String
  /// What was found and what was expected.
  package var message: String
  /// The events that can't be read whole, ascending.
  package var positions: [Range<Position>]

  package init(_ weight: Weight, file: String, _ message: String, positions: [Range<Position>] = []) {
    self.weight = weight
    self.file = file
    self.message = message
    self.positions = positions
  }

  /// Whether it names all of some positions.
  fileprivate func covers(_ others: [Range<Position>]) -> Bool {
    others.allSatisfy { other in positions.contains { $0.clamped(to: other) == other } }
  }

  init(_ damage: Damage) {
    self.init(
      damage.positions.isEmpty ? .repairable : .damage, file: damage.file, damage.finding,
      positions: damage.positions.isEmpty ? [] : [damage.positions])
  }
}

extension EventLog {
  /// Reads everything and checks everything there is to check: checksums, the chain of frames, positions, each
  /// stream's chain, directories against their segments, manifest, watermark, blobs against their digests.
  /// `progress` gets the events read so far.
  package func verify(progress: (Position) -> Void = { _ in }) throws(LogError) -> [LogFinding] {
    // From the start where a writer has merged meanwhile what was still to be read.
    try ask { view throws(LogError) in
      var verification = Verification(log: self, view: view)
      do {
        try verification.run(progress)
      } catch let error as LogError {
        throw error
      } catch {
        preconditionFailure("EventLog.verify: \(error)")
      }
      return verification.findings
    }
  }
}

/// One pass over a store.
private struct Verification {
  let log: EventLog
  let view: LogView
  private(set) var findings: [LogFinding] = []
  /// Where the segment checked last ends, and the digest of its last frame; nil when it is damaged.
  private var chainEnd: (end: Position, digest: FrameDigest)?

  private var storage: any Storage { log.environment.storage }

  init(log: EventLog, view: LogView) {
    self.log = log
    self.view = view
  }

  mutating func run(_ progress: (Position) -> Void) throws {
    try checkFiles()
    var expected = Position.start
    for segment in view.segments {
      if segment.base > expected { findings.append(LogFinding(view.missing(expected))) }
      switch segment {
      case .frames(let segment): try check(segment)
      case .sealed(let segment): try check(segment)
      }
      expected = segment.end
      progress(min(expected, view.head))
    }
    if view.head > expected { findings.append(LogFinding(view.missing(expected))) }
    try checkRuns()
    findings += try log.unshownEvents()
    try checkTornTail()
    try checkEvents(progress)
    try checkBlobs()
  }

  // MARK: - Small files

  private mutating func checkFiles() throws(LogError) {
    let storage = storage
    if log.files.isDescriptorMissing {
      findings.append(
        LogFinding(
          .repairable, file: StoreDescriptor.path,
          "missing or damaged: segments repeat what it says; opening for appending makes it again"))
    }
    let storeID = log.descriptor.storeID
    let isManifestWhole = try disk { () throws(StorageError) in
      if try Manifest.read(Manifest.path, from: storage, storeID: storeID) != nil { return true }
      // A writer at work may be between its two renames, or past them by now.
      guard try storage.isLocked(StoreFiles.lockPath) else { return false }
      return try [Manifest.newPath, Manifest.path].count { path throws(StorageError) in
        try Manifest.read(path, from: storage, storeID: storeID) != nil
      } > 0
    }
    if !isManifestWhole {
      findings.append(
        LogFinding(
          .repairable, file: Manifest.path,
          "missing or damaged: the segments' headers say the same; opening for appending makes it again")
      )
    }
  }

  // MARK: - Segments

  private mutating func check(_ segment: FrameSegment) throws(LogError) {
    try checkHeaders(of: segment)
    checkChain(to: segment.header, segment.path)
    let limit = try segment.frames().endOffset
    var scan = SegmentScan(
      path: segment.path, file: segment.file, header: segment.header, trustedOffset: .max, limit: limit,
      checksWholeChain: true)
    try scan.run()
    if scan.head < segment.end {
      try scan.appendLost(through: segment.end, byteCount: limit - scan.offset)
    }
    findings += scan.damages.map { LogFinding($0) }
    chainEnd = scan.damages.isEmpty ? (segment.end, scan.lastDigest) : nil
    guard let directory = try directory(of: segment) else { return }
    do throws(LogError) {
      try directory.verify()
    } catch {
      findings.append(LogFinding(.repairable, file: directory.path, error.message))
      return
    }
    guard scan.damages.isEmpty else { return }
    let rebuilt = SegmentDirectory.encoded(
      scan.index.directoryContent(), storeID: segment.header.storeID, base: segment.base)
    // It may have been sealed meanwhile, and its files be gone.
    guard let file = try storage.openIfThere(directory.path) else { return }
    let stored = try disk { () throws(StorageError) in try file.read(rebuilt.count + 1, at: 0) }
    if stored != rebuilt {
      findings.append(
        LogFinding(
          .repairable, file: directory.path,
          "it is not the directory of its segment: delete it, opening for appending makes it again"))
    }
  }

  private mutating func check(_ segment: SealedSegment) throws(LogError) {
    guard let file = try segment.file() else {
      findings.append(LogFinding(segment.lost()))
      chainEnd = nil
      return
    }
    try checkHeaders(file.header, in: file.file, file.path)
    checkChain(to: file.header, file.path)
    findings += try SealedVerification.findings(in: file)
    chainEnd = file.footer.map { (segment.end, $0.lastDigest) }
  }

  /// The directory of a complete segment, also one that was made since the segment was opened. Nil where there is
  /// none, which is a finding unless a writer at work is still to make it.
  private mutating func directory(of segment: FrameSegment) throws(LogError) -> SegmentDirectory? {
    if let directory = segment.directory { return directory }
    guard segment.base != view.frames.last?.base, !log.isWritable else { return nil }
    let path = FrameSegment.directoryPath(base: segment.base)
    let storage = storage
    // In this order: what a writer makes meanwhile is found, and is no finding.
    let isAwaited = try isDirectoryAwaited(of: segment)
    let isThere = try disk { () throws(StorageError) in try storage.exists(path) }
    if !isThere, isAwaited { return nil }
    if let directory = try log.files.openDirectory(segment.base) { return directory }
    if try !log.files.isThere(segment.base) { return nil }
    findings.append(
      LogFinding(
        .repairable, file: path,
        "missing, damaged or of an older version: its segment is read instead; opening for appending makes it again"
      ))
    return nil
  }

  /// Whether a writer in another process may still have to make the directory: it makes the oldest first.
  private func isDirectoryAwaited(of segment: FrameSegment) throws(LogError) -> Bool {
    let later = view.frames.dropLast().filter { $0.base > segment.base }
    let storage = storage
    return try disk { () throws(StorageError) in
      guard try storage.isLocked(StoreFiles.lockPath) else { return false }
      return try later.count { segment throws(StorageError) in
        try storage.exists(FrameSegment.directoryPath(base: segment.base))
      } == 0
    }
  }

  /// What an interrupted write left: never acknowledged, and no finding for a reader of events.
  private mutating func checkTornTail() throws(LogError) {
    guard let tail = try log.tailBehindMark(), tail.tornByteCount > 0 else { return }
    findings.append(
      LogFinding(
        .repairable, file: tail.file,
        "at byte \(tail.offset): \(tail.tornByteCount) bytes behind the last frame are no frame, as an interrupted "
          + "write leaves them: the next opening for appending moves them to torn/"))
  }

  private mutating func checkHeaders(of segment: FrameSegment) throws(LogError) {
    try checkHeaders(segment.header, in: segment.file, segment.path)
  }

  private mutating func checkHeaders(
    _ header: SegmentHeader, in file: any StorageFile, _ path: String
  ) throws(LogError) {
    for copy in 0..<2 {
      let offset = copy * SegmentHeader.byteCount
      let bytes = try disk { () throws(StorageError) in try file.read(SegmentHeader.byteCount, at: offset) }
      if try SegmentHeader.decode(bytes) != header {
        findings.append(
          LogFinding(
            .repairable, file: path,
            "copy \(copy + 1) of 2 of its header is damaged: the other is read, a backup has both"))
      }
    }
  }

  /// That a segment was written behind the last frame of the one before it.
  private mutating func checkChain(to header: SegmentHeader, _ path: String) {
    guard let before = chainEnd, before.end == header.base, before.digest != header.predecessorDigest
    else { return }
    findings.append(
      LogFinding(
        .damage, file: path, "its predecessor's last frame is not the one it was written after"))
  }

  // MARK: - Index runs

  /// Every page of every run, and that a sealed segment has one.
  private mutating func checkRuns() throws(LogError) {
    for part in view.parts {
      switch part {
      case .frames: continue
      case .sealed(let segment):
        if log.isWritable { continue }
        findings.append(
          LogFinding(
            .repairable, file: IndexRun.path(segment.base..<segment.end),
            "missing: its segment is read instead; opening for appending makes it again"))
      case .run(let run):
        do throws(LogError) {
          try run.verify()
          if try !run.holds(view.covered(by: run)) {
            throw LogError(
              .damaged, "it is not the index of its segments: delete it, it is made again", file: run.path)
          }
        } catch {
          guard error.code == .damaged else { throw error }
          findings.append(LogFinding(.repairable, file: run.path, error.message))
        }
      }
    }
  }

  // MARK: - Events

  /// Bodies by their checksums, envelopes by the rules the writer keeps.
  private mutating func checkEvents(_ progress: (Position) -> Void) throws {
    var rules = EnvelopeRules()
    var found: [LogFinding] = []
    try log.replay(.records) { piece in
      switch piece {
      case .damage(let damage): found.append(LogFinding(damage))
      case .events(let batch):
        batch.forEachEnvelope { position, envelope in
          for broken in rules.check(envelope, at: position) where !self.isDamaged(envelope.previous, found) {
            found.append(
              LogFinding(
                .damage, file: FrameSegment.directory, broken,
                positions: [position..<position.advanced(by: 1)]))
          }
        }
        progress(batch.end)
      }
      return .proceed
    }
    for finding in found
    where !findings.contains(where: { $0.file == finding.file && $0.covers(finding.positions) }) {
      findings.append(finding)
    }
  }

  /// Whether an event is known to be lost, by the scan or by the replay so far: the next one of its stream is
  /// whole though nothing seems to come before it.
  private func isDamaged(_ position: Position, _ found: [LogFinding]) -> Bool {
    !position.isNone && (findings + found).contains { $0.positions.contains { $0.contains(position) } }
  }

  private mutating func checkBlobs() throws(LogError) {
    do {
      for digest in try log.blobs.list() {
        do {
          try log.blobs.read(digest) { _ in }
        } catch {
          findings.append(LogFinding(.damage, file: BlobStore.directory, "\(error)"))
        }
      }
    } catch {
      throw LogError(.disk, "the blobs can't be listed: \(error)", file: BlobStore.directory)
    }
  }
}

/// What the writer keeps true of envelopes, checked in order of position.
private struct EnvelopeRules {
  /// Streams whose last event is remembered, about 32 bytes each; of further ones the chain is not checked.
  private static let streamsMax = 4 << 20

  private var streams = KeyTable()
  private var tails: [Position] = []
  private var recordedAt = Timestamp.earliest

  /// What is broken, described.
  mutating func check(_ envelope: Envelope, at position: Position) -> [String] {
    var broken: [String] = []
    if envelope.recordedAt < recordedAt {
      broken.append("position \(position) was recorded before the one before it")
    }
    recordedAt = max(recordedAt, envelope.recordedAt)
    guard streams.count < Self.streamsMax || streams.ordinal(of: envelope.stream.rawValue) != nil else {
      return broken
    }
    let (ordinal, isNew) = streams.insert(envelope.stream.rawValue)
    let before = isNew ? .none : tails[ordinal]
    if envelope.previous != before {
      broken.append(
        "position \(position) says that \(envelope.previous) comes before it in its stream, not \(before)")
    }
    if isNew { tails.append(position) } else { tails[ordinal] = position }
    return broken
  }
}

extension Watermark {
  /// How many of the two slots are whole.
  static func wholeSlots(in storage: any Storage, storeID: Bytes16) throws(StorageError) -> Int {
    guard try storage.exists(path) else { return 0 }
    let file = try storage.open(path, .read)
    return try (0..<2).count { slot throws(StorageError) in
      decode(try slotBytes(slot, in: file))?.storeID == storeID
    }
  }
}
