import ParleyEnvelope
import Synchronization

/// A segment in frames, open for reading, with what finds events in it: an index in memory while it is written and
/// until its directory file is published, the directory after that.
final class FrameSegment: Sendable {
  static let directory = "active"

  let path: String
  let file: any StorageFile
  let header: SegmentHeader
  /// Whose blocks the cache keeps.
  let owner = BlockCache.Owner()
  private let index: Index

  private enum Index: Sendable {
    case memory(SharedIndex)
    case directory(SegmentDirectory)
  }

  /// Made from the segment itself once a page of its directory turned out to be damaged; used from then on.
  private let rescanned = Mutex<SharedIndex?>(nil)
  /// The events that the directory has in no stream, once they were asked for.
  private let hidden = Mutex<[Range<Int>]?>(nil)

  /// An index in memory that the writer appends to while readers ask.
  final class SharedIndex: Sendable {
    let content: Mutex<ActiveIndex>
    init(_ content: ActiveIndex) { self.content = Mutex(content) }
  }

  init(path: String, file: any StorageFile, header: SegmentHeader, index: ActiveIndex) {
    self.path = path
    self.file = file
    self.header = header
    self.index = .memory(SharedIndex(index))
  }

  init(path: String, file: any StorageFile, header: SegmentHeader, directory: SegmentDirectory) {
    self.path = path
    self.file = file
    self.header = header
    index = .directory(directory)
  }

  /// The same segment, found through its directory from now on.
  func with(_ directory: SegmentDirectory) -> FrameSegment {
    FrameSegment(path: path, file: file, header: header, directory: directory)
  }

  var base: Position { header.base }

  /// Events of the segment.
  var count: Int {
    switch index {
    case .memory(let shared): shared.content.withLock { $0.count }
    case .directory(let directory): directory.count
    }
  }

  var end: Position { base.advanced(by: count) }

  /// Bytes of its file that hold frames, the header before them included.
  var endOffset: Int {
    switch index {
    case .memory(let shared): shared.content.withLock { $0.frames.endOffset }
    case .directory(let directory): directory.segmentEnd
    }
  }

  /// Whether no directory file answers for this segment, so that upkeep has to make one.
  var isIndexedInMemory: Bool { memory != nil }
  var memory: SharedIndex? {
    switch index {
    case .memory(let shared): shared
    case .directory: rescanned.withLock { $0 }
    }
  }
  var directory: SegmentDirectory? { if case .directory(let directory) = index { directory } else { nil } }

  static func path(base: Position) -> String { "\(directory)/\(base.padded).seg" }
  static func directoryPath(base: Position) -> String { "\(directory)/\(base.padded).dir" }

  /// The base in a segment's file name, nil for another name.
  static func base(ofName name: String) -> Position? {
    guard name.hasSuffix(".seg"), name.utf8.count == 24, let base = UInt64(name.dropLast(4)) else {
      return nil
    }
    return Position(rawValue: base)
  }

  // MARK: - Finding

  func position(of event: EventID) throws(LogError) -> Position? {
    try ask {
      $0.local(of: event)
    } _: { directory throws(LogError) in
      try directory.local(of: event)
    }
    .map { base.advanced(by: $0) }
  }

  func tail(of stream: StreamID) throws(LogError) -> Position? {
    try ask {
      $0.tail(of: stream)
    } _: { directory throws(LogError) in
      try directory.tail(of: stream)
    }
    .map { base.advanced(by: $0) }
  }

  /// The events of a stream before a position, the last so many, ascending.
  func positions(of stream: StreamID, before: Position, last limit: Int) throws(LogError) -> [Position] {
    guard before > base else { return [] }
    let bound = base.distance(to: before)
    return try ask {
      $0.locals(of: stream, before: bound, last: limit)
    } _: { directory throws(LogError) in
      try directory.locals(of: stream, before: bound, last: limit)
    }.map { base.advanced(by: $0) }
  }

  /// The events that no stream has, in runs counted from the base, as damage hides whose they are.
  func hiddenLocals() throws(LogError) -> [Range<Int>] {
    if let memory { return memory.content.withLock { $0.unknown } }
    guard let directory, !directory.holdsEveryEvent else { return [] }
    if let known = hidden.withLock({ $0 }) { return known }
    let found = try scanned(count: directory.count).unknown
    hidden.withLock { $0 = found }
    return found
  }

  func frames() throws(LogError) -> FrameList {
    try ask {
      $0.frames
    } _: { directory throws(LogError) in
      try directory.frames()
    }
  }

  /// The frame that holds a position, without copying the list: its events and its bytes.
  func frame(holding position: Position) throws(LogError) -> (events: Range<Int>, bytes: Range<Int>) {
    let local = base.distance(to: position)
    func find(_ frames: FrameList) -> (Range<Int>, Range<Int>) {
      let index = frames.index(of: local)
      return (frames.events(of: index), frames.bytes(of: index))
    }
    return try ask {
      find($0.frames)
    } _: { directory throws(LogError) in
      find(try directory.frames())
    }
  }

  /// Asks the index in memory or the directory. A damaged directory costs nothing but time: what it said is read
  /// from the segment again, once.
  func ask<Answer>(
    _ inMemory: (ActiveIndex) -> Answer, _ inDirectory: (SegmentDirectory) throws(LogError) -> Answer
  ) throws(LogError) -> Answer {
    if let memory { return memory.content.withLock { inMemory($0) } }
    guard let directory else { preconditionFailure("a segment without an index") }
    do throws(LogError) {
      return try inDirectory(directory)
    } catch {
      guard error.code == .damaged else { throw error }
      return try rescan(count: directory.count).content.withLock { inMemory($0) }
    }
  }

  private func rescan(count: Int) throws(LogError) -> SharedIndex {
    let shared = SharedIndex(try scanned(count: count))
    return rescanned.withLock { known in
      if known == nil { known = shared }
      return known ?? shared
    }
  }

  /// The index as the segment itself gives it.
  private func scanned(count: Int) throws(LogError) -> ActiveIndex {
    var scan = SegmentScan(path: path, file: file, header: header, trustedOffset: .max, limit: .max)
    try scan.run()
    if scan.index.count < count {
      let size = try disk { () throws(StorageError) in try file.size() }
      try scan.appendLost(through: base.advanced(by: count), byteCount: max(0, size - scan.offset))
    }
    return scan.index
  }
}
