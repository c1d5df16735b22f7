import Parley
import ParleyLog

/// What a command that seals or merges a store's segments came to.
struct SealingReport {
  let before: LogStatistics
  let after: LogStatistics

  /// Opens a store, does the work and closes the store again.
  init(
    _ store: StoreArguments, _ segments: SegmentArguments,
    _ work: (ConversationStore) async throws -> Void
  ) async throws {
    let opened = try await store.open(for: .appending, segmentEventsMax: segments.eventsMax)
    do {
      before = try opened.log.statistics()
      try await work(opened)
      after = try opened.log.statistics()
    } catch {
      await opened.close()
      throw error
    }
    await opened.close()
  }

  /// Says a summary with what stayed; fails when something did.
  func finish(_ summary: String, _ store: StoreArguments) throws {
    let left = after.unsealedSegments
    store.say(
      left > 0
        ? "\(summary); \(counted(left, "damaged segment")) stayed: parley verify names the damage" : summary)
    if left > 0 { throw ExitStatus.rejected }
  }

  /// Whether nothing was there to do, and nothing stayed.
  var isIdle: Bool {
    before.sealedEvents == after.sealedEvents && before.sealedSegments == after.sealedSegments
      && after.unsealedSegments == 0
  }

  /// The sealed events and segments there are.
  var sealed: String {
    "\(counted(after.sealedEvents, "event")) in \(counted(after.sealedSegments, "sealed segment"))"
  }

  /// What the segments and their indexes took and take.
  var bytes: String {
    "\(byteCount(before.segmentBytes + before.indexBytes)) before, "
      + "\(byteCount(after.segmentBytes + after.indexBytes)) now"
  }
}
