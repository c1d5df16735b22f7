import ParleyEnvelope

/// Where the columns of an envelope block are among its plain bytes, field by field.
struct EnvelopeColumns {
  /// A column of places in a table of the block.
  struct Table {
    /// Where the entries are, and how many.
    let start: Int
    let count: Int
    /// Each record's place.
    let places: PackedColumn
  }

  /// A column of differences between times, counted in units of so many microseconds.
  struct Times {
    let unit: Int64
    let steps: PackedColumn
  }

  /// The units that times are counted in, the largest that fits all of them: minutes, seconds, milliseconds or less.
  static let units: [Int64] = [60_000_000, 1_000_000, 1_000, 1]
  /// Bytes of what most envelopes of a block share: kind, body version, UTC offset, codes and flags.
  static let traitByteCount = 12
  static let touchpointByteCount = 8

  /// Differences between positions.
  let steps: PackedColumn
  let forms: PackedColumn
  let streams: Table
  let conversations: Table
  /// Place 0 is the record's stream, 1 the table's first entry.
  let actors: Table
  let cases: Table
  let touchpoints: Table
  let occurredAt: Times
  let recordedAt: Times
  /// 0 for the record before of the same stream, 1 for none, else 2 and more for the distance back.
  let previous: PackedColumn
  let sourceOrder: PackedColumn
  let traits: Table
  /// Where the event ids begin.
  let events: Int

  /// Finds the columns of so many records; nil when the bytes are not exactly those.
  init?(_ bytes: RawSpan, count: Int) {
    var offset = 0
    func column() -> PackedColumn? { PackedColumn(bytes, at: &offset, count: count) }
    func table(_ entryByteCount: Int) -> Table? {
      guard bytes.byteCount - offset >= 2 else { return nil }
      let entries = Int(bytes.integer(at: offset, as: UInt16.self))
      let start = offset + 2
      guard entries <= count, bytes.byteCount - start >= entries * entryByteCount else { return nil }
      offset = start + entries * entryByteCount
      return column().map { Table(start: start, count: entries, places: $0) }
    }
    func times() -> Times? {
      guard bytes.byteCount - offset >= 4 else { return nil }
      let unit = Int64(bytes.integer(at: offset, as: UInt32.self))
      offset += 4
      guard Self.units.contains(unit) else { return nil }
      return column().map { Times(unit: unit, steps: $0) }
    }
    guard let steps = column(), let forms = column(), let streams = table(Words16.byteCount),
      let conversations = table(Words16.byteCount), let actors = table(Words16.byteCount),
      let cases = table(Words16.byteCount), let touchpoints = table(Self.touchpointByteCount),
      let occurredAt = times(), let recordedAt = times(), let previous = column(),
      let sourceOrder = column(), let traits = table(Self.traitByteCount),
      bytes.byteCount - offset == count * Words16.byteCount
    else { return nil }
    (self.steps, self.forms, self.streams, self.conversations) = (steps, forms, streams, conversations)
    (self.actors, self.cases, self.touchpoints) = (actors, cases, touchpoints)
    (self.occurredAt, self.recordedAt, self.previous) = (occurredAt, recordedAt, previous)
    (self.sourceOrder, self.traits, events) = (sourceOrder, traits, offset)
  }
}
