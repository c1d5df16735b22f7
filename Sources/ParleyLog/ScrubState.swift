package import ParleyEnvelope

/// How far the background's reading of everything is: that damage is known before somebody needs the event.
package struct ScrubState: Equatable, Sendable {
  static let path = "scrub"
  static let byteCount = 64
  private static let magic = Array("PRLYSCRB".utf8)

  /// The position that the round under way has reached: everything complete before it was read.
  package var next = Position.start
  /// When the round under way began; nil between two rounds.
  package var startedAt: Timestamp?
  /// Segments that it found damaged.
  package var damagedSegments = 0
  /// When the last whole round ended, and the segments it found damaged; nil before the first has.
  package var lastRound: (endedAt: Timestamp, damagedSegments: Int)?

  package static func == (left: ScrubState, right: ScrubState) -> Bool {
    left.encoded(storeID: .zero) == right.encoded(storeID: .zero)
  }

  func encoded(storeID: Bytes16) -> [UInt8] {
    var writer = ByteWriter(capacity: Self.byteCount)
    writer.append(Self.magic)
    writer.append(storeID)
    writer.append(next.rawValue)
    writer.append(UInt64(bitPattern: startedAt?.microseconds ?? .min))
    writer.append(UInt64(bitPattern: lastRound?.endedAt.microseconds ?? .min))
    writer.append(UInt32(clamping: damagedSegments))
    writer.append(UInt32(clamping: lastRound?.damagedSegments ?? 0))
    writer.append(UInt32(0))
    writer.append(CRC32C.of(writer.bytes))
    return writer.bytes
  }

  package init() {}

  /// A state from its bytes; nil when they are not a whole one of this store.
  init?(_ bytes: [UInt8], storeID: Bytes16) {
    guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
    let isWhole = bytes.withBytes { span in
      span.bytes16(at: 8) == storeID && span.isZero(56..<60)
        && span.integer(at: 60, as: UInt32.self) == CRC32C.of(span.extracting(0..<60))
    }
    guard isWhole else { return nil }
    bytes.withBytes { span in
      func time(_ offset: Int) -> Timestamp? {
        let microseconds = Int64(bitPattern: span.integer(at: offset, as: UInt64.self))
        return microseconds == .min ? nil : Timestamp(microseconds: microseconds)
      }
      next = Position(rawValue: span.integer(at: 24))
      startedAt = time(32)
      damagedSegments = Int(span.integer(at: 48, as: UInt32.self))
      lastRound = time(40).map { ($0, Int(span.integer(at: 52, as: UInt32.self))) }
    }
  }

  /// The state in a store; a fresh one when there is none that is whole.
  static func read(from storage: any Storage, storeID: Bytes16) throws(StorageError) -> ScrubState {
    guard try storage.exists(path) else { return ScrubState() }
    return ScrubState(try storage.readWhole(path, upTo: byteCount + 1), storeID: storeID) ?? ScrubState()
  }

  /// Writes it over the one before. Nothing is synced: what is lost of it is read once more.
  func write(to storage: any Storage, storeID: Bytes16) throws(StorageError) {
    let file = try storage.open(Self.path, try storage.exists(Self.path) ? .readWrite : .create)
    try encoded(storeID: storeID).withBytes { span throws(StorageError) in try file.write(span, at: 0) }
  }
}
