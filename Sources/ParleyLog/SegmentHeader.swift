import Crypto
import ParleyEnvelope

/// The first page of every segment file, and again the second, so that one damaged page costs nothing: who it belongs to and what came before it, so that `MANIFEST` and
/// `store.json` can be made again from the segments alone.
struct SegmentHeader: Equatable, Sendable {
  static let byteCount = 4096
  /// Both copies: where the frames begin.
  static let regionByteCount = 2 * byteCount
  private static let magic = Array("PRLYSEGM".utf8)
  private static let version: UInt16 = 1

  /// How the rest of the file is laid out.
  enum Form: UInt16 { case frames = 1, sealed = 2 }

  var form = Form.frames
  var storeID: Bytes16
  var base: Position
  var createdAt: Timestamp
  /// Secret, so that nobody's text can pose as a frame: every frame's checksum begins with it.
  var nonce: FrameNonce
  /// The start of a digest of the store's key: a wrong key is an error, not new streams.
  var keyCheck: UInt64
  /// The digest of the last frame header before this segment; zeros in the first.
  var predecessorDigest: FrameDigest
  /// The number of frames before this segment.
  var firstSequence: UInt64
  /// The line of `store.json`.
  var descriptor: [UInt8]

  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: Self.byteCount)
    writer.append(Self.magic)
    writer.append(Self.version)
    writer.append(form.rawValue)
    writer.append(UInt32(Self.byteCount))
    writer.append(storeID)
    writer.append(base.rawValue)
    writer.append(createdAt.microseconds)
    writer.append(nonce.bytes)
    writer.append(keyCheck)
    writer.append(predecessorDigest)
    writer.append(firstSequence)
    writer.append(UInt32(descriptor.count))
    writer.append(descriptor)
    writer.pad(to: Self.byteCount - 4)
    writer.append(CRC32C.of(writer.bytes))
    return writer.bytes
  }

  /// Both copies.
  func encodedRegion() -> [UInt8] { encoded() + encoded() }

  /// The header of a segment file, from whichever copy is whole; nil when neither is.
  static func read(from file: any StorageFile) throws(LogError) -> SegmentHeader? {
    for copy in 0..<2 {
      let bytes = try disk { () throws(StorageError) in try file.read(byteCount, at: copy * byteCount) }
      if let header = try decode(bytes) { return header }
    }
    return nil
  }

  /// The header in a file's first bytes; nil when they are not one of this format's.
  static func decode(_ bytes: [UInt8]) throws(LogError) -> SegmentHeader? {
    guard bytes.count == byteCount, bytes.starts(with: magic) else { return nil }
    return try bytes.withBytes { span throws(LogError) in try decode(span) }
  }

  private static func decode(_ span: RawSpan) throws(LogError) -> SegmentHeader? {
    let checksum = CRC32C.of(span.extracting(0..<(byteCount - 4)))
    guard span.integer(at: byteCount - 4, as: UInt32.self) == checksum else { return nil }
    let version = span.integer(at: 8, as: UInt16.self)
    guard version <= Self.version else {
      throw LogError(
        .newerFormat,
        "a segment has version \(version), this version reads up to \(Self.version): use a newer parley")
    }
    let count = Int(span.integer(at: 112, as: UInt32.self))
    guard version == Self.version, let form = Form(rawValue: span.integer(at: 10)),
      span.integer(at: 12, as: UInt32.self) == UInt32(byteCount), count <= byteCount - 120,
      span.isZero((116 + count)..<(byteCount - 4))
    else { return nil }
    let header = SegmentHeader(
      form: form, storeID: span.bytes16(at: 16), base: Position(rawValue: span.integer(at: 32)),
      createdAt: Timestamp(microseconds: span.integer(at: 40)), nonce: FrameNonce(span.bytes16(at: 48)),
      keyCheck: span.integer(at: 64), predecessorDigest: FrameDigest(span, at: 72),
      firstSequence: span.integer(at: 104), descriptor: span.copy(116..<(116 + count)))
    return header.base.isReachable && header.firstSequence <= Position.reachableMax.rawValue ? header : nil
  }

  /// The first eight bytes of SHA-256("parley-key/v1" ‖ 0 ‖ key), as they stand in the header.
  static func keyCheck(of key: [UInt8]) -> UInt64 {
    let digest = Array(SHA256.hash(data: Array("parley-key/v1".utf8) + [0] + key))
    return digest.withBytes { $0.integer(at: 0) }
  }
}
