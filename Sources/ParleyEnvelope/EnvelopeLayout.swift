/// The envelope's bytes: fixed offsets, little-endian numbers, ids as their bytes in order. The table stands in
/// `Schemas/log-format.md`; a test asserts the two with literal numbers.
package enum EnvelopeLayout {
  /// Bytes of an envelope, reserved ones included.
  package static let size = 136

  package static let stream = 0
  package static let event = 16
  package static let conversation = 32
  package static let actor = 48
  package static let caseID = 64
  package static let touchpoint = 80
  package static let occurredAt = 88
  package static let recordedAt = 96
  package static let previous = 104
  package static let sourceOrder = 112
  package static let kind = 116
  package static let bodyVersion = 118
  package static let utcOffset = 120
  package static let channel = 122
  package static let actorKind = 123
  package static let direction = 124
  package static let visibility = 125
  package static let precision = 126
  package static let flags = 127
  package static let reserved = 128

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
    bytes.store(schemaWord(envelope), at: base + sourceOrder)
    bytes.store(codeWord(envelope), at: base + utcOffset)
    bytes.store(UInt64(0), at: base + reserved)
  }

  /// Sets what the log sets, in an envelope that is stored already.
  package static func store(
    recordedAt time: Timestamp, previous position: Position, into bytes: inout MutableRawSpan, at base: Int
  ) {
    bytes.store(time.microseconds, at: base + recordedAt)
    bytes.store(position.rawValue, at: base + previous)
  }

  // Small fields go eight bytes at a time: it halves the cost of an envelope.

  /// Source order, kind and body version, as they stand from `sourceOrder` on.
  private static func schemaWord(_ envelope: Envelope) -> UInt64 {
    UInt64(envelope.sourceOrder) | UInt64(envelope.kind.rawValue) << (8 * UInt64(kind - sourceOrder))
      | UInt64(envelope.bodyVersion) << (8 * UInt64(bodyVersion - sourceOrder))
  }

  /// The UTC offset and the codes, as they stand from `utcOffset` on.
  private static func codeWord(_ envelope: Envelope) -> UInt64 {
    func shifted(_ code: UInt8, to offset: Int) -> UInt64 { UInt64(code) << (8 * UInt64(offset - utcOffset)) }
    return UInt64(UInt16(bitPattern: envelope.utcOffset.rawValue))
      | shifted(envelope.channel.rawValue, to: channel)
      | shifted(envelope.actorKind.rawValue, to: actorKind)
      | shifted(envelope.direction.rawValue, to: direction)
      | shifted(envelope.visibility.rawValue, to: visibility)
      | shifted(envelope.precision.rawValue, to: precision) | shifted(envelope.flags.rawValue, to: flags)
  }

  /// Whether the reserved bytes are zero, as they must be.
  package static func isSound(_ bytes: RawSpan, at base: Int) -> Bool {
    bytes.integer(at: base + reserved, as: UInt64.self) == 0
  }

  /// Loads the envelope at an offset. Whether its reserved bytes are zero is for `isSound` to say.
  package static func load(from bytes: RawSpan, at base: Int) -> Envelope {
    // Of a span that is known to hold all of it no load has to be checked.
    let bytes = bytes.extracting(base..<(base + size))
    let schema = bytes.integer(at: sourceOrder, as: UInt64.self)
    let codes = bytes.integer(at: utcOffset, as: UInt64.self)
    return Envelope(
      stream: StreamID(rawValue: bytes16(bytes, at: stream)),
      event: EventID(rawValue: bytes16(bytes, at: event)),
      conversation: ConversationID(rawValue: bytes16(bytes, at: conversation)),
      actor: ActorID(rawValue: bytes16(bytes, at: actor)),
      caseID: CaseID(rawValue: bytes16(bytes, at: caseID)),
      touchpoint: TouchpointID(rawValue: bytes.integer(at: touchpoint, as: UInt64.self).byteSwapped),
      occurredAt: Timestamp(microseconds: bytes.integer(at: occurredAt)),
      recordedAt: Timestamp(microseconds: bytes.integer(at: recordedAt)),
      previous: Position(rawValue: bytes.integer(at: previous)),
      sourceOrder: part(of: schema, at: 0),
      kind: EventKind(rawValue: part(of: schema, at: kind - sourceOrder)),
      bodyVersion: part(of: schema, at: bodyVersion - sourceOrder),
      utcOffset: UTCOffset(rawValue: part(of: codes, at: 0)),
      channel: Channel(rawValue: part(of: codes, at: channel - utcOffset)),
      actorKind: ActorKind(rawValue: part(of: codes, at: actorKind - utcOffset)),
      direction: Direction(rawValue: part(of: codes, at: direction - utcOffset)),
      visibility: Visibility(rawValue: part(of: codes, at: visibility - utcOffset)),
      precision: TimePrecision(rawValue: part(of: codes, at: precision - utcOffset)),
      flags: EventFlags(rawValue: part(of: codes, at: flags - utcOffset)))
  }

  /// The integer at a byte of a word.
  @inline(__always)
  private static func part<Value: FixedWidthInteger>(of word: UInt64, at byte: Int) -> Value {
    Value(truncatingIfNeeded: word >> UInt64(8 * byte))
  }

  /// The stream and event ids alone, for an index that is rebuilt from a scan.
  package static func loadKeys(from bytes: RawSpan, at base: Int) -> (stream: StreamID, event: EventID) {
    (
      StreamID(rawValue: bytes16(bytes, at: base + stream)),
      EventID(rawValue: bytes16(bytes, at: base + event))
    )
  }

  @inline(__always)
  private static func store(_ id: Bytes16, into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.store(id.high.byteSwapped, at: offset)
    bytes.store(id.low.byteSwapped, at: offset + 8)
  }

  @inline(__always)
  private static func bytes16(_ bytes: RawSpan, at offset: Int) -> Bytes16 {
    Bytes16(
      high: bytes.integer(at: offset, as: UInt64.self).byteSwapped,
      low: bytes.integer(at: offset + 8, as: UInt64.self).byteSwapped)
  }
}
