import ParleyEnvelope
import Synchronization

/// What the sealed segments of one opened log share: where their files are, and which of them are open, so that these
/// stay few: what was opened first is closed first.
final class SealedFiles: Sendable {
  let storage: any Storage
  let storeID: Bytes16
  /// Whether a writer in another process may put others in their place at any time.
  let mayBeReplaced: Bool
  private let limit: Int
  private let segments = Mutex<[SealedSegment]>([])

  init(
    _ storage: any Storage, storeID: Bytes16, mayBeReplaced: Bool, limit: Int = LogLimits.openSegmentsMax
  ) {
    self.storage = storage
    self.storeID = storeID
    self.mayBeReplaced = mayBeReplaced
    self.limit = limit
  }

  func add(_ segment: SealedSegment) {
    let oldest = segments.withLock { segments -> SealedSegment? in
      segments.append(segment)
      return segments.count > limit ? segments.removeFirst() : nil
    }
    oldest?.close()
  }
}
