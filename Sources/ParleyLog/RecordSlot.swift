package import ParleyEnvelope

/// An event's place in an envelope block: the record's header and its envelope. The header is outside the envelope
/// and outside the audit entry, so that erasing changes neither.
package enum RecordSlot {
  /// Bytes of a slot: a header of 8 and the envelope. A literal, as a number of another module is asked for at each use.
  package static let size = 144
  /// Slots of a full block.
  static let perBlock = LogLimits.blockBytesMax / size
  /// Random bytes before a whole record's body.
  static let saltSize = 16

  package static let form = 0
  static let contentCount = 4
  package static let envelope = 8
}

/// How much of a record is there.
package enum RecordForm: UInt8, Sendable {
  /// Sixteen random bytes and the body.
  case whole = 1
  /// Parts of the body, each with its salt or its commitment (evidence).
  case partlyErased = 2
  /// Commitments only.
  case erased = 3
}

/// What the log sets in an envelope.
package struct RecordPlacing {
  var recordedAt: Timestamp
  /// The event before it in its stream.
  var previous: Position

  package init(recordedAt: Timestamp, previous: Position) {
    self.recordedAt = recordedAt
    self.previous = previous
  }
}

extension [UInt8] {
  /// Appends the slot of a whole record.
  package mutating func appendSlot(_ envelope: Envelope, _ placing: RecordPlacing, contentCount: Int) {
    appendZeros(RecordSlot.size) { slot in
      slot.store(RecordForm.whole.rawValue, at: RecordSlot.form)
      slot.store(UInt32(contentCount), at: RecordSlot.contentCount)
      EnvelopeLayout.store(envelope, into: &slot, at: RecordSlot.envelope)
      EnvelopeLayout.store(
        recordedAt: placing.recordedAt, previous: placing.previous, into: &slot, at: RecordSlot.envelope)
    }
  }
}

/// A slot's header, read from a block.
struct RecordSlotHeader {
  var form: RecordForm
  var contentCount: Int

  /// The header at an offset; nil when it is not one this format has.
  init?(_ bytes: RawSpan, at offset: Int) {
    // The three bytes behind the form are reserved: they are zero, or the whole is not one of the forms.
    guard let code = UInt8(exactly: bytes.integer(at: offset + RecordSlot.form, as: UInt32.self)),
      let form = RecordForm(rawValue: code)
    else { return nil }
    self.form = form
    contentCount = Int(bytes.integer(at: offset + RecordSlot.contentCount, as: UInt32.self))
    guard contentCount <= FrameHeader.Block.plainCountMax else { return nil }
  }
}
