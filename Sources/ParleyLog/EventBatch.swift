package import ParleyEnvelope

/// Events decoded together: the envelopes as fixed slots, the bodies as ranges of one buffer. They are consecutive, unless
/// the replay was by stream.
package struct EventBatch: Sendable {
  package let count: Int
  private let positions: Positions
  /// Slots of these, maybe with others behind.
  private let slots: [UInt8]
  /// Bodies of these and maybe other events.
  private let contents: [UInt8]
  /// Where each body is, in the order of the slots; empty when only envelopes were asked for.
  private let bodies: [BodyPlace]

  /// Where a batch's events stand in the log.
  enum Positions: Sendable {
    /// One behind the other.
    case consecutive(from: Position)
    /// Each so far behind a position.
    case scattered([UInt32], from: Position)
  }

  init(_ positions: Positions, count: Int, slots: [UInt8], contents: [UInt8], bodies: [BodyPlace]) {
    self.positions = positions
    self.count = count
    self.slots = slots
    self.contents = contents
    self.bodies = bodies
  }

  /// The first event's position.
  package var first: Position { position(at: 0) }

  /// The position behind the last event.
  package var end: Position { position(at: count - 1).advanced(by: 1) }

  package func position(at index: Int) -> Position {
    switch positions {
    case .consecutive(let first): first.advanced(by: index)
    case .scattered(let places, let base): base.advanced(by: Int(places[index]))
    }
  }

  /// An event's envelope, decoded when asked for (about 20 ns). All were checked when the batch was read.
  package func envelope(at index: Int) -> Envelope {
    slots.withBytes {
      EnvelopeLayout.load(from: $0, at: index * RecordSlot.size + RecordSlot.envelope)
    }
  }

  /// Calls with each envelope in order.
  package func forEachEnvelope(_ body: (Position, Envelope) throws -> Void) rethrows {
    try slots.withBytes { span in
      for index in 0..<count {
        let envelope = EnvelopeLayout.load(
          from: span, at: index * RecordSlot.size + RecordSlot.envelope)
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
    guard index < bodies.count, slots[index * RecordSlot.size + RecordSlot.form] == RecordForm.whole.rawValue
    else { return nil }
    return bodies[index].range
  }

  /// Lends an event's slot.
  func withSlot<Result>(at index: Int, _ work: (RawSpan) throws -> Result) rethrows -> Result {
    let start = index * RecordSlot.size
    return try slots.withBytes { try work($0.extracting(start..<(start + RecordSlot.size))) }
  }

  /// Lends an event's content, which in a batch from a segment in frames stands as it was given; nil when it is damaged.
  func withContent<Result>(at index: Int, _ work: (RawSpan) throws -> Result) rethrows -> Result? {
    guard index < bodies.count, let body = bodies[index].range else { return nil }
    let content = (body.lowerBound - RecordSlot.saltSize)..<body.upperBound
    return try contents.withBytes { try work($0.extracting(content)) }
  }
}

/// Where a body is among the contents of a batch.
struct BodyPlace: Sendable {
  private var start: UInt32
  private var count: UInt32

  /// A body that is damaged.
  static let lost = BodyPlace(start: 0, count: .max)

  init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }

  init(_ range: Range<Int>) { self.init(start: UInt32(range.lowerBound), count: UInt32(range.count)) }

  var range: Range<Int>? { count == .max ? nil : Int(start)..<Int(start) + Int(count) }
}
