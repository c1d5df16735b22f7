package import ParleyEnvelope

/// The envelopes of up to 512 records of a sealed segment, field by field. Records of a stream follow each other, so
/// that ids stand in a table of the block and numbers as differences: some 30 bytes a record instead of 144, of which 16
/// are the event's id. `EnvelopeSlots` has them decoded.
package enum EnvelopeBlock {
  /// Records of a full block.
  static let recordsMax = 512

  /// What most envelopes of a block share: kind, body version, UTC offset, codes and flags.
  private struct Trait: Hashable {
    var schema: UInt32
    var codes: UInt64
  }

  /// The plain bytes of a block from the slots of its records, which stand in the order of their streams, with their
  /// positions. Nil when a slot holds what this layout has no room for: reserved bytes that are not zero.
  package static func encoded(_ slots: RawSpan, locals: ArraySlice<UInt32>, base: Position) -> [UInt8]? {
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

  private static func append(times: [Int64], to output: inout [UInt8]) {
    let unit = EnvelopeColumns.units.first { unit in times.allSatisfy { $0 % unit == 0 } } ?? 1
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
