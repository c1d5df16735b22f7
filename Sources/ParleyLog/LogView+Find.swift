import ParleyEnvelope

// Finding events by id and by stream. A run that turns out to be damaged costs nothing but time: the segments it covers
// are asked themselves.

extension LogView {
  func position(of event: EventID) throws(LogError) -> Position? {
    let keys = [EventKeys(stream: .none, event: event)]
    var found: Position?
    for part in parts.reversed() where found == nil {
      try forEachKnown(keys, inOrder: [0], in: part) { if $1 < head { found = $1 } }
    }
    return found
  }

  /// Calls for each event that is stored in one of the parts that end behind a position, with its place in the array;
  /// for some of them twice when an index turns out to be damaged. What is in flight is found too.
  func forEachKnown(
    _ keys: [EventKeys], behind end: Position = .start, _ body: (Int, Position) -> Void
  ) throws(LogError) {
    let order =
      runs.isEmpty
      ? []
      : keys.indices.sorted {
        IndexRun.fingerprint(of: keys[$0].event) < IndexRun.fingerprint(of: keys[$1].event)
      }
    for part in parts where part.end > end || part.isActive(in: self) {
      try forEachKnown(keys, inOrder: order, in: part, body)
    }
  }

  private func forEachKnown(
    _ keys: [EventKeys], inOrder order: [Int], in part: Part, _ body: (Int, Position) -> Void
  ) throws(LogError) {
    switch part {
    case .frames(let segment): try segment.forEachKnown(keys, body)
    case .sealed(let segment): try segment.forEachKnown(keys, cache: cache, body)
    case .run(let run):
      do throws(LogError) {
        try run.forEachCandidate(of: keys, inOrder: order) { place, position throws(LogError) in
          // Where the event can't be read its six bytes must do: better to refuse an event than to store it twice.
          if try event(at: position).map({ $0 == keys[place].event }) ?? true { body(place, position) }
        }
      } catch {
        guard error.isIndexLost else { throw error }
        run.noteDamage()
        for segment in covered(by: run) { try segment.forEachKnown(keys, cache: cache, body) }
      }
    }
  }

  private func event(at position: Position) throws(LogError) -> EventID? {
    guard case .sealed(let segment) = segment(holding: position) else { return nil }
    return try segment.event(at: position, cache: cache)
  }

  func covered(by run: IndexRun) -> [SealedSegment] {
    sealed.filter { run.positions.contains($0.base) }
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
      do throws(LogError) {
        return try run.tails(of: stream).last
      } catch {
        guard error.isIndexLost else { throw error }
        run.noteDamage()
        for segment in covered(by: run).reversed() {
          let tail = try segment.positions(of: stream, before: head, last: 1, cache: cache).last
          if let tail { return tail }
        }
        return nil
      }
    }
  }

  /// The last event of each record's stream before the head; none where it has none.
  func tails(of keys: [EventKeys]) throws(LogError) -> [Position] {
    var tails = Array(repeating: Position.none, count: keys.count)
    var missing = Array(keys.indices)
    for part in parts.reversed() where !missing.isEmpty {
      var isAnyFound = false
      if case .frames(let segment) = part {
        try segment.forEachTail(of: keys, missing, before: head) {
          tails[$0] = $1
          isAnyFound = true
        }
      } else {
        for place in missing {
          guard let tail = try tail(of: keys[place].stream, in: part) else { continue }
          tails[place] = tail
          isAnyFound = true
        }
      }
      if isAnyFound { missing.removeAll { !tails[$0].isNone } }
    }
    return tails
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
    let tails: [Position]
    do throws(LogError) {
      tails = try run.tails(of: stream)
    } catch {
      guard error.isIndexLost else { throw error }
      run.noteDamage()
      return covered(by: run)
    }
    var segments: [SealedSegment] = []
    for tail in tails {
      guard case .sealed(let segment) = segment(holding: tail), segment !== segments.last else { continue }
      segments.append(segment)
    }
    return segments
  }
}

extension LogView.Part {
  /// Whether it is the segment being written, which has no end yet.
  fileprivate func isActive(in view: LogView) -> Bool {
    if case .frames(let segment) = self { segment === view.frames.last } else { false }
  }
}

extension LogError {
  /// Whether it says that a derived file is damaged or gone.
  fileprivate var isIndexLost: Bool { code == .damaged }
}
