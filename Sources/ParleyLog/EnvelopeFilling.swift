import ParleyEnvelope

/// Makes slots of a block's columns. A column that has one value for all records, as most of them do, costs nothing a
/// record. Each function says whether all values can be what they stand for; the slots are of no use otherwise.
struct EnvelopeFilling {
  /// Which of the columns are looked at.
  private enum Part { case constant, varying }

  private let columns: EnvelopeColumns
  private let tables: EnvelopeTables
  /// A column's values.
  private var values: [UInt64]

  /// For a block of so many records.
  init(_ columns: EnvelopeColumns, _ tables: EnvelopeTables, count: Int) {
    (self.columns, self.tables) = (columns, tables)
    values = Array(repeating: 0, count: count)
  }

  /// A slot with what all records share; nil when that can't be.
  mutating func common(_ bytes: RawSpan) -> SlotWords? {
    var slot = [SlotWords()]
    return fill(.constant, of: &slot, 0..<1, bytes) ? slot[0] : nil
  }

  /// Fills slots that have what is common with the rest, but for the previous positions.
  mutating func fill(_ slots: inout [SlotWords], _ records: Range<Int>, _ bytes: RawSpan) -> Bool {
    UnsafeBytes.update(&slots, records, from: bytes, at: columns.events) { $0.event = $1 }
    return fill(.varying, of: &slots, records, bytes)
  }

  private mutating func fill(
    _ part: Part, of slots: inout [SlotWords], _ records: Range<Int>, _ bytes: RawSpan
  ) -> Bool {
    let tables = tables
    // Then it is set with the stream.
    let isActorStream = columns.actors.places.constant == 0
    return fill(part, of: &slots, records, columns.forms, bytes) { slot, value in
      slot.form = value
      return RecordForm(code: value) != nil
    }
      && fill(part, of: &slots, records, columns.streams.places, bytes) { slot, place in
        guard let stream = tables.entry(place, of: tables.streams) else { return false }
        slot.stream = stream
        if isActorStream { slot.actor = stream }
        return true
      }
      && fill(part, of: &slots, records, columns.conversations.places, bytes) { slot, place in
        guard let conversation = tables.entry(place, of: tables.conversations) else { return false }
        slot.conversation = conversation
        return true
      }
      && fill(part, of: &slots, records, columns.actors.places, bytes) { slot, place in
        if isActorStream { return true }
        guard let actor = place == 0 ? slot.stream : tables.entry(place &- 1, of: tables.actors) else {
          return false
        }
        slot.actor = actor
        return true
      }
      && fill(part, of: &slots, records, columns.cases.places, bytes) { slot, place in
        guard let caseID = tables.entry(place, of: tables.cases) else { return false }
        slot.caseID = caseID
        return true
      }
      && fill(part, of: &slots, records, columns.touchpoints.places, bytes) { slot, place in
        guard let touchpoint = tables.entry(place, of: tables.touchpoints) else { return false }
        slot.touchpoint = touchpoint.first
        return true
      }
      && fill(part, of: &slots, records, columns.traits.places, bytes) { slot, place in
        guard let trait = tables.entry(place, of: tables.traits) else { return false }
        slot.schema = UInt32(truncatingIfNeeded: trait.first)
        slot.codes = trait.second
        return true
      }
      && fill(part, of: &slots, records, columns.sourceOrder, bytes) { slot, value in
        slot.sourceOrder = UInt32(truncatingIfNeeded: value)
        return value <= UInt32.max
      }
      && fill(part, of: &slots, records, columns.occurredAt, bytes) { $0.occurredAt = $1 }
      && fill(part, of: &slots, records, columns.recordedAt, bytes) { $0.recordedAt = $1 }
  }

  /// Fills a field that a column has as it is.
  @inline(__always)
  private mutating func fill(
    _ part: Part, of slots: inout [SlotWords], _ records: Range<Int>, _ column: PackedColumn,
    _ bytes: RawSpan, _ store: (inout SlotWords, UInt64) -> Bool
  ) -> Bool {
    guard (column.constant == nil) == (part == .varying) else { return true }
    column.unpack(bytes, into: &values)
    var isSound = true
    UnsafeBytes.update(&slots, records, from: values) { isSound = store(&$0, $1) && isSound }
    return isSound
  }

  /// Fills a time: differences that are all one are no time that all share.
  @inline(__always)
  private mutating func fill(
    _ part: Part, of slots: inout [SlotWords], _ records: Range<Int>, _ times: EnvelopeColumns.Times,
    _ bytes: RawSpan, _ store: (inout SlotWords, Int64) -> Void
  ) -> Bool {
    guard part == .varying else { return true }
    times.steps.unpack(bytes, into: &values)
    let bounds = (Int64.min / times.unit)...(Int64.max / times.unit)
    var isSound = true
    var time: Int64 = 0
    UnsafeBytes.update(&slots, records, from: values) { slot, step in
      time &+= step.zigzagged
      isSound = bounds.contains(time) && isSound
      store(&slot, time &* times.unit)
    }
    return isSound
  }

  // MARK: - Positions

  /// Fills the positions.
  mutating func fill(
    _ locals: inout [UInt32], _ records: Range<Int>, _ bytes: RawSpan, below limit: Int
  ) -> Bool {
    columns.steps.unpack(bytes, into: &values)
    var isSound = true
    var local: Int64 = 0
    UnsafeBytes.update(&locals, records, from: values) { element, step in
      local &+= step.zigzagged
      isSound = (0..<Int64(limit)).contains(local) && isSound
      element = UInt32(truncatingIfNeeded: local)
    }
    return isSound
  }

  /// Fills the previous positions, once positions and all else are there.
  mutating func fillPrevious(
    of slots: inout [SlotWords], _ records: Range<Int>, _ bytes: RawSpan, _ locals: [UInt32],
    _ base: Position
  ) -> Bool {
    columns.previous.unpack(bytes, into: &values)
    var isSound = true
    // There is none before the first.
    var before: (position: UInt64, stream: Words16)?
    var record = records.lowerBound
    UnsafeBytes.update(&slots, records, from: values) { slot, code in
      let position = base.rawValue &+ UInt64(locals[record])
      switch code {
      case 0:
        isSound = before?.stream == slot.stream && isSound
        slot.previous = before?.position ?? 0
      case 1: slot.previous = .max
      default: slot.previous = position &- (code - 2)
      }
      before = (position, slot.stream)
      record += 1
    }
    return isSound
  }
}

extension RecordForm {
  /// The form with a code, as it stands in a slot's first four bytes; nil for another number.
  fileprivate init?(code: UInt64) {
    guard let byte = UInt8(exactly: code), let form = RecordForm(rawValue: byte) else { return nil }
    self = form
  }
}
