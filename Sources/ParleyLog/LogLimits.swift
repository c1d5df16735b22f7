/// What the log accepts at most. Checked before anything is written; a refusal names size and limit.
public enum LogLimits {
  /// Bytes of one event's body.
  public static let bodyBytesMax = 1 << 20
  /// Events of one batch.
  public static let batchEventsMax = 65_536
  /// Events of a frame, those counted that the store adds to a batch by itself.
  public static let frameEventsMax = 1 << 17
  /// Plain bytes of one batch: envelopes, salts and bodies.
  public static let batchBytesMax = 16 << 20
  /// Plain bytes of one group commit, unless a single batch is larger.
  public static let groupBytesMax = 4 << 20
  /// Plain bytes of one block, unless a single event is larger.
  public static let blockBytesMax = 64 << 10
  /// Streams named in one condition.
  public static let conditionStreamsMax = 1_000
  /// Bytes of the options that a store keeps in its description.
  public static let metadataBytesMax = 2_048
  /// Frames of the active segment before it is rolled: opening a store scans it, at about 1 µs a frame.
  public static let segmentFramesMax = 1 << 15
  /// Events of the active segment before it is rolled, at about 0.25 µs an event.
  public static let segmentEventsMax = 1 << 16
  /// Stored bytes of the active segment before it is rolled.
  public static let segmentBytesMax = 64 << 20
  /// Bytes of zeros that a busy writer keeps ahead of its commits in the active segment.
  public static let zeroedBytesMax = 8 << 20
  /// Seconds after which events that were acknowledged unsynced are synced: `LogDurability.delayed`.
  public static let syncDelay = 0.1
  /// Bytes written unsynced after which a commit syncs them.
  public static let unsyncedBytesMax = 16 << 20
  /// Bytes of salts and bodies in the active segment before it is rolled: sealing holds a part of them in memory.
  public static let segmentContentBytesMax = 64 << 20
  /// Events that a sealed segment has about: segments in frames are added until it has as many.
  public static let sealedEventsMax = 1 << 18
  /// Bytes of salts and bodies in a sealed segment, unless one segment in frames has more: whoever replays it holds them
  /// in memory.
  public static let sealedContentBytesMax = 64 << 20
  /// Complete segments that wait to be sealed before sealing hurries: it then compresses fast instead of high.
  public static let unhurriedBacklogMax = 16
  /// Complete segments that wait to be sealed before appends wait for it.
  public static let backlogMax = 128
  /// Bytes of filters over the pages of all index runs: enough for runs over some 20 million events, each in a stream of its
  /// own. A larger run does without, which costs reading a page for every id that is looked up.
  public static let indexFilterBytesMax = 64 << 20
  /// Sealed segments whose files are open at a time.
  public static let openSegmentsMax = 256
}
