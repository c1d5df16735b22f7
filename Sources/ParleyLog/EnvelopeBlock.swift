import ParleyEnvelope

/// The envelopes of up to 512 records of a sealed segment, field by field. Records of a stream follow each other, so
/// that ids stand in a table of the block and numbers as differences: some 30 bytes a record instead of 144, of which 16
/// are the event's id.
final class EnvelopeBlock: Sendable {
  /// Records of a full block.
  static let recordsMax = 512

  let count: Int
  /// The position of each record, counted from the segment's base.
  let locals: [UInt32]
  private let forms: [UInt64]
  private let streams: IDColumn
  private let conversations: IDColumn
  private let actors: IDColumn
  private let cases: IDColumn
  private let touchpoints: [UInt64]
  private let touchpointOrdinals: [UInt64]
  private let occurredAt: [Int64]
  private let recordedAt: [Int64]
  private let previous: [UInt64]
  private let sourceOrder: [UInt64]
  private let traits: [Trait]
  private let traitOrdinals: [UInt64]
  private let events: [Words16]

  /// What most envelopes of a block share: kind, body version, UTC offset, codes and flags.
  private struct Trait: Hashable, Sendable {
    static let byteCount = 12
    var schema: UInt32
    var codes: UInt64
  }

  /// A field of ids: a table, and each record's place in it.
  fileprivate struct IDColumn: Sendable {
    var table: [Words16]
    var ordinals: [UInt64]

    subscript(index: Int) -> Words16 { table[Int(ordinals[index])] }
  }

  /// A block from its plain bytes; nil when they are not one of so many records.
  init?(_ bytes: RawSpan, count: Int, base: Position) {
    guard (1...Self.recordsMax).contains(count) else { return nil }
    self.count = count
    var offset = 0
    guard let steps = PackedColumn.read(bytes, at: &offset, count: count),
      let locals = Self.sums(steps, in: 0...Int64(UInt32.max)),
      let forms = PackedColumn.read(bytes, at: &offset, count: count),
      forms.allSatisfy({ RecordForm(code: $0) != nil }),
      let streams = IDColumn(bytes, at: &offset, count: count),
      let conversations = IDColumn(bytes, at: &offset, count: count),
      let actors = IDColumn(bytes, at: &offset, count: count, firstPlace: 1),
      let cases = IDColumn(bytes, at: &offset, count: count)
    else { return nil }
    self.locals = locals.map { UInt32($0) }
    (self.forms, self.streams, self.conversations, self.actors, self.cases) = (
      forms, streams, conversations, actors, cases
    )
    guard
      let touchpoints = Self.table(
        bytes, at: &offset, entryByteCount: 8, count: count, { $0.integer(at: $1, as: UInt64.self) }),
      let occurredAt = Self.times(bytes, at: &offset, count: count),
      let recordedAt = Self.times(bytes, at: &offset, count: count),
      let codes = PackedColumn.read(bytes, at: &offset, count: count),
      let sourceOrder = PackedColumn.read(bytes, at: &offset, count: count),
      sourceOrder.allSatisfy({ $0 <= UInt32.max }),
      let traits = Self.table(
        bytes, at: &offset, entryByteCount: Trait.byteCount, count: count,
        { Trait(schema: $0.integer(at: $1), codes: $0.integer(at: $1 + 4)) }),
      bytes.byteCount - offset == count * Words16.byteCount
    else { return nil }
    (self.touchpoints, touchpointOrdinals) = touchpoints
    (self.occurredAt, self.recordedAt, self.sourceOrder) = (occurredAt, recordedAt, sourceOrder)
    (self.traits, traitOrdinals) = traits
    var previous: [UInt64] = []
    previous.reserveCapacity(count)
    for (index, code) in codes.enumerated() {
      switch code {
      case 0:
        guard index > 0, streams[index] == streams[index - 1] else { return nil }
        previous.append(base.rawValue + UInt64(self.locals[index - 1]))
      case 1: previous.append(.max)
      default: previous.append(base.rawValue &+ UInt64(self.locals[index]) &- (code - 2))
      }
    }
    self.previous = previous
    events = (0..<count).map { Words16(bytes, at: offset + $0 * Words16.byteCount) }
  }

  /// The id of a record's stream.
  func stream(at index: Int) -> StreamID {
    StreamID(rawValue: streams.table[Int(streams.ordinals[index])].id)
  }

  /// A record's event id.
  func event(at index: Int) -> EventID { EventID(rawValue: events[index].id) }

  /// The record at a position; nil when it is not in the block.
  func index(of local: Int) -> Int? { locals.firstIndex { Int($0) == local } }

  // MARK: - Slots

  /// Stores a record's slot, the length of its content left zero.
  func store(_ index: Int, into slot: inout MutableRawSpan, at start: Int) {
    let stream = streams.table[Int(streams.ordinals[index])]
    let event = events[index]
    let conversation = conversations.table[Int(conversations.ordinals[index])]
    let place = Int(actors.ordinals[index])
    let actor = place == 0 ? stream : actors.table[place - 1]
    let caseID = cases.table[Int(cases.ordinals[index])]
    let trait = traits[Int(traitOrdinals[index])]
    // The slot as it stands in `RecordSlot` and `EnvelopeLayout`, in words: one store instead of seventeen.
    slot.store(
      words: [
        forms[index], stream.first, stream.second, event.first, event.second, conversation.first,
        conversation.second, actor.first, actor.second, caseID.first, caseID.second,
        touchpoints[Int(touchpointOrdinals[index])], UInt64(bitPattern: occurredAt[index]),
        UInt64(bitPattern: recordedAt[index]), previous[index],
        sourceOrder[index] | UInt64(trait.schema) << 32,
        trait.codes, 0,
      ], at: start)
  }
}

/// Sixteen bytes as two little-endian words: copied without a look at them.
fileprivate struct Words16: Hashable, Sendable {
  static let byteCount = 16
  var first: UInt64
  var second: UInt64

  init(_ bytes: RawSpan, at offset: Int) {
    first = bytes.integer(at: offset)
    second = bytes.integer(at: offset + 8)
  }

  func append(to output: inout [UInt8]) {
    output.append(littleEndian: first)
    output.append(littleEndian: second)
  }

  var id: Bytes16 { Bytes16(high: first.byteSwapped, low: second.byteSwapped) }
}

// MARK: - Encoding

extension EnvelopeBlock {
  /// The plain bytes of a block from the slots of its records, which stand in the order of their streams, with their
  /// positions. Nil when a slot holds what this layout has no room for: reserved bytes that are not zero.
  static func encoded(_ slots: RawSpan, locals: ArraySlice<UInt32>, base: Position) -> [UInt8]? {
    let count = locals.count
    let starts = (0..<count).map { $0 * RecordSlot.size + RecordSlot.envelope }
    for start in starts where !EnvelopeLayout.isSound(slots, at: start) { return nil }
    func field<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Value.Type) -> [Value] {
      starts.map { slots.integer(at: $0 + offset) }
    }
    func ids(_ offset: Int) -> [Words16] { starts.map { Words16(slots, at: $0 + offset) } }
    var output: [UInt8] = []
    output.reserveCapacity(count * 48)
    PackedColumn.append(differences(locals.map { Int64($0) }), to: &output)
    PackedColumn.append(
      starts.map { UInt64(slots.integer(at: $0 - RecordSlot.envelope, as: UInt32.self)) }, to: &output)
    let streams = ids(EnvelopeLayout.stream)
    append(streams, to: &output)
    append(ids(EnvelopeLayout.conversation), to: &output)
    append(actors: ids(EnvelopeLayout.actor), streams, to: &output)
    append(ids(EnvelopeLayout.caseID), to: &output)
    appendTable(field(EnvelopeLayout.touchpoint, UInt64.self), to: &output) { $1.append(littleEndian: $0) }
    append(times: field(EnvelopeLayout.occurredAt, Int64.self), to: &output)
    append(times: field(EnvelopeLayout.recordedAt, Int64.self), to: &output)
    PackedColumn.append(
      previousCodes(field(EnvelopeLayout.previous, UInt64.self), streams, locals, base), to: &output)
    PackedColumn.append(field(EnvelopeLayout.sourceOrder, UInt32.self).map { UInt64($0) }, to: &output)
    let traits = starts.map {
      Trait(
        schema: slots.integer(at: $0 + EnvelopeLayout.kind),
        codes: slots.integer(at: $0 + EnvelopeLayout.utcOffset))
    }
    appendTable(traits, to: &output) {
      $1.append(littleEndian: $0.schema)
      $1.append(littleEndian: $0.codes)
    }
    for event in ids(EnvelopeLayout.event) { event.append(to: &output) }
    return output
  }

  private static func differences(_ values: [Int64]) -> [UInt64] {
    var before: Int64 = 0
    return values.map { value in
      defer { before = value }
      return UInt64(zigzag: value &- before)
    }
  }

  /// A table of what is distinct, in the order of first use, and each record's place in it.
  private static func appendTable<Entry: Hashable>(
    _ entries: [Entry], to output: inout [UInt8], _ store: (Entry, inout [UInt8]) -> Void
  ) {
    var places: [Entry: Int] = [:]
    var table: [Entry] = []
    let ordinals = entries.map { entry -> UInt64 in
      if let known = places[entry] { return UInt64(known) }
      places[entry] = table.count
      table.append(entry)
      return UInt64(table.count - 1)
    }
    output.append(littleEndian: UInt16(table.count))
    for entry in table { store(entry, &output) }
    PackedColumn.append(ordinals, to: &output)
  }

  private static func append(_ ids: [Words16], to output: inout [UInt8]) {
    appendTable(ids, to: &output) { $0.append(to: &$1) }
  }

  /// Place 0 is the stream's own id, which is every customer's actor; the table's begin at 1.
  private static func append(actors: [Words16], _ streams: [Words16], to output: inout [UInt8]) {
    var places: [Words16: Int] = [:]
    var table: [Words16] = []
    let ordinals = zip(actors, streams).map { actor, stream -> UInt64 in
      if actor == stream { return 0 }
      if let known = places[actor] { return UInt64(known) }
      table.append(actor)
      places[actor] = table.count
      return UInt64(table.count)
    }
    output.append(littleEndian: UInt16(table.count))
    for id in table { id.append(to: &output) }
    PackedColumn.append(ordinals, to: &output)
  }

  /// The units that times are counted in, the largest that fits all of them: minutes, seconds, milliseconds or less.
  private static let units: [Int64] = [60_000_000, 1_000_000, 1_000, 1]

  private static func append(times: [Int64], to output: inout [UInt8]) {
    let unit = units.first { unit in times.allSatisfy { $0 % unit == 0 } } ?? 1
    output.append(littleEndian: UInt32(unit))
    PackedColumn.append(differences(times.map { $0 / unit }), to: &output)
  }

  /// 0 for the record before of the same stream, 1 for none, else 2 and more for the distance back.
  private static func previousCodes(
    _ previous: [UInt64], _ streams: [Words16], _ locals: ArraySlice<UInt32>, _ base: Position
  ) -> [UInt64] {
    let locals = Array(locals)
    return previous.indices.map { index in
      let position = base.rawValue + UInt64(locals[index])
      if index > 0, streams[index] == streams[index - 1],
        previous[index] == base.rawValue + UInt64(locals[index - 1])
      {
        return 0
      }
      return previous[index] == .max ? 1 : 2 &+ (position &- previous[index])
    }
  }
}

// MARK: - Decoding

extension EnvelopeBlock {
  /// The values whose differences these are; nil when one is out of bounds.
  private static func sums(_ differences: [UInt64], in bounds: ClosedRange<Int64>) -> [Int64]? {
    var value: Int64 = 0
    var sums: [Int64] = []
    sums.reserveCapacity(differences.count)
    for difference in differences {
      value &+= difference.zigzagged
      guard bounds.contains(value) else { return nil }
      sums.append(value)
    }
    return sums
  }

  private static func times(_ bytes: RawSpan, at offset: inout Int, count: Int) -> [Int64]? {
    guard bytes.byteCount - offset >= 4 else { return nil }
    let unit = Int64(bytes.integer(at: offset, as: UInt32.self))
    offset += 4
    guard units.contains(unit), let steps = PackedColumn.read(bytes, at: &offset, count: count) else {
      return nil
    }
    return sums(steps, in: (Int64.min / unit)...(Int64.max / unit))?.map { $0 * unit }
  }

  fileprivate static func table<Entry>(
    _ bytes: RawSpan, at offset: inout Int, entryByteCount: Int, count: Int, firstPlace: Int = 0,
    _ load: (RawSpan, Int) -> Entry
  ) -> (table: [Entry], ordinals: [UInt64])? {
    guard bytes.byteCount - offset >= 2 else { return nil }
    let entries = Int(bytes.integer(at: offset, as: UInt16.self))
    offset += 2
    guard entries <= count, bytes.byteCount - offset >= entries * entryByteCount else { return nil }
    var table: [Entry] = []
    table.reserveCapacity(entries)
    for entry in 0..<entries { table.append(load(bytes, offset + entry * entryByteCount)) }
    offset += entries * entryByteCount
    let places = UInt64(entries + firstPlace)
    guard let ordinals = PackedColumn.read(bytes, at: &offset, count: count),
      ordinals.allSatisfy({ $0 < places })
    else { return nil }
    return (table, ordinals)
  }
}

extension EnvelopeBlock: BlockCache.Item {
  /// Some thirteen numbers of eight bytes a record.
  var cachedByteCount: Int { count * 110 }
}

extension EnvelopeBlock.IDColumn {
  fileprivate init?(_ bytes: RawSpan, at offset: inout Int, count: Int, firstPlace: Int = 0) {
    guard
      let (table, ordinals) = EnvelopeBlock.table(
        bytes, at: &offset, entryByteCount: Words16.byteCount, count: count, firstPlace: firstPlace,
        { Words16($0, at: $1) })
    else { return nil }
    self.init(table: table, ordinals: ordinals)
  }
}

extension RecordForm {
  /// The form with a code, as it stands in a slot's first four bytes; nil for another number.
  fileprivate init?(code: UInt64) {
    guard let byte = UInt8(exactly: code), let form = RecordForm(rawValue: byte) else { return nil }
    self = form
  }
}
