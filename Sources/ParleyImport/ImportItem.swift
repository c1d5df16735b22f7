import Crypto
public import ParleyEvents

/// One item of another system's data: what to store for it, or why nothing is stored.
///
/// Blobs go first: an event may only name bytes that are durable.
public struct ImportItem: Sendable {
  /// Where the item stands in its source.
  public var place: ImportPlace
  /// What became of it.
  public var outcome: Outcome
  /// What a person should look at, though the item was taken.
  public var warnings: [ImportWarning]

  /// What became of an item.
  public enum Outcome: Sendable {
    /// Bytes and events to store.
    case accepted(ImportedEvents)
    /// Nothing is stored.
    case rejected(ImportRejection)
  }

  /// An item that was taken.
  public init(place: ImportPlace, accepted: ImportedEvents, warnings: [ImportWarning] = []) {
    self.place = place
    outcome = .accepted(accepted)
    self.warnings = warnings
  }

  /// An item that was not.
  public init(place: ImportPlace, rejected: ImportRejection) {
    self.place = place
    outcome = .rejected(rejected)
    warnings = []
  }
}

/// The events of one item, and the bytes they name.
public struct ImportedEvents: Sendable {
  /// What has to be durable before the events are appended.
  public var blobs: [ImportBlob]
  /// The events in order, the item's own first.
  public var events: [NewEvent]
  /// The same events under the item's content instead of its id alone: for when the store answers that the id is
  /// known with other content, because the source gave one id to two items. Nil where ids cannot be given twice.
  public var asReusedID: [NewEvent]?

  /// The events of one item.
  public init(blobs: [ImportBlob] = [], events: [NewEvent], asReusedID: [NewEvent]? = nil) {
    self.blobs = blobs
    self.events = events
    self.asReusedID = asReusedID
  }
}

/// Bytes for the blob store.
public struct ImportBlob: Sendable {
  /// SHA-256 of the bytes.
  public var digest: [UInt8]
  /// How many bytes they are.
  public var size: UInt64
  private var bytes: [UInt8]

  /// The longest chunk `forEachChunk` gives.
  public static let chunkBytesMax = 1 << 20

  /// A blob held in memory.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    size = UInt64(bytes.count)
    digest = Array(SHA256.hash(data: bytes))
  }

  /// Gives the bytes in order, in chunks of at most `chunkBytesMax`.
  public func forEachChunk<Failure: Error>(_ body: (ArraySlice<UInt8>) throws(Failure) -> Void)
    throws(Failure)
  {
    var start = 0
    while start < bytes.count {
      let end = min(start + Self.chunkBytesMax, bytes.count)
      try body(bytes[start..<end])
      start = end
    }
  }
}
