public import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// How much of what a store holds.
public struct StoreStatistics: Hashable, Sendable {
  /// Events.
  public var events = 0
  /// Identities that something was recorded under.
  public var identities = 0
  /// Conversations.
  public var conversations = 0
  /// Events by channel.
  public var channels: [Channel: Int] = [:]
  /// Events by kind.
  public var kinds: [EventKind: Int] = [:]
  /// Bytes of segment files on disk.
  public var segmentBytes = 0
  /// Bytes of indexes on disk.
  public var indexBytes = 0
  /// Segments, the one being written included.
  public var segments = 0
  /// Sealed segments: grouped by stream and compressed high.
  public var sealedSegments = 0
  /// Complete segments that wait to be sealed, until enough have come together for a large one.
  public var unsealedSegments = 0
  /// What the answers of the writer promise, or of the last one.
  public var durability = Durability.sync
}

extension ConversationStore {
  /// Counts what the store holds. Reads every envelope.
  @concurrent
  public func statistics() async throws(StoreError) -> StoreStatistics {
    try await IOThreads.shared.run { () throws(StoreError) in try self.statisticsBlocking() }
  }

  /// `statistics()`, blocking.
  package func statisticsBlocking() throws(StoreError) -> StoreStatistics {
    try refresh()
    let files = try StoreError.wrappingLog { () throws(LogError) in try log.statistics() }
    var statistics = StoreStatistics()
    try replayEnvelopesBlocking(to: log.head) { _, envelope in
      statistics.events += 1
      statistics.channels[envelope.channel, default: 0] += 1
      statistics.kinds[envelope.kind, default: 0] += 1
    }
    statistics.identities = statistics.kinds[.identityObserved] ?? 0
    statistics.conversations = statistics.kinds[.conversationOpened] ?? 0
    statistics.segmentBytes = files.segmentBytes
    statistics.indexBytes = files.indexBytes
    statistics.segments = files.segments
    statistics.sealedSegments = files.sealedSegments
    statistics.unsealedSegments = files.unsealedSegments
    statistics.durability = Durability(files.durability)
    return statistics
  }
}
