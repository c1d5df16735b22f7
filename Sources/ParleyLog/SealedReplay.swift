import ParleyEnvelope

/// Reads the events of a sealed segment by position, which its blocks are not in order of, or as they lie: all of them are
/// decoded, each once, and their events handed out as slots and places. Memory: 144 bytes an event, and the bodies where they
/// are asked for.
///
/// That its file is gone it finds before it hands out anything.
struct SealedReplay {
  /// Events handed out at once.
  private static let batchCount = 1024
  /// So few events are read one by one.
  private static let singleEventsMax = 64

  let segment: SealedSegment
  let cache: BlockCache
  let parts: ReplayParts
  let order: ReplayOrder

  func run(
    _ positions: Range<Position>, in window: inout SealedWindow,
    _ body: (ReplayPiece) throws -> ReplayDecision
  ) throws -> ReplayDecision {
    guard let file = try segment.file() else {
      return try body(.damage(segment.lost().limited(to: positions)))
    }
    if positions.count <= Self.singleEventsMax, order == .position {
      return try runSingly(positions, body)
    }
    try window.read(file, bodies: parts == .records)
    let locals =
      segment.base.distance(to: positions.lowerBound)..<segment.base.distance(to: positions.upperBound)
    switch order {
    case .position: return try runByPosition(locals, in: &window, file, body)
    case .stream: return try runByStream(locals, in: &window, file, body)
    }
  }

  private func runByPosition(
    _ locals: Range<Int>, in window: inout SealedWindow, _ file: SealedFile,
    _ body: (ReplayPiece) throws -> ReplayDecision
  ) throws -> ReplayDecision {
    var local = locals.lowerBound
    while local < locals.upperBound {
      let (next, isThere) = window.prefix(of: local..<min(local + Self.batchCount, locals.upperBound))
      let pieces =
        isThere ? window.pieces(next, of: file) : try window.damages(next, of: file, cache: cache)
      for piece in pieces { guard try body(piece) == .proceed else { return .stop } }
      local = next.upperBound
    }
    return .proceed
  }

  /// What is damaged comes behind all that is not.
  private func runByStream(
    _ locals: Range<Int>, in window: inout SealedWindow, _ file: SealedFile,
    _ body: (ReplayPiece) throws -> ReplayDecision
  ) throws -> ReplayDecision {
    for first in stride(from: 0, to: file.count, by: Self.batchCount) {
      let records = window.records(first..<min(first + Self.batchCount, file.count), within: locals)
      guard !records.isEmpty else { continue }
      for piece in window.pieces(records, of: file) {
        guard try body(piece) == .proceed else { return .stop }
      }
    }
    var local = locals.lowerBound
    while local < locals.upperBound {
      let (next, isThere) = window.prefix(of: local..<locals.upperBound)
      if !isThere {
        for piece in try window.damages(next, of: file, cache: cache) {
          guard try body(piece) == .proceed else { return .stop }
        }
      }
      local = next.upperBound
    }
    return .proceed
  }

  /// A few events, each read by itself.
  private func runSingly(
    _ positions: Range<Position>, _ body: (ReplayPiece) throws -> ReplayDecision
  ) throws -> ReplayDecision {
    var cursor = SealedCursor(cache)
    for index in 0..<positions.count {
      let position = positions.lowerBound.advanced(by: index)
      var pieces: [ReplayPiece] = []
      if let slot = try cursor.slot(at: position, in: segment) {
        var contents: [UInt8] = []
        var place = BodyPlace.lost
        if parts == .records {
          switch try cursor.read(position, in: segment) {
          case .record(let record):
            contents = record.body
            place = BodyPlace(0..<contents.count)
          case .damaged(let damage): pieces.append(.damage(damage))
          }
        }
        pieces.insert(
          .events(
            EventBatch(
              .consecutive(from: position), count: 1, slots: slot, contents: contents, bodies: [place])),
          at: 0)
      } else if case .damaged(let damage) = try cursor.read(position, in: segment) {
        pieces.append(.damage(damage))
      }
      for piece in pieces { guard try body(piece) == .proceed else { return .stop } }
    }
    return .proceed
  }
}

extension Damage {
  fileprivate func limited(to positions: Range<Position>) -> Damage {
    var limited = self
    limited.positions = self.positions.clamped(to: positions)
    return limited
  }
}
