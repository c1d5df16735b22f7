package import ParleyEnvelope

// Where an envelope is lost, nobody knows which stream its event is in: no index names it, and no reader of a stream
// comes upon it.

extension EventLog {
  /// The damage that hides which streams its events are in, through a position, ascending.
  ///
  /// Costs nothing for a store without damage. A complete segment whose directory was made after the damage is
  /// scanned for it, once.
  package func hiddenEvents(through last: Position) throws(LogError) -> [Damage] {
    try ask { view throws(LogError) in try hiddenEvents(through: last, in: view) }
  }

  private func hiddenEvents(through last: Position, in view: LogView) throws(LogError) -> [Damage] {
    let end = min(view.head, last.isNone ? .start : last.advanced(by: 1))
    var damages: [Damage] = []
    for run in try view.hiddenRuns() {
      var position = run.lowerBound
      while position < min(run.upperBound, end) {
        let damage = try damage(at: position, in: view)
        let known = damage.positions.clamped(to: position..<min(run.upperBound, end))
        damages.append(Damage(file: damage.file, offset: damage.offset, part: damage.part, positions: known))
        position = known.upperBound
      }
    }
    return damages
  }

  /// What is damaged at a position that no stream has.
  private func damage(at position: Position, in view: LogView) throws(LogError) -> Damage {
    let only = position..<position.advanced(by: 1)
    if case .damaged(let damage) = try view.read(position), damage.positions.contains(position) {
      return damage
    }
    // It reads well now and did not when the index was made.
    return Damage(
      file: view.segment(holding: position)?.path ?? FrameSegment.directory, offset: 0, part: "index",
      positions: only)
  }
}

extension LogView {
  /// Runs of positions that no stream's index has, ascending.
  fileprivate func hiddenRuns() throws(LogError) -> [Range<Position>] {
    var runs: [Range<Position>] = []
    var expected = Position.start
    for segment in segments {
      if segment.base > expected { runs.append(expected..<segment.base) }
      // A segment with damage is not sealed: what is damaged after that its index still has.
      if case .frames(let segment) = segment {
        for locals in try segment.hiddenLocals() {
          runs.append(
            segment.base.advanced(by: locals.lowerBound)..<segment.base.advanced(by: locals.upperBound))
        }
      }
      expected = max(expected, segment.end)
    }
    if head > expected { runs.append(expected..<head) }
    return runs
  }
}
