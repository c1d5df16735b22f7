import ParleyEnvelope

/// A slot as it stands in `RecordSlot` and `EnvelopeLayout`, in numbers of eight bytes.
package struct SlotWords: BitwiseCopyable, Sendable {
  /// The slot's first four bytes; four behind them for the length of the content, which a sealed envelope has not.
  var form: UInt64 = 0
  var stream = Words16.zero
  var event = Words16.zero
  var conversation = Words16.zero
  var actor = Words16.zero
  var caseID = Words16.zero
  var touchpoint: UInt64 = 0
  var occurredAt: Int64 = 0
  var recordedAt: Int64 = 0
  var previous: UInt64 = 0
  var sourceOrder: UInt32 = 0
  /// Kind and body version.
  var schema: UInt32 = 0
  /// The UTC offset, codes and flags.
  var codes: UInt64 = 0
  var reserved: UInt64 = 0

  /// The same with the bytes of a slot, whatever the machine.
  var littleEndian: SlotWords {
    #if _endian(little)
    return self
    #else
    var swapped = self
    swapped.form = form.littleEndian
    swapped.stream = stream.littleEndian
    swapped.event = event.littleEndian
    swapped.conversation = conversation.littleEndian
    swapped.actor = actor.littleEndian
    swapped.caseID = caseID.littleEndian
    swapped.touchpoint = touchpoint.littleEndian
    swapped.occurredAt = occurredAt.littleEndian
    swapped.recordedAt = recordedAt.littleEndian
    swapped.previous = previous.littleEndian
    swapped.sourceOrder = sourceOrder.littleEndian
    swapped.schema = schema.littleEndian
    swapped.codes = codes.littleEndian
    return swapped
    #endif
  }
}

/// Sixteen bytes as two little-endian numbers: copied without a look at them.
struct Words16: Hashable, BitwiseCopyable, Sendable {
  static let byteCount = 16
  static let zero = Words16(first: 0, second: 0)

  var first: UInt64
  var second: UInt64

  init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  init(_ bytes: RawSpan, at offset: Int) {
    first = bytes.integer(at: offset)
    second = bytes.integer(at: offset + 8)
  }

  func append(to output: inout [UInt8]) {
    output.append(littleEndian: first)
    output.append(littleEndian: second)
  }

  var littleEndian: Words16 { Words16(first: first.littleEndian, second: second.littleEndian) }

  var id: Bytes16 { Bytes16(high: first.byteSwapped, low: second.byteSwapped) }
}
