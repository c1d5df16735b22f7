import ParleyEnvelope
import Testing

@Suite struct EnvelopeLayoutTests {
  /// An envelope in which no two bytes are the same by chance.
  static let sample: Envelope = {
    var envelope = Envelope()
    envelope.stream = StreamID(rawValue: Bytes16(high: 0x0001_0203_0405_0607, low: 0x0809_0a0b_0c0d_0e0f))
    envelope.event = EventID(rawValue: Bytes16(high: 0x1011_1213_1415_1617, low: 0x1819_1a1b_1c1d_1e1f))
    envelope.conversation = ConversationID(
      rawValue: Bytes16(high: 0x2021_2223_2425_2627, low: 0x2829_2a2b_2c2d_2e2f))
    envelope.actor = ActorID(rawValue: Bytes16(high: 0x3031_3233_3435_3637, low: 0x3839_3a3b_3c3d_3e3f))
    envelope.caseID = CaseID(rawValue: Bytes16(high: 0x4041_4243_4445_4647, low: 0x4849_4a4b_4c4d_4e4f))
    envelope.touchpoint = TouchpointID(rawValue: 0x5051_5253_5455_5657)
    envelope.occurredAt = Timestamp(microseconds: 0x5f5e_5d5c_5b5a_5958)
    envelope.recordedAt = Timestamp(microseconds: 0x6766_6564_6362_6160)
    envelope.previous = Position(rawValue: 0x6f6e_6d6c_6b6a_6968)
    envelope.sourceOrder = 0x7372_7170
    envelope.kind = EventKind(rawValue: 0x7574)
    envelope.bodyVersion = 0x7776
    envelope.utcOffset = UTCOffset(rawValue: 0x7978)
    envelope.channel = Channel(rawValue: 0x7a)
    envelope.actorKind = ActorKind(rawValue: 0x7b)
    envelope.direction = Direction(rawValue: 0x7c)
    envelope.visibility = Visibility(rawValue: 0x7d)
    envelope.precision = TimePrecision(rawValue: 0x7e)
    envelope.flags = EventFlags(rawValue: 0x7f)
    return envelope
  }()

  private static func bytes(of envelope: Envelope) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xff, count: 136)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    EnvelopeLayout.store(envelope, into: &raw, at: 0)
    return bytes
  }

  private static func envelope(in bytes: [UInt8]) -> Envelope {
    EnvelopeLayout.load(from: unsafe bytes.span.bytes, at: 0)
  }

  @Test func fieldsStandAtTheOffsetsOfTheFormatPage() {
    #expect(EnvelopeLayout.size == 136)
    #expect(Self.bytes(of: Self.sample) == (0..<128).map { UInt8($0) } + [UInt8](repeating: 0, count: 8))
  }

  @Test func whatIsStoredIsLoaded() {
    #expect(Self.envelope(in: Self.bytes(of: Self.sample)) == Self.sample)
    #expect(Self.envelope(in: Self.bytes(of: Envelope())) == Envelope())
  }

  @Test(arguments: 128..<136)
  func aReservedByteThatIsNotZeroIsUnsound(offset: Int) {
    var bytes = Self.bytes(of: Self.sample)
    #expect(EnvelopeLayout.isSound(unsafe bytes.span.bytes, at: 0))
    bytes[offset] = 1
    #expect(!EnvelopeLayout.isSound(unsafe bytes.span.bytes, at: 0))
  }

  @Test func theLogSetsTwoFieldsOfAStoredEnvelope() {
    var bytes = Self.bytes(of: Self.sample)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    EnvelopeLayout.store(
      recordedAt: Timestamp(microseconds: 5), previous: Position(6), into: &raw, at: 0)
    var expected = Self.sample
    expected.recordedAt = Timestamp(microseconds: 5)
    expected.previous = Position(6)
    #expect(Self.envelope(in: bytes) == expected)
  }
}
