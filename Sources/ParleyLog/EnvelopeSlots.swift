package import ParleyEnvelope

/// Envelopes of a sealed segment, decoded: the slots of its records, block behind block.
package struct EnvelopeSlots: Sendable {
  /// The position of each record, counted from the segment's base; all ones where its block is damaged.
  package private(set) var locals: [UInt32] = []
  private var slots: [SlotWords] = []

  package init() {}

  /// The records of one block from its plain bytes; nil when they are not those of so many with positions below a limit.
  package init?(_ bytes: RawSpan, count: Int, base: Position, limit: Int = Int(UInt32.max)) {
    guard append(bytes, count: count, base: base, limit: limit) else { return nil }
  }

  package var count: Int { slots.count }

  /// Leaves the memory for others.
  mutating func removeAll() {
    locals.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
  }

  mutating func reserveLargeCapacity(_ count: Int) {
    locals.reserveCapacity(count)
    slots.reserveLargeCapacity(count)
  }

  // MARK: - Records

  /// The id of a record's stream.
  package func stream(at record: Int) -> StreamID { StreamID(rawValue: slots[record].stream.id) }

  /// A record's event id.
  package func event(at record: Int) -> EventID { EventID(rawValue: slots[record].event.id) }

  /// The record at a position; nil when there is none.
  package func index(of local: Int) -> Int? { locals.firstIndex { Int($0) == local } }

  /// A copy of a record's slot, the length of its content left zero.
  package func slot(at record: Int) -> [UInt8] {
    var slot = [UInt8](repeating: 0, count: RecordSlot.size)
    copy([UInt32(record)], to: &slot)
    return slot
  }

  /// Overwrites the first bytes of an array with the slots of some records, the lengths of their contents left zero.
  package func copy(_ records: ArraySlice<UInt32>, to bytes: inout [UInt8]) {
    UnsafeBytes.copy(slots, records, to: &bytes)
  }

  // MARK: - Decoding

  /// Appends what stands for the records of a block that is damaged.
  package mutating func appendLost(_ count: Int) {
    slots.append(contentsOf: repeatElement(SlotWords(), count: count))
    locals.append(contentsOf: repeatElement(.max, count: count))
  }

  /// Appends the records of a block from its plain bytes; false, and nothing appended, when they are not those of so many
  /// with positions below a limit.
  package mutating func append(_ bytes: RawSpan, count: Int, base: Position, limit: Int) -> Bool {
    guard (1...EnvelopeBlock.recordsMax).contains(count), let columns = EnvelopeColumns(bytes, count: count)
    else { return false }
    var filling = EnvelopeFilling(columns, EnvelopeTables(columns, bytes), count: count)
    guard let common = filling.common(bytes) else { return false }
    let records = slots.count..<(slots.count + count)
    slots.append(contentsOf: repeatElement(common, count: count))
    locals.append(contentsOf: repeatElement(0, count: count))
    if filling.fill(&locals, records, bytes, below: limit), filling.fill(&slots, records, bytes),
      filling.fillPrevious(of: &slots, records, bytes, locals, base)
    {
      return true
    }
    slots.removeLast(count)
    locals.removeLast(count)
    return false
  }
}

extension EnvelopeSlots: BlockCache.Item {
  var cachedByteCount: Int { count * (RecordSlot.size + 4) }
}
