import ParleyEnvelope

/// Which sealed segments, runs and segments in frames a store consists of. The manifest says it, and where it is missing or
/// of an older generation the files themselves do: a sealed one was whole when it got its name.
struct StoreSegments {
  private(set) var sealed: [SealedSegment] = []
  private(set) var runs: [IndexRun] = []
  /// The bases of the segments in frames that count.
  private(set) var framed: [Position]
  /// Files whose events others have.
  private(set) var leftovers: [String] = []
  /// Whether a sealed segment is gone that the manifest names: lost, or replaced since that was read.
  private(set) var isAnyGone = false
  private let files: SealedFiles
  /// Sealed files that are damaged and not named by the manifest, and whose events others have.
  private var passedOver: [Range<Position>] = []

  init(_ files: SealedFiles, manifest: Manifest?, framed: [Position]) throws(LogError) {
    self.files = files
    self.framed = framed
    let listed = (manifest?.entries ?? []).filter { $0.form == .sealed }
    let entries = Dictionary(uniqueKeysWithValues: listed.map { ($0.base..<$0.end, $0) })
    let present = Set(try Self.names(files.storage))
    for positions in Self.longestFirst(present.union(entries.keys)) {
      if let end = sealed.last?.end, positions.lowerBound < end {
        // What a longer one was made from.
        if present.contains(positions), positions.upperBound <= end {
          leftovers.append(SealedSegment.path(positions))
        }
        continue
      }
      let segment =
        if let entry = entries[positions] {
          listedSegment(entry, isThere: present.contains(positions), present)
        } else {
          try unlistedSegment(positions, present, entries.keys.filter { present.contains($0) })
        }
      if let segment { sealed.append(segment) }
    }
    for base in framed where sealed.contains(where: { $0.positions.contains(base) }) {
      leftovers += [FrameSegment.path(base: base), FrameSegment.directoryPath(base: base)]
    }
    for directory in [SealedSegment.directory, IndexRun.directory] {
      leftovers += try Self.names(in: directory, files.storage).filter { $0.hasSuffix(".new") }
        .map { "\(directory)/\($0)" }
    }
    self.framed.removeAll { base in sealed.contains { $0.positions.contains(base) } }
    try findRuns()
  }

  /// The positions of the sealed segments' files.
  static func names(_ storage: any Storage) throws(LogError) -> [Range<Position>] {
    try names(in: SealedSegment.directory, storage).compactMap {
      Range(fileName: $0, SealedSegment.suffix)
    }
  }

  private static func names(in directory: String, _ storage: any Storage) throws(LogError) -> [String] {
    do {
      return try storage.list(directory)
    } catch {
      guard error.isMissing else { throw LogError(error) }
      return []
    }
  }

  private static func longestFirst(_ positions: some Sequence<Range<Position>>) -> [Range<Position>] {
    positions.sorted { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
  }

  /// A segment that the manifest names: opened when it is asked for something, however many there are. Nil when it is gone
  /// and others have events of it.
  private mutating func listedSegment(
    _ entry: Manifest.Entry, isThere: Bool, _ present: Set<Range<Position>>
  ) -> SealedSegment? {
    let positions = entry.base..<entry.end
    if !isThere {
      let isElsewhere =
        framed.contains { positions.contains($0) } || present.contains { $0.overlaps(positions) }
      if isElsewhere { return nil }
      isAnyGone = true
    }
    return SealedSegment(positions, byteCount: entry.byteCount, isLost: !isThere, files)
  }

  /// A segment that the manifest does not name, as publishing it was interrupted or the manifest is lost. Nil when it is
  /// damaged and others have its events, and when it can't be what those that the manifest names were made into.
  private mutating func unlistedSegment(
    _ positions: Range<Position>, _ present: Set<Range<Position>>, _ listed: [Range<Position>]
  ) throws(LogError) -> SealedSegment? {
    let isPossible = listed.allSatisfy { !$0.overlaps(positions) || positions.contains($0) }
    let isElsewhere =
      framed.contains(positions.lowerBound)
      || present.contains { $0.lowerBound == positions.lowerBound && $0.upperBound < positions.upperBound }
    let path = SealedSegment.path(positions)
    guard isPossible, SealedSegment.counts.contains(positions.count),
      let file = try files.storage.openIfThere(path)
    else { return nil }
    let byteCount = try disk { () throws(StorageError) in try file.size() }
    let segment = SealedSegment(positions, byteCount: byteCount, files)
    if isElsewhere {
      let isWhole: Bool
      do throws(LogError) {
        isWhole = try segment.file()?.footer != nil
      } catch {
        guard error.code == .replaced else { throw error }
        isWhole = false
      }
      guard isWhole else {
        passedOver.append(positions)
        return nil
      }
    }
    return segment
  }

  /// The runs that cover sealed segments and nothing else, the longest where one lies over another.
  private mutating func findRuns() throws(LogError) {
    let names = try Self.names(in: IndexRun.directory, files.storage)
    var end = Position.start
    for positions in Self.longestFirst(names.compactMap { Range(fileName: $0, IndexRun.suffix) }) {
      let covered = sealed.filter { positions.contains($0.positions) }
      if positions.lowerBound >= end, covered.reduce(0, { $0 + $1.count }) == positions.count,
        // It may be the index of the damaged one.
        !passedOver.contains(where: { $0.overlaps(positions) })
      {
        runs.append(IndexRun(positions, segmentCount: covered.count, files))
        end = positions.upperBound
      } else {
        leftovers.append(IndexRun.path(positions))
      }
    }
  }
}
