import ParleyEnvelope

/// How much of each event a replay decodes.
package enum ReplayParts: Sendable {
  /// Envelopes only: for metrics, routing, audits. Bodies are not decoded.
  case envelopes
  case records
}

/// What a replay comes upon.
package enum ReplayPiece: Sendable {
  case events(EventBatch)
  /// Events that can't be read whole. Those that lost only their body come in a batch too, before this.
  case damage(Damage)
}

/// Whether a replay goes on.
package enum ReplayDecision: Sendable {
  case proceed
  case stop
}

/// Reads the events of a range of positions, segment by segment: memory is bounded by one of them, whatever the log's size.
struct Replay {
  let view: LogView
  let end: Position
  let parts: ReplayParts
  let order: ReplayOrder
  /// Where it goes on: all before was handed out.
  private(set) var position: Position

  init(view: LogView, range: Range<Position>, parts: ReplayParts, order: ReplayOrder) {
    self.view = view
    end = min(range.upperBound, view.head)
    self.parts = parts
    self.order = order
    position = range.lowerBound
  }

  mutating func run(_ body: (ReplayPiece) throws -> ReplayDecision) throws {
    var window = SealedWindow()
    while position < end {
      guard let segment = view.segment(holding: position) else {
        let missing = view.missing(position)
        guard try body(.damage(missing)) == .proceed, missing.positions.upperBound > position else { return }
        position = missing.positions.upperBound
        continue
      }
      let positions = position..<min(segment.end, end)
      let decision =
        switch segment {
        case .frames(let segment): try FrameReplay(segment: segment, parts: parts).run(positions, body)
        case .sealed(let segment):
          try SealedReplay(segment: segment, cache: view.cache, parts: parts, order: order)
            .run(positions, in: &window, body)
        }
      guard decision == .proceed else { return }
      position = positions.upperBound
    }
  }
}
