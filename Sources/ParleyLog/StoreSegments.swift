import ParleyEnvelope

/// Which sealed segments, runs and segments in frames a store consists of. The manifest says it; where it is missing or of
/// an older generation the files themselves do.
struct StoreSegments {
  private(set) var sealed: [SealedSegment] = []
  private(set) var runs: [IndexRun] = []
  /// The bases of the segments in frames that count.
  private(set) var framed: [Position]
  private(set) var leftovers: [String] = []
  private let storage: any Storage
  private let storeID: Bytes16

  init(
    _ storage: any Storage, storeID: Bytes16, manifest: Manifest?, framed: [Position],
    openSegments: OpenSegments
  ) throws(LogError) {
    self.storage = storage
    self.storeID = storeID
    self.framed = framed
    let listed = (manifest?.entries ?? []).filter { $0.form == Manifest.Form.sealed.rawValue }
    let entries = Dictionary(listed.map { ($0.base, $0) }, uniquingKeysWith: { first, _ in first })
    let present = Set(try Self.bases(storage))
    for base in present.union(entries.keys).sorted() {
      // A file that the manifest names is opened when it is asked for something, however many there are.
      guard let (count, byteCount) = try extent(of: base, entries[base], isThere: present.contains(base))
      else { continue }
      sealed.append(
        SealedSegment(
          base: base, count: count, byteCount: byteCount, storeID: storeID, storage: storage,
          openSegments: openSegments))
    }
    for base in framed where sealed.contains(where: { $0.base <= base && base < $0.end }) {
      leftovers += [FrameSegment.path(base: base), FrameSegment.directoryPath(base: base)]
    }
    for directory in [SealedSegment.directory, IndexRun.directory] {
      leftovers += try Self.names(in: directory, storage).filter { $0.hasSuffix(".new") }
        .map { "\(directory)/\($0)" }
    }
    self.framed.removeAll { base in sealed.contains { $0.base <= base && base < $0.end } }
    try findRuns()
  }

  /// The bases of the sealed segments' files, ascending.
  static func bases(_ storage: any Storage) throws(LogError) -> [Position] {
    try names(in: SealedSegment.directory, storage).compactMap { FrameSegment.base(ofName: $0) }.sorted()
  }

  private static func names(in directory: String, _ storage: any Storage) throws(LogError) -> [String] {
    do {
      return try storage.list(directory)
    } catch {
      guard error.isMissing else { throw LogError(error) }
      return []
    }
  }

  /// How many events a sealed segment has and how long its file is; nil where the segments in frames count instead. One
  /// that no manifest names was whole when it got its name; it counts where something that it replaced is gone.
  private mutating func extent(
    of base: Position, _ entry: Manifest.Entry?, isThere: Bool
  ) throws(LogError) -> (count: Int, byteCount: Int)? {
    if let entry { return isThere || !framed.contains(base) ? (entry.count, entry.byteCount) : nil }
    let path = SealedSegment.path(base: base)
    guard let file = try storage.openIfThere(path),
      let footer = try SealedFooter.read(from: file, storeID: storeID, base: base)
    else { return nil }
    let pages = RunPageReader(
      file: file, path: path, owner: RunPages.Owner(storeID: storeID, base: base))
    let replaced = try pages.entries(of: footer.sections.replaced) { SealedFooter.Replaced($0, at: $1) }
    if replaced.allSatisfy({ framed.contains($0.base) }) {
      leftovers.append(path)
      return nil
    }
    return (footer.count, try disk { () throws(StorageError) in try file.size() })
  }

  /// The runs that cover sealed segments and nothing else, the longest where one lies over another.
  private mutating func findRuns() throws(LogError) {
    var found = try Self.names(in: IndexRun.directory, storage).compactMap { IndexRun.positions(ofName: $0) }
    found.sort { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    var end = Position.start
    for positions in found {
      let covered = sealed.filter { positions.contains($0.base) && $0.end <= positions.upperBound }
      if positions.lowerBound >= end, covered.reduce(0, { $0 + $1.count }) == positions.count {
        runs.append(IndexRun(positions: positions, storeID: storeID, storage: storage))
        end = positions.upperBound
      } else {
        leftovers.append(IndexRun.path(positions))
      }
    }
  }
}
