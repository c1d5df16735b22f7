/// The envelope's bytes: fixed offsets, little-endian numbers, ids as their bytes in order. The table stands in
/// `Schemas/log-format.md`; a test asserts the two with literal numbers.
package enum EnvelopeLayout {
  /// Bytes of an envelope, reserved ones included.
  package static let size = 136

  static let stream = 0
  static let event = 16
  static let conversation = 32
  static let actor = 48
  static let caseID = 64
  static let touchpoint = 80
  static let occurredAt = 88
  static let recordedAt = 96
  static let previous = 104
  static let sourceOrder = 112
  static let kind = 116
  static let bodyVersion = 118
  static let utcOffset = 120
  static let channel = 122
  static let actorKind = 123
  static let direction = 124
  static let visibility = 125
  static let precision = 126
  static let flags = 127
  static let reserved = 128

  /// Stores an envelope at an offset of a buffer.
  package static func store(_ envelope: Envelope, into bytes: inout MutableRawSpan, at base: Int) {
    store(envelope.stream.rawValue, into: &bytes, at: base + stream)
    store(envelope.event.rawValue, into: &bytes, at: base + event)
    store(envelope.conversation.rawValue, into: &bytes, at: base + conversation)
    store(envelope.actor.rawValue, into: &bytes, at: base + actor)
    store(envelope.caseID.rawValue, into: &bytes, at: base + caseID)
    bytes.store(envelope.touchpoint.rawValue.byteSwapped, at: base + touchpoint)
    bytes.store(envelope.occurredAt.microseconds, at: base + occurredAt)
    bytes.store(envelope.recordedAt.microseconds, at: base + recordedAt)
    bytes.store(envelope.previous.rawValue, at: base + previous)
    bytes.store(envelope.sourceOrder, at: base + sourceOrder)
    bytes.store(envelope.kind.rawValue, at: base + kind)
    bytes.store(envelope.bodyVersion, at: base + bodyVersion)
    bytes.store(envelope.utcOffset.rawValue, at: base + utcOffset)
    bytes.store(envelope.channel.rawValue, at: base + channel)
    bytes.store(envelope.actorKind.rawValue, at: base + actorKind)
    bytes.store(envelope.direction.rawValue, at: base + direction)
    bytes.store(envelope.visibility.rawValue, at: base + visibility)
    bytes.store(envelope.precision.rawValue, at: base + precision)
    bytes.store(envelope.flags.rawValue, at: base + flags)
    bytes.store(UInt64(0), at: base + reserved)
  }

  /// Whether the reserved bytes are zero, as they must be.
  package static func isSound(_ bytes: RawSpan, at base: Int) -> Bool {
    bytes.integer(at: base + reserved, as: UInt64.self) == 0
  }

  /// Loads the envelope at an offset; nil when a reserved byte is not zero.
  package static func load(from bytes: RawSpan, at base: Int) -> Envelope? {
    guard bytes.integer(at: base + reserved, as: UInt64.self) == 0 else { return nil }
    var envelope = Envelope()
    envelope.stream = StreamID(rawValue: bytes16(bytes, at: base + stream))
    envelope.event = EventID(rawValue: bytes16(bytes, at: base + event))
    envelope.conversation = ConversationID(rawValue: bytes16(bytes, at: base + conversation))
    envelope.actor = ActorID(rawValue: bytes16(bytes, at: base + actor))
    envelope.caseID = CaseID(rawValue: bytes16(bytes, at: base + caseID))
    envelope.touchpoint = TouchpointID(
      rawValue: bytes.integer(at: base + touchpoint, as: UInt64.self).byteSwapped)
    envelope.occurredAt = Timestamp(microseconds: bytes.integer(at: base + occurredAt))
    envelope.recordedAt = Timestamp(microseconds: bytes.integer(at: base + recordedAt))
    envelope.previous = Position(rawValue: bytes.integer(at: base + previous))
    envelope.sourceOrder = bytes.integer(at: base + sourceOrder)
    envelope.kind = EventKind(rawValue: bytes.integer(at: base + kind))
    envelope.bodyVersion = bytes.integer(at: base + bodyVersion)
    envelope.utcOffset = UTCOffset(rawValue: bytes.integer(at: base + utcOffset))
    envelope.channel = Channel(rawValue: bytes.integer(at: base + channel))
    envelope.actorKind = ActorKind(rawValue: bytes.integer(at: base + actorKind))
    envelope.direction = Direction(rawValue: bytes.integer(at: base + direction))
    envelope.visibility = Visibility(rawValue: bytes.integer(at: base + visibility))
    envelope.precision = TimePrecision(rawValue: bytes.integer(at: base + precision))
    envelope.flags = EventFlags(rawValue: bytes.integer(at: base + flags))
    return envelope
  }

  /// The stream and event ids alone, for an index that is rebuilt from a scan.
  package static func loadKeys(from bytes: RawSpan, at base: Int) -> (stream: StreamID, event: EventID) {
    (
      StreamID(rawValue: bytes16(bytes, at: base + stream)),
      EventID(rawValue: bytes16(bytes, at: base + event))
    )
  }

  private static func store(_ id: Bytes16, into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.store(id.high.byteSwapped, at: offset)
    bytes.store(id.low.byteSwapped, at: offset + 8)
  }

  private static func bytes16(_ bytes: RawSpan, at offset: Int) -> Bytes16 {
    Bytes16(
      high: bytes.integer(at: offset, as: UInt64.self).byteSwapped,
      low: bytes.integer(at: offset + 8, as: UInt64.self).byteSwapped)
  }
}
