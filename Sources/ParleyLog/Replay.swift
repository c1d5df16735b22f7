import ParleyEnvelope

/// How much of each event a replay decodes.
package enum ReplayParts: Sendable {
  /// Envelopes only: for metrics, routing, audits. Bodies are not decoded.
  case envelopes
  case records
}

/// What a replay comes upon, in order of position.
package enum ReplayPiece: Sendable {
  case events(EventBatch)
  /// Events that can't be read whole. Those that lost only their body come in a batch too, before this.
  case damage(Damage)

  /// The position behind what it is about.
  var end: Position {
    switch self {
    case .events(let batch): batch.end
    case .damage(let damage): damage.positions.upperBound
    }
  }
}

/// Whether a replay goes on.
package enum ReplayDecision: Sendable {
  case proceed
  case stop
}

/// Reads the events of a range of positions in order, segment by segment: memory is bounded by one of them, whatever the
/// log's size.
struct Replay {
  let view: LogView
  let range: Range<Position>
  let parts: ReplayParts

  func run(_ body: (ReplayPiece) throws -> ReplayDecision) throws {
    var position = range.lowerBound
    var window = SealedWindow()
    while position < min(range.upperBound, view.head) {
      guard let segment = view.segment(holding: position) else {
        let missing = view.missing(position)
        guard try body(.damage(missing)) == .proceed, missing.positions.upperBound > position else { return }
        position = missing.positions.upperBound
        continue
      }
      let end = min(segment.end, range.upperBound, view.head)
      let decision =
        switch segment {
        case .frames(let segment): try FrameReplay(segment: segment, parts: parts).run(position..<end, body)
        case .sealed(let segment):
          try SealedReplay(segment: segment, cache: view.cache, parts: parts)
            .run(position..<end, in: &window, body)
        }
      guard decision == .proceed else { return }
      position = end
    }
  }
}
