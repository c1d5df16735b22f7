import ParleyEnvelope
import Synchronization

/// A segment in frames, open for reading, with what finds events in it: an index in memory while it is written and
/// until its directory file is published, the directory after that.
final class LogSegment: Sendable {
  static let directory = "active"

  let path: String
  let file: any StorageFile
  let header: SegmentHeader
  private let index: Index

  private enum Index: Sendable {
    case memory(SharedIndex)
    case directory(SegmentDirectory)
  }

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
  func with(_ directory: SegmentDirectory) -> LogSegment {
    LogSegment(path: path, file: file, header: header, directory: directory)
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
  var isIndexedInMemory: Bool { memory != nil }
  var memory: SharedIndex? { if case .memory(let shared) = index { shared } else { nil } }
  var directory: SegmentDirectory? { if case .directory(let directory) = index { directory } else { nil } }

  static func path(base: Position) -> String { "\(directory)/\(padded(base)).seg" }
  static func directoryPath(base: Position) -> String { "\(directory)/\(padded(base)).dir" }

  /// The base in a segment's file name, nil for another name.
  static func base(ofName name: String) -> Position? {
    guard name.hasSuffix(".seg"), name.utf8.count == 24, let base = UInt64(name.dropLast(4)) else {
      return nil
    }
    return Position(rawValue: base)
  }

  private static func padded(_ base: Position) -> String {
    let digits = String(base.rawValue)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }

  // MARK: - Finding

  func position(of event: EventID) throws(LogError) -> Position? {
    let local: Int?
    switch index {
    case .memory(let shared): local = shared.content.withLock { $0.local(of: event) }
    case .directory(let directory): local = try directory.local(of: event)
    }
    return local.map { base.advanced(by: $0) }
  }

  func tail(of stream: StreamID) throws(LogError) -> Position? {
    let local: Int?
    switch index {
    case .memory(let shared): local = shared.content.withLock { $0.tail(of: stream) }
    case .directory(let directory): local = try directory.tail(of: stream)
    }
    return local.map { base.advanced(by: $0) }
  }

  /// The events of a stream before a position, the last so many, ascending.
  func positions(of stream: StreamID, before: Position, last limit: Int) throws(LogError) -> [Position] {
    guard before > base else { return [] }
    let bound = base.distance(to: before)
    let locals: [Int]
    switch index {
    case .memory(let shared):
      locals = shared.content.withLock { $0.locals(of: stream, before: bound, last: limit) }
    case .directory(let directory): locals = try directory.locals(of: stream, before: bound, last: limit)
    }
    return locals.map { base.advanced(by: $0) }
  }

  func frames() throws(LogError) -> FrameList {
    switch index {
    case .memory(let shared): shared.content.withLock { $0.frames }
    case .directory(let directory): try directory.frames()
    }
  }

  /// The frame that holds a position, without copying the list: its events and its bytes.
  func frame(holding position: Position) throws(LogError) -> (events: Range<Int>, bytes: Range<Int>) {
    let local = base.distance(to: position)
    func find(_ frames: FrameList) -> (Range<Int>, Range<Int>) {
      let index = frames.index(of: local)
      return (frames.events(of: index), frames.bytes(of: index))
    }
    switch index {
    case .memory(let shared): return shared.content.withLock { find($0.frames) }
    case .directory(let directory): return find(try directory.frames())
    }
  }
}
