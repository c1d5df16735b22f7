import ParleyEnvelope
import Synchronization

/// A sealed segment, open for reading: immutable, its records grouped by stream. The file is opened when it is first
/// asked for something, and closed again when too many are open.
final class SealedSegment: Sendable {
  static let directory = "segments"
  /// How many events one has: what claims more than any segment in frames has is none.
  static let counts = 1...FrameList.eventsMax

  let base: Position
  let count: Int
  /// Bytes of the file.
  let byteCount: Int
  private let storage: any Storage
  private let storeID: Bytes16
  private let openSegments: OpenSegments
  private let opened = Mutex<SealedFile?>(nil)

  init(
    base: Position, count: Int, byteCount: Int, storeID: Bytes16, storage: any Storage,
    openSegments: OpenSegments
  ) {
    self.base = base
    self.count = count
    self.byteCount = byteCount
    self.storeID = storeID
    self.storage = storage
    self.openSegments = openSegments
  }

  var path: String { Self.path(base: base) }
  var end: Position { base.advanced(by: count) }

  static func path(base: Position) -> String { "\(directory)/\(FrameSegment.padded(base)).seg" }

  /// The file with its tables, opened now if it is not; nil when it is gone or nothing of it can be read.
  func file() throws(LogError) -> SealedFile? {
    if let file = opened.withLock({ $0 }) { return file }
    let fresh: SealedFile
    do throws(LogError) {
      fresh = try SealedFile(path: path, base: base, count: count, storeID: storeID, storage: storage)
    } catch {
      guard error.code == .damaged else { throw error }
      return nil
    }
    openSegments.add(self)
    return opened.withLock { known in
      if known == nil { known = fresh }
      return known ?? fresh
    }
  }

  /// Closes the file; whoever still reads from it has it until then.
  func close() { opened.withLock { $0 = nil } }
}
