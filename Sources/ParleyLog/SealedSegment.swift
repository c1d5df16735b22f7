import ParleyEnvelope
import Synchronization

/// A sealed segment, open for reading: immutable, its records grouped by stream. The file is opened when it is first
/// asked for something, and closed again when too many are open.
final class SealedSegment: Sendable {
  static let directory = "segments"
  static let suffix = ".seg"
  /// How many events one has: what claims more than any segment in frames has is none.
  static let counts = 1...FrameList.eventsMax

  let positions: Range<Position>
  /// Bytes of the file.
  let byteCount: Int
  private let files: SealedFiles
  private let state: Mutex<State>

  private struct State {
    var file: SealedFile?
    /// Whether it stays open whatever else is, as its name is about to go.
    var isHeld = false
    /// Whether it is known to be gone, and no other in its place.
    var isLost: Bool
  }

  init(_ positions: Range<Position>, byteCount: Int, isLost: Bool = false, _ files: SealedFiles) {
    self.positions = positions
    self.byteCount = byteCount
    self.files = files
    state = Mutex(State(isLost: isLost))
  }

  var base: Position { positions.lowerBound }
  var end: Position { positions.upperBound }
  var count: Int { positions.count }
  var path: String { Self.path(positions) }

  static func path(_ positions: Range<Position>) -> String {
    "\(directory)/\(positions.fileName(suffix))"
  }

  /// The file with its tables, opened now if it is not; nil when it is lost or nothing of it can be read. Throws `replaced`
  /// when it is gone and another may be in its place.
  func file() throws(LogError) -> SealedFile? {
    let known = state.withLock { $0 }
    if known.file != nil || known.isLost { return known.file }
    let fresh: SealedFile
    do throws(LogError) {
      fresh = try SealedFile(
        path: path, base: base, count: count, storeID: files.storeID, storage: files.storage)
    } catch {
      if error.code == .replaced, files.mayBeReplaced { throw error }
      guard error.code == .damaged || error.code == .replaced else { throw error }
      return nil
    }
    files.add(self)
    return state.withLock { state in
      if state.file == nil { state.file = fresh }
      return state.file ?? fresh
    }
  }

  /// Keeps the file open for those who have the segment, so that they read it when its name is gone.
  func hold() throws(LogError) {
    let file = try file()
    state.withLock { $0 = State(file: file, isHeld: true, isLost: file == nil) }
  }

  /// Closes the file; whoever still reads from it has it until then.
  func close() {
    state.withLock { if !$0.isHeld { $0.file = nil } }
  }
}
