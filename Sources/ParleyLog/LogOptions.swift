/// How a store is used, with the values a user should have unless he knows better.
package struct LogOptions: Sendable {
  /// Where work goes that need not be done before a commit is answered.
  package enum Upkeep: Sendable {
    /// On the I/O threads.
    case background
    /// At once, on the thread that commits: for runs that must play again from a seed.
    case inline
  }

  /// Fixed at creation and kept in `store.json` for those above the log. ASCII without quotes and backslashes.
  package var metadata: [String: String]
  /// The store's key, when it is not kept in its directory.
  package var key: [UInt8]?
  /// What the answer to an append promises.
  package var durability: LogDurability
  /// Bytes written unsynced after which a commit syncs them.
  package var unsyncedBytesMax: Int
  /// Stored bytes after which a segment is rolled.
  package var segmentBytesMax: Int
  /// Frames after which a segment is rolled.
  package var segmentFramesMax: Int
  /// Events after which a segment is rolled.
  package var segmentEventsMax: Int
  /// Bytes of salts and bodies after which a segment is rolled.
  package var segmentContentBytesMax: Int
  /// Events that a sealed segment has about: complete segments are sealed when there are as many.
  package var sealedEventsMax: Int
  /// Bytes of salts and bodies of a sealed segment; stored bytes that wait before they are sealed.
  package var sealedContentBytesMax: Int
  /// LZ4's level for sealed segments, 3 to 12.
  package var sealedLevel: Int32
  /// Bytes of zeros kept ahead of the commits at most; 0 for none.
  package var zeroedBytesMax: Int
  /// Bytes of filters over index runs that are kept in memory at most; 0 for none.
  package var indexFilterBytesMax: Int
  package var upkeep: Upkeep
  /// How the background reads everything again; for upkeep in the background only.
  package var scrub: ScrubPace

  /// How often and how fast everything is read to find damage.
  package struct ScrubPace: Sendable {
    /// Seconds after opening before it begins, and between looking whether it is time.
    package var delay = 60.0
    /// Seconds from the end of one round to the next: a week.
    package var interval: Int64 = 7 * 24 * 3_600
    /// Bytes of segments a second on average.
    package var bytesPerSecond = 8 << 20

    package init() {}
  }

  package init(
    metadata: [String: String] = [:], key: [UInt8]? = nil, durability: LogDurability = .sync,
    unsyncedBytesMax: Int = LogLimits.unsyncedBytesMax,
    segmentBytesMax: Int = LogLimits.segmentBytesMax,
    segmentFramesMax: Int = LogLimits.segmentFramesMax,
    segmentEventsMax: Int = LogLimits.segmentEventsMax,
    segmentContentBytesMax: Int = LogLimits.segmentContentBytesMax,
    sealedEventsMax: Int = LogLimits.sealedEventsMax,
    sealedContentBytesMax: Int = LogLimits.sealedContentBytesMax, sealedLevel: Int32 = 4,
    zeroedBytesMax: Int = LogLimits.zeroedBytesMax,
    indexFilterBytesMax: Int = LogLimits.indexFilterBytesMax,
    upkeep: Upkeep = .background, scrub: ScrubPace = ScrubPace()
  ) {
    self.metadata = metadata
    self.key = key
    self.durability = durability
    self.unsyncedBytesMax = unsyncedBytesMax
    self.segmentBytesMax = segmentBytesMax
    self.segmentFramesMax = segmentFramesMax
    self.segmentEventsMax = segmentEventsMax
    self.segmentContentBytesMax = segmentContentBytesMax
    self.sealedEventsMax = sealedEventsMax
    self.sealedContentBytesMax = sealedContentBytesMax
    self.sealedLevel = sealedLevel
    self.zeroedBytesMax = zeroedBytesMax
    self.indexFilterBytesMax = indexFilterBytesMax
    self.upkeep = upkeep
    self.scrub = scrub
  }
}
