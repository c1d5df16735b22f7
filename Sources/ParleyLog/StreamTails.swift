import ParleyEnvelope

/// Of the stream entries of a run in their order those of each stream's last event in a segment: the others are from before
/// segments were merged.
struct StreamTails {
  /// Where the segments end, ascending.
  private let ends: [Position]
  private let base: Position
  private var last: IndexRun.StreamEntry?

  /// For entries that count from a position.
  init(in segments: [SealedSegment], from base: Position) {
    ends = segments.map(\.end)
    self.base = base
  }

  /// The entry before this one, when it is such an entry.
  mutating func take(_ entry: IndexRun.StreamEntry) -> IndexRun.StreamEntry? {
    defer { last = entry }
    guard let last, last.stream == entry.stream, segment(of: last) == segment(of: entry) else { return last }
    return nil
  }

  /// The last entry, behind which there is none.
  mutating func finish() -> IndexRun.StreamEntry? {
    defer { last = nil }
    return last
  }

  private func segment(of entry: IndexRun.StreamEntry) -> Int {
    let position = base.advanced(by: Int(entry.local))
    return ends.indices.partitionPoint { ends[$0] > position }
  }
}
