import ParleyEnvelope

// Finding events by id and by stream.

extension LogView {
  /// Asks a run. One that turns out to be damaged or gone costs nothing but time: the segments that it covers, ascending,
  /// are asked themselves.
  private func ask<Answer>(
    _ run: IndexRun, _ inRun: () throws(LogError) -> Answer,
    orSegments inSegments: ([SealedSegment]) throws(LogError) -> Answer
  ) throws(LogError) -> Answer {
    do throws(LogError) {
      return try inRun()
    } catch {
      guard error.code == .damaged else { throw error }
      run.noteDamage()
      return try inSegments(covered(by: run))
    }
  }

  func covered(by run: IndexRun) -> [SealedSegment] {
    sealed.filter { run.positions.contains($0.base) }
  }

  // MARK: - Events

  func position(of event: EventID) throws(LogError) -> Position? {
    let keys = [EventKeys(stream: .none, event: event)]
    let wanted = IndexRun.wanted(keys)
    var found: Position?
    for part in parts.reversed() where found == nil {
      try forEachKnown(keys, wanted, in: part) { if $1 < head { found = $1 } }
    }
    return found
  }

  /// Calls for each event that is stored in one of the parts that end behind a position, with its place in the array;
  /// for some of them twice when an index turns out to be damaged. What is in flight is found too.
  func forEachKnown(
    _ keys: [EventKeys], behind end: Position = .start, _ body: (Int, Position) -> Void
  ) throws(LogError) {
    let asked = parts.filter { $0.end > end || $0.isActive(in: self) }
    let wanted = asked.contains(where: \.isRun) ? IndexRun.wanted(keys) : []
    for part in asked {
      try forEachKnown(keys, wanted, in: part, body)
    }
  }

  private func forEachKnown(
    _ keys: [EventKeys], _ wanted: [IndexRun.Wanted], in part: Part, _ body: (Int, Position) -> Void
  ) throws(LogError) {
    switch part {
    case .frames(let segment): try segment.forEachKnown(keys, body)
    case .sealed(let segment): try segment.forEachKnown(keys, cache: cache, body)
    case .run(let run):
      try ask(run) { () throws(LogError) in
        for (place, position) in try candidates(for: keys, wanted, in: run) {
          // Where the event can't be read its fingerprint must do: better to refuse an event than to store it twice.
          if try event(at: position).map({ $0 == keys[place].event }) ?? true { body(place, position) }
        }
      } orSegments: { segments throws(LogError) in
        for segment in segments { try segment.forEachKnown(keys, cache: cache, body) }
      }
    }
  }

  /// The places of the events that a run may have, and where. By segment and stream, as sealed segments have their
  /// records: a block that has several of them is decoded once.
  private func candidates(
    for keys: [EventKeys], _ wanted: [IndexRun.Wanted], in run: IndexRun
  ) throws(LogError) -> [(place: Int, position: Position)] {
    var found: [(place: Int, position: Position)] = []
    try run.forEachCandidate(of: wanted) { found.append(($0, $1)) }
    guard found.count > 1 else { return found }
    let order = found.indices.map { index in
      let next = segments.indices.partitionPoint { segments[$0].base > found[index].position }
      return (segment: next, stream: keys[found[index].place].stream.rawValue, index: index)
    }
    return order.sorted { ($0.segment, $0.stream) < ($1.segment, $1.stream) }.map { found[$0.index] }
  }

  private func event(at position: Position) throws(LogError) -> EventID? {
    guard case .sealed(let segment) = segment(holding: position) else { return nil }
    return try segment.event(at: position, cache: cache)
  }

  // MARK: - Streams

  func tail(of stream: StreamID) throws(LogError) -> Position? {
    try tail(of: stream, behind: .start)
  }

  /// The last event of a stream in the parts that end behind a position.
  func tail(of stream: StreamID, behind end: Position) throws(LogError) -> Position? {
    for part in parts.reversed() where part.end > end || part.isActive(in: self) {
      if let tail = try tail(of: stream, in: part) { return tail }
    }
    return nil
  }

  private func tail(of stream: StreamID, in part: Part) throws(LogError) -> Position? {
    switch part {
    case .frames(let segment): return try segment.positions(of: stream, before: head, last: 1).last
    case .sealed(let segment):
      return try segment.positions(of: stream, before: head, last: 1, cache: cache).last
    case .run(let run):
      return try ask(run) { () throws(LogError) in
        try run.tails(of: stream).last
      } orSegments: { segments throws(LogError) in
        for segment in segments.reversed() {
          let tail = try segment.positions(of: stream, before: head, last: 1, cache: cache).last
          if let tail { return tail }
        }
        return nil
      }
    }
  }

  /// The last event of each record's stream before the head; none where it has none.
  func tails(of keys: [EventKeys]) throws(LogError) -> [Position] {
    let wanted = SortedStreams(of: keys)
    var tails = Array(repeating: Position.none, count: wanted.streams.count)
    var missing = Array(tails.indices)
    for part in parts.reversed() where !missing.isEmpty {
      try findTails(of: wanted.streams, missing, in: part, &tails)
      missing.removeAll { !tails[$0].isNone }
    }
    return wanted.places.map { tails[$0] }
  }

  /// Sets the tails of those of some places, ascending as their streams are, whose stream is in a part.
  private func findTails(
    of streams: [StreamID], _ missing: [Int], in part: Part, _ tails: inout [Position]
  ) throws(LogError) {
    switch part {
    case .frames(let segment):
      try segment.forEachTail(of: streams, missing, before: head) { tails[$0] = $1 }
    case .sealed(let segment): try findTails(of: streams, missing, in: [segment], &tails)
    case .run(let run):
      try ask(run) { () throws(LogError) in
        try run.forEachTail(of: streams, missing) { tails[$0] = $1 }
      } orSegments: { segments throws(LogError) in
        // What it said before it came to the damage is right.
        try findTails(of: streams, missing, in: segments, &tails)
      }
    }
  }

  /// The same for those that have no tail yet, in segments, ascending.
  private func findTails(
    of streams: [StreamID], _ missing: [Int], in segments: [SealedSegment], _ tails: inout [Position]
  ) throws(LogError) {
    for segment in segments.reversed() {
      for place in missing where tails[place].isNone {
        let tail = try segment.positions(of: streams[place], before: head, last: 1, cache: cache).last
        if let tail { tails[place] = tail }
      }
    }
  }

  /// The events of a stream before a position, the last so many, ascending.
  func positions(of stream: StreamID, before: Position, last limit: Int) throws(LogError) -> [Position] {
    var found: [[Position]] = []
    var missing = limit
    let bound = min(before, head)
    func take(_ positions: [Position]) {
      missing -= positions.count
      found.append(positions)
    }
    for part in parts.reversed() where missing > 0 && part.base < bound {
      switch part {
      case .frames(let segment): take(try segment.positions(of: stream, before: bound, last: missing))
      case .sealed(let segment):
        take(try segment.positions(of: stream, before: bound, last: missing, cache: cache))
      case .run(let run):
        for segment in try segments(of: stream, in: run).reversed() where missing > 0 && segment.base < bound
        {
          take(try segment.positions(of: stream, before: bound, last: missing, cache: cache))
        }
      }
    }
    return Array(found.reversed().joined())
  }

  /// The sealed segments that have events of a stream, ascending.
  private func segments(of stream: StreamID, in run: IndexRun) throws(LogError) -> [SealedSegment] {
    try ask(run) { () throws(LogError) in
      var segments: [SealedSegment] = []
      for tail in try run.tails(of: stream) {
        guard case .sealed(let segment) = segment(holding: tail), segment !== segments.last else { continue }
        segments.append(segment)
      }
      return segments
    } orSegments: {
      $0
    }
  }
}

extension LogView.Part {
  fileprivate var isRun: Bool { if case .run = self { true } else { false } }

  /// Whether it is the segment being written, which has no end yet.
  fileprivate func isActive(in view: LogView) -> Bool {
    if case .frames(let segment) = self { segment === view.frames.last } else { false }
  }
}
