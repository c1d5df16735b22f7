import ParleyEnvelope
import Synchronization

/// What the sealed segments of one opened log share: where their files are, and which of them are open, so that these
/// stay few: what was opened first is closed first.
final class SealedFiles: Sendable {
  let storage: any Storage
  let storeID: Bytes16
  /// Whether a writer in another process may put others in their place at any time.
  let mayBeReplaced: Bool
  /// What the filters of the index runs over them may take in memory.
  let filters: FilterBudget
  private let limit: Int
  private let opened = Mutex<[Opened]>([])

  /// A segment whose file was opened. Segments hold what they share, so that this must not hold them: a log that is
  /// dropped closes its files.
  private struct Opened {
    weak var segment: SealedSegment?
  }

  init(
    _ storage: any Storage, storeID: Bytes16, mayBeReplaced: Bool, filterBytesMax: Int,
    limit: Int = LogLimits.openSegmentsMax
  ) {
    self.storage = storage
    self.storeID = storeID
    self.mayBeReplaced = mayBeReplaced
    filters = FilterBudget(byteCountMax: filterBytesMax)
    self.limit = limit
  }

  func add(_ segment: SealedSegment) {
    let oldest = opened.withLock { opened -> SealedSegment? in
      opened.append(Opened(segment: segment))
      // Those that nobody has any more are closed already.
      if opened.count > limit { opened.removeAll { $0.segment == nil } }
      return opened.count > limit ? opened.removeFirst().segment : nil
    }
    oldest?.close()
  }
}
