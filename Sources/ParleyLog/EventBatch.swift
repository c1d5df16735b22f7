package import ParleyEnvelope

/// Consecutive events, decoded together: the envelopes as fixed slots, the bodies as ranges of one buffer.
package struct EventBatch: Sendable {
  /// The first event's position; the others follow without a gap.
  package let first: Position
  private let slots: [UInt8]
  private let contents: [UInt8]
  /// The end of each event's content; empty when only envelopes were asked for.
  private let contentEnds: [Int]
  /// Events whose content block is damaged, ascending.
  private let withoutBody: [Range<Int>]

  init(first: Position, slots: [UInt8], contents: [UInt8], contentEnds: [Int], withoutBody: [Range<Int>]) {
    self.first = first
    self.slots = slots
    self.contents = contents
    self.contentEnds = contentEnds
    self.withoutBody = withoutBody
  }

  package var count: Int { slots.count / RecordSlot.size }
  package var end: Position { first.advanced(by: count) }

  package func position(at index: Int) -> Position { first.advanced(by: index) }

  /// An event's envelope, decoded when asked for (about 20 ns). All were checked when the batch was read.
  package func envelope(at index: Int) -> Envelope {
    slots.withBytes { EnvelopeLayout.load(from: $0, at: index * RecordSlot.size + RecordSlot.envelope) }
  }

  /// Calls with each envelope in order.
  package func forEachEnvelope(_ body: (Position, Envelope) throws -> Void) rethrows {
    try slots.withBytes { span in
      for index in 0..<count {
        let envelope = EnvelopeLayout.load(from: span, at: index * RecordSlot.size + RecordSlot.envelope)
        try body(position(at: index), envelope)
      }
    }
  }

  /// A copy of an event's body; nil when it is damaged, partly erased or erased, or only envelopes were asked for.
  package func body(at index: Int) -> [UInt8]? {
    guard let range = bodyRange(at: index) else { return nil }
    return Array(contents[range])
  }

  /// Lends an event's body without copying it; nil as with `body(at:)`.
  package func withBody<Result>(at index: Int, _ work: (RawSpan) throws -> Result) rethrows -> Result? {
    guard let range = bodyRange(at: index) else { return nil }
    return try contents.withBytes { try work($0.extracting(range)) }
  }

  private func bodyRange(at index: Int) -> Range<Int>? {
    guard index < contentEnds.count, !withoutBody.contains(where: { $0.contains(index) }),
      slots[index * RecordSlot.size + RecordSlot.form] == RecordForm.whole.rawValue
    else { return nil }
    let start = index == 0 ? 0 : contentEnds[index - 1]
    guard contentEnds[index] - start >= RecordSlot.saltSize else { return nil }
    return (start + RecordSlot.saltSize)..<contentEnds[index]
  }
}
