import Synchronization

/// The sealed segments whose files are open, so that they stay few: what was opened first is closed first.
final class OpenSegments: Sendable {
  private let limit: Int
  private let segments = Mutex<[SealedSegment]>([])

  init(limit: Int = LogLimits.openSegmentsMax) { self.limit = limit }

  func add(_ segment: SealedSegment) {
    let oldest = segments.withLock { segments -> SealedSegment? in
      segments.append(segment)
      return segments.count > limit ? segments.removeFirst() : nil
    }
    oldest?.close()
  }
}
