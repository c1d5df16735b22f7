import ParleyEnvelope

/// What a log consists of at one moment: a value, so that a reader keeps its own while the writer goes on.
struct LogView: Sendable {
  /// Sealed segments, ascending.
  private(set) var sealed: [SealedSegment]
  /// The index runs over them, ascending, none over another.
  private(set) var runs: [IndexRun]
  /// Complete segments in frames and last the one being written, ascending. After damage there may be gaps between them.
  private(set) var frames: [FrameSegment]
  /// The number of durable events; nothing at or behind it is shown.
  var head: Position
  let cache: BlockCache
  /// What finds events by id or stream, ascending.
  private(set) var parts: [Part] = []

  /// Something that finds the events of its positions.
  enum Part: Sendable {
    case run(IndexRun)
    /// A sealed segment that no run covers.
    case sealed(SealedSegment)
    case frames(FrameSegment)

    var base: Position {
      switch self {
      case .run(let run): run.positions.lowerBound
      case .sealed(let segment): segment.base
      case .frames(let segment): segment.base
      }
    }

    var end: Position {
      switch self {
      case .run(let run): run.positions.upperBound
      case .sealed(let segment): segment.end
      case .frames(let segment): segment.end
      }
    }
  }

  /// Segments of both forms, ascending.
  private(set) var segments: [Segment] = []

  /// A segment of either form.
  enum Segment: Sendable {
    case sealed(SealedSegment)
    case frames(FrameSegment)

    var path: String {
      switch self {
      case .sealed(let segment): segment.path
      case .frames(let segment): segment.path
      }
    }

    var base: Position {
      switch self {
      case .sealed(let segment): segment.base
      case .frames(let segment): segment.base
      }
    }

    var end: Position {
      switch self {
      case .sealed(let segment): segment.end
      case .frames(let segment): segment.end
      }
    }
  }

  init(
    sealed: [SealedSegment] = [], runs: [IndexRun] = [], frames: [FrameSegment], head: Position,
    cache: BlockCache
  ) {
    (self.sealed, self.runs, self.frames, self.head, self.cache) = (sealed, runs, frames, head, cache)
    arrange()
  }

  private mutating func arrange() {
    let covered = sealed.filter { segment in
      !runs.contains { $0.positions.contains(segment.positions) }
    }
    parts = runs.map { .run($0) } + covered.map { .sealed($0) } + frames.map { .frames($0) }
    parts.sort { $0.base < $1.base }
    segments = sealed.map { .sealed($0) } + frames.map { .frames($0) }
    segments.sort { $0.base < $1.base }
  }

  /// The segment being written: a writer has one.
  var active: FrameSegment { frames[frames.count - 1] }

  // MARK: - Changing

  /// The same sealed segments with others in frames.
  func with(_ frames: [FrameSegment], head: Position) -> LogView {
    LogView(sealed: sealed, runs: runs, frames: frames, head: head, cache: cache)
  }

  mutating func roll(to active: FrameSegment) {
    frames.append(active)
    arrange()
  }

  /// Puts a segment in the place of the one with the same base.
  mutating func replace(_ segment: FrameSegment) {
    guard let index = frames.firstIndex(where: { $0.base == segment.base }) else { return }
    frames[index] = segment
    arrange()
  }

  /// Puts a sealed segment in the place of those that it was made from, found by a run: its own, or one over more.
  mutating func seal(_ segment: SealedSegment, _ run: IndexRun?) {
    seal(segment)
    if let run { add(run) }
  }

  /// Puts a sealed segment in the place of those that it was made from.
  mutating func seal(_ segment: SealedSegment) {
    frames.removeAll { segment.positions.contains($0.base) }
    sealed.removeAll { segment.positions.contains($0.base) }
    sealed.append(segment)
    sealed.sort { $0.base < $1.base }
    arrange()
  }

  /// Lets the segments that a run covers answer for themselves.
  mutating func remove(_ run: IndexRun) {
    runs.removeAll { $0 === run }
    arrange()
  }

  /// Whether a run covers every sealed segment.
  var isIndexed: Bool {
    !parts.contains { if case .sealed = $0 { true } else { false } }
  }

  /// Lets a run answer for the sealed segments that it covers, in the place of the runs over some of them.
  mutating func add(_ run: IndexRun) {
    runs.removeAll { run.positions.contains($0.positions.lowerBound) }
    runs.append(run)
    runs.sort { $0.positions.lowerBound < $1.positions.lowerBound }
    arrange()
  }

  // MARK: - Segments

  /// The segment that holds a position; nil when its file is gone.
  func segment(holding position: Position) -> Segment? {
    let next = segments.indices.partitionPoint { segments[$0].base > position }
    guard next > 0, position < segments[next - 1].end else { return nil }
    return segments[next - 1]
  }

  /// The damage that a position in no segment stands for.
  func missing(_ position: Position) -> Damage {
    let from = segments.last { $0.base <= position }?.end ?? .start
    let to = segments.first { $0.base > position }?.base ?? head
    return Damage(
      file: FrameSegment.path(base: from), offset: 0, part: "segment missing", positions: from..<to)
  }

  /// One event; its position is below `head`.
  func read(_ position: Position) throws(LogError) -> ReadResult {
    var cursor = SealedCursor(cache)
    return try read(position, &cursor)
  }

  /// One of some events, which share a cursor.
  func read(_ position: Position, _ cursor: inout SealedCursor) throws(LogError) -> ReadResult {
    switch segment(holding: position) {
    case .frames(let segment): try segment.read(position, cache: cache)
    case .sealed(let segment): try cursor.read(position, in: segment)
    case nil: .damaged(missing(position))
    }
  }
}
