import ParleyEnvelope

/// How far the log is durable, for readers in other processes and for recovery: two slots 4 KiB apart, written by
/// turns after each sync, so that one of them is always whole.
struct Watermark: Equatable, Sendable {
  static let path = "watermark"
  static let slotStride = 4096
  static let slotByteCount = 108
  private static let magic = Array("PRLYMARK".utf8)

  var generation: UInt64
  var storeID: Bytes16
  /// The base of the segment being written.
  var segment: Position
  /// Bytes of that segment that are durable.
  var durableOffset: Int
  /// The number of durable events.
  var head: Position
  /// The number of frames before the next.
  var nextSequence: UInt64
  /// The digest of the last frame's header.
  var lastDigest: FrameDigest
  /// What the answers of the writer that wrote it promise.
  var durability = LogDurability.sync

  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: Self.slotByteCount)
    writer.append(Self.magic)
    writer.append(generation)
    writer.append(storeID)
    writer.append(segment.rawValue)
    writer.append(UInt64(durableOffset))
    writer.append(head.rawValue)
    writer.append(nextSequence)
    writer.append(lastDigest)
    writer.append(durability.rawValue)
    writer.pad(to: Self.slotByteCount - 4)
    writer.append(CRC32C.of(writer.bytes))
    return writer.bytes
  }

  static func decode(_ bytes: [UInt8]) -> Watermark? {
    guard bytes.count == slotByteCount, bytes.starts(with: magic) else { return nil }
    return bytes.withBytes { span in
      let checksum = CRC32C.of(span.extracting(0..<(slotByteCount - 4)))
      guard span.integer(at: slotByteCount - 4, as: UInt32.self) == checksum, span.isZero(97..<104),
        let durability = LogDurability(rawValue: span.integer(at: 96)),
        let offset = UInt32(exactly: span.integer(at: 40, as: UInt64.self))
      else { return nil }
      let mark = Watermark(
        generation: span.integer(at: 8), storeID: span.bytes16(at: 16),
        segment: Position(rawValue: span.integer(at: 32)), durableOffset: Int(offset),
        head: Position(rawValue: span.integer(at: 48)), nextSequence: span.integer(at: 56),
        lastDigest: FrameDigest(span, at: 64), durability: durability)
      return mark.isSound ? mark : nil
    }
  }

  /// Whether a segment can have come to this.
  private var isSound: Bool {
    segment.isReachable && head.isReachable && nextSequence <= Position.reachableMax.rawValue
      && durableOffset >= SegmentHeader.regionByteCount
      && (0...FrameList.eventsMax).contains(segment.distance(to: head))
  }

  /// The newer of the two slots that is whole and of this store; nil when none is, or there is no mark.
  static func read(from storage: any Storage, storeID: Bytes16) throws(StorageError) -> Watermark? {
    guard try storage.exists(path) else { return nil }
    let file = try storage.open(path, .read)
    var newest: Watermark?
    for slot in 0..<2 {
      guard let mark = decode(try slotBytes(slot, in: file)), mark.storeID == storeID else { continue }
      if mark.generation >= newest?.generation ?? 0 { newest = mark }
    }
    return newest
  }

  /// The bytes of a slot; none where a directory has the file's name.
  static func slotBytes(_ slot: Int, in file: any StorageFile) throws(StorageError) -> [UInt8] {
    do {
      return try file.read(slotByteCount, at: slot * slotStride)
    } catch {
      if error.isDirectory { return [] }
      throw error
    }
  }

  /// Writes the slot whose turn it is. Not synced: frames prove themselves; this only says so early.
  func write(to file: any StorageFile) throws(StorageError) {
    let bytes = encoded()
    let offset = Int(generation % 2) * Self.slotStride
    try bytes.withBytes { span throws(StorageError) in try file.write(span, at: offset) }
  }
}
