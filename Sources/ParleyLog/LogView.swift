import ParleyEnvelope

/// What a log consists of at one moment: a value, so that a reader keeps its own while the writer goes on.
struct LogView: Sendable {
  /// Complete segments and last the one being written, ascending. After damage there may be gaps between them.
  var segments: [LogSegment]
  /// The number of durable events; nothing at or behind it is shown.
  var head: Position

  var active: LogSegment { segments[segments.count - 1] }

  /// The segment that holds a position; nil when its file is gone.
  func segment(holding position: Position) -> LogSegment? {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].base <= position { low = middle + 1 } else { high = middle }
    }
    guard low > 0, position < segments[low - 1].end else { return nil }
    return segments[low - 1]
  }

  /// The damage that a position in no segment stands for.
  func missing(_ position: Position) -> Damage {
    let before = segments.last { $0.base <= position }
    let after = segments.first { $0.base > position }
    let from = before?.end ?? .start
    return Damage(
      file: LogSegment.path(base: from), offset: 0, part: "segment missing",
      positions: from..<(after?.base ?? head))
  }

  func position(of event: EventID) throws(LogError) -> Position? {
    for segment in segments.reversed() {
      if let position = try segment.position(of: event), position < head { return position }
    }
    return nil
  }

  func tail(of stream: StreamID) throws(LogError) -> Position? {
    for segment in segments.reversed() {
      if let position = try segment.positions(of: stream, before: head, last: 1).last { return position }
    }
    return nil
  }

  /// The events of a stream before a position, the last so many, ascending.
  func positions(of stream: StreamID, before: Position, last limit: Int) throws(LogError) -> [Position] {
    var parts: [[Position]] = []
    var missing = limit
    let bound = min(before, head)
    for segment in segments.reversed() where missing > 0 && segment.base < bound {
      let part = try segment.positions(of: stream, before: bound, last: missing)
      missing -= part.count
      parts.append(part)
    }
    return Array(parts.reversed().joined())
  }
}
