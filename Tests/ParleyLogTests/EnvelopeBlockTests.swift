import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// What blocks of a sealed segment hold comes back from their bytes, and bytes that are no block are refused.
@Suite struct EnvelopeBlockTests {
  /// Numbers of records about those that are decoded eight at a time.
  private static let counts = [1, 7, 8, 9, 17, 455, 512]

  @Test func theLayoutInWordsIsThatOfASlot() {
    #expect(RecordSlot.size == 8 + EnvelopeLayout.size && RecordSlot.size == 144)
    #expect(
      MemoryLayout<SlotWords>.size == RecordSlot.size && MemoryLayout<SlotWords>.stride == RecordSlot.size)
  }

  // MARK: - Columns

  @Test(arguments: counts) func columnsOfEveryWidthComeBack(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    for bits in [0, 1, 2, 3, 4, 5, 8, 13, 16, 24, 32, 40, 48, 56, 63, 64] {
      for least in [0, 1, 300, UInt64.max >> 20] {
        let mask: UInt64 = bits == 64 ? .max : 1 << UInt64(bits) - 1
        let values = (0..<count).map { _ in (random.next() & mask) &+ (bits == 64 ? 0 : least) }
        var bytes: [UInt8] = [1, 2, 3]
        PackedColumn.append(values, to: &bytes)
        #expect(unpacked(bytes, from: 3, count: count) == values, "\(bits) bits from \(least)")
        #expect(unpacked(Array(bytes.dropLast()), from: 3, count: count) == nil)
      }
    }
  }

  @Test func aColumnOfAWidthThatThereIsNotIsRefused() {
    for bits in UInt8.min...UInt8.max {
      let isKnown = bits <= 64 && (bits % 8 == 0 || [1, 2, 4].contains(bits))
      #expect((unpacked([bits, 0] + [UInt8](repeating: 5, count: 64), from: 0, count: 8) != nil) == isKnown)
    }
    #expect(unpacked([0, 9] + [UInt8](repeating: 5, count: 64), from: 0, count: 8) == nil)
  }

  /// The column that begins at an offset and takes all bytes behind it, or with more behind it.
  private func unpacked(_ bytes: [UInt8], from start: Int, count: Int) -> [UInt64]? {
    bytes.withBytes { bytes in
      var offset = start
      guard let column = PackedColumn(bytes, at: &offset, count: count) else { return nil }
      var values = [UInt64](repeating: 1, count: count + 1)
      column.unpack(bytes, into: &values)
      #expect(values.last == 1, "a value behind the last")
      if let constant = column.constant { #expect(values.dropLast().allSatisfy { $0 == constant }) }
      return Array(values.dropLast())
    }
  }

  // MARK: - Envelopes

  @Test(arguments: counts) func envelopesComeBack(count: Int) throws {
    for seed in 0..<8 {
      let (slots, locals) = Self.slots(count, seed: UInt64(count * 100 + seed))
      let plain = try #require(
        slots.withBytes { EnvelopeBlock.encoded($0, locals: locals[...], base: Self.base) })
      let decoded = try #require(plain.withBytes { EnvelopeSlots($0, count: count, base: Self.base) })
      #expect(decoded.count == count && decoded.locals == locals)
      for record in 0..<count {
        let range = (record * RecordSlot.size)..<((record + 1) * RecordSlot.size)
        #expect(decoded.slot(at: record) == Array(slots[range]))
        #expect(decoded.index(of: Int(locals[record])) == locals.firstIndex(of: locals[record]))
        let keys = slots.withBytes {
          EnvelopeLayout.loadKeys(from: $0, at: range.lowerBound + RecordSlot.envelope)
        }
        #expect(decoded.stream(at: record) == keys.stream && decoded.event(at: record) == keys.event)
      }
      // Another number of records, a position too far, a byte more or less.
      #expect(plain.withBytes { EnvelopeSlots($0, count: count + 1, base: Self.base) } == nil)
      #expect(
        plain.withBytes { EnvelopeSlots($0, count: count, base: Self.base, limit: Int(locals.max()!)) } == nil
      )
      #expect((plain + [0]).withBytes { EnvelopeSlots($0, count: count, base: Self.base) } == nil)
      #expect(Array(plain.dropLast()).withBytes { EnvelopeSlots($0, count: count, base: Self.base) } == nil)
    }
  }

  @Test func blocksStandBehindOneAnother() throws {
    var all = EnvelopeSlots()
    var expected: [UInt8] = []
    for seed in 0..<3 {
      let (slots, locals) = Self.slots(512, seed: UInt64(seed))
      let plain = try #require(
        slots.withBytes { EnvelopeBlock.encoded($0, locals: locals[...], base: Self.base) })
      var broken = plain
      broken[0] = 3
      #expect(!broken.withBytes { all.append($0, count: 512, base: Self.base, limit: 10_000) })
      #expect(plain.withBytes { all.append($0, count: 512, base: Self.base, limit: 10_000) })
      expected += slots
    }
    all.appendLost(2)
    expected += [UInt8](repeating: 0, count: 2 * RecordSlot.size)
    #expect(all.count == 3 * 512 + 2 && all.locals.suffix(2) == [.max, .max])
    let chosen = (0..<UInt32(all.count)).reversed()
    var copied = [UInt8](repeating: 9, count: all.count * RecordSlot.size + 1)
    all.copy(Array(chosen)[...], to: &copied)
    #expect(copied.last == 9)
    for (place, record) in chosen.enumerated() {
      let (from, to) = (Int(record) * RecordSlot.size, place * RecordSlot.size)
      #expect(copied[to..<(to + RecordSlot.size)] == expected[from..<(from + RecordSlot.size)])
    }
  }

  @Test func bytesThatAreTurnedAroundGiveNothingOrSlots() throws {
    let (slots, locals) = Self.slots(40, seed: 3)
    let plain = try #require(
      slots.withBytes { EnvelopeBlock.encoded($0, locals: locals[...], base: Self.base) })
    var refused = 0
    for offset in plain.indices {
      for bit in 0..<8 {
        var flipped = plain
        flipped[offset] ^= 1 << UInt8(bit)
        guard let decoded = flipped.withBytes({ EnvelopeSlots($0, count: 40, base: Self.base, limit: 2_000) })
        else {
          refused += 1
          continue
        }
        #expect(decoded.locals.allSatisfy { $0 < 2_000 })
        for record in [0, 39] {
          #expect(RecordForm(rawValue: decoded.slot(at: record)[RecordSlot.form]) != nil)
        }
      }
    }
    #expect(refused > 100)
  }

  private static let base = Position(7_000)

  /// Slots of some records in the order of their streams, with their positions.
  private static func slots(_ count: Int, seed: UInt64) -> (slots: [UInt8], locals: [UInt32]) {
    var random = SplitMix64(seed: seed)
    // Now few and now many of everything, times now rough and now fine.
    let (streams, others) = (1 + random.below(count), 1 + random.below(4))
    let unit = Int64([60_000_000, 1_000_000, 1_000, 1][random.below(4)])
    let ofStream = (0..<count).map { $0 * streams / count }
    var slots: [UInt8] = []
    var locals: [UInt32] = []
    var previous: UInt64?
    for record in 0..<count {
      let isFirst = record == 0 || ofStream[record] != ofStream[record - 1]
      let local = isFirst ? UInt32(random.below(500)) : locals[record - 1] + UInt32(1 + random.below(3))
      locals.append(local)
      var envelope = Envelope()
      envelope.stream = StreamID(rawValue: Bytes16(high: UInt64(ofStream[record]) << 40, low: seed))
      envelope.event = EventID(rawValue: Bytes16(high: random.next(), low: random.next()))
      envelope.conversation = ConversationID(
        rawValue: Bytes16(high: UInt64(random.below(others * 100)), low: 2))
      envelope.actor = ActorID(
        rawValue: random.below(others) == 0
          ? envelope.stream.rawValue : Bytes16(high: 9, low: UInt64(random.below(others))))
      envelope.caseID = CaseID(rawValue: Bytes16(high: 0, low: UInt64(random.below(others))))
      envelope.touchpoint = TouchpointID(rawValue: UInt64(random.below(others)) << 50)
      envelope.occurredAt = Timestamp(microseconds: (Int64(random.below(1 << 30)) - 1 << 20) * unit)
      envelope.sourceOrder = UInt32(random.below(others)) * 70_000
      envelope.kind = EventKind(rawValue: UInt16(300 + random.below(others)))
      envelope.utcOffset = UTCOffset(rawValue: Int16(random.below(others)) * 60)
      envelope.flags = EventFlags(rawValue: UInt8(random.below(others)))
      slots.appendSlot(
        envelope,
        RecordPlacing(
          recordedAt: Timestamp(microseconds: Int64(local) * 1_000),
          previous: isFirst
            ? (random.below(2) == 0 ? .none : Position(random.below(7_000))) : Position(previous ?? 0)),
        contentCount: 0)
      previous = base.rawValue + UInt64(local)
    }
    return (slots, locals)
  }

  // MARK: - Contents

  @Test func contentsComeBackFromBehindOtherBytes() throws {
    var random = SplitMix64(seed: 11)
    let contents = (0..<30).map { random.bytes(16 + $0 * 7 % 50) }
    let plain = Array(contents.joined()).withBytes {
      ContentBlock.encoded($0, lengths: contents.map { UInt32($0.count) }[...])
    }
    for front in [[], random.bytes(300)] {
      let block = try #require(ContentBlock(front + plain, from: front.count, count: contents.count))
      #expect(block.count == contents.count)
      for (index, content) in contents.enumerated() {
        #expect(Array(block.plain[block.rest(at: index)]) == Array(content.dropFirst(16)))
        #expect(block.contentCount(at: index) == content.count)
        #expect(content.withBytes { block.isEqual(index, to: $0) })
      }
      #expect(ContentBlock(front + plain, from: front.count, count: contents.count - 1) == nil)
      #expect(ContentBlock(front + plain.dropLast(), from: front.count, count: contents.count) == nil)
      #expect(ContentBlock(front + plain, from: front.count, count: 0) == nil)
    }
  }

  @Test func aBlockThatRepeatsTheDictionaryDecodesBehindItOnly() throws {
    var random = SplitMix64(seed: 5)
    let dictionary = random.bytes(5_000)
    let plain = Array(dictionary[1_000..<4_000]) + random.bytes(50) + dictionary[10..<900]
    let nonce = FrameNonce(.zero)
    let bytes = SealedBlock.encoded(
      .contents, records: 0..<1, plain: plain, dictionary: dictionary, nonce: nonce,
      with: .high(LZ4HighEncoder(level: 4)))
    #expect(bytes.count < 500)
    let header = bytes.withBytes { SealedBlock($0, at: 0, nonce: nonce) }
    let block = try #require(header)
    bytes.withBytes { span in
      let stored = span.extracting(SealedBlock.headerByteCount..<span.byteCount)
      var output = dictionary
      #expect(block.decode(stored, dictionaryCount: dictionary.count, appendingTo: &output))
      #expect(output == dictionary + plain)
      output = [1, 2, 3] + dictionary
      #expect(block.decode(stored, dictionaryCount: dictionary.count, appendingTo: &output))
      #expect(output == [1, 2, 3] + dictionary + plain)
      // Without it, or with less of it than there has to be.
      for (start, count) in [
        ([], 0), ([], dictionary.count), (dictionary, 0), (Array(dictionary.dropFirst(2_000)), 3_000),
      ] {
        output = start
        #expect(!block.decode(stored, dictionaryCount: count, appendingTo: &output))
        #expect(output == start)
      }
    }
  }
}
