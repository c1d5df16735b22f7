import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

extension Viewer {
  /// Whoever sits at the terminal.
  static var commandLine: Viewer { .system("parley") }
}

extension ConversationStore {
  /// The last position that a moment includes: a position itself, or the last event recorded by a time. Throws exit
  /// code 2 when there is none.
  func position(at moment: Moment) throws -> Position {
    switch moment {
    case .position(let position):
      try require(position)
      return position
    case .time(let time): return try position(recordedBy: time)
    }
  }

  /// Throws exit code 2 when a position is not there yet.
  func require(_ position: Position) throws {
    guard position < head else {
      throw CommandFailure(
        .usage,
        "there is no position \(position) yet: the store holds \(counted(Int(head.rawValue), "event"))")
    }
  }

  /// The log's clock never goes back, so the last event recorded by a time is found by halving.
  private func position(recordedBy time: Timestamp) throws -> Position {
    var low: UInt64 = 0
    var high = head.rawValue
    while low < high {
      let middle = low + (high - low) / 2
      let recorded = try eventBlocking(at: Position(rawValue: middle)).envelope.recordedAt
      if recorded <= time { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else {
      throw CommandFailure(.usage, "nothing was recorded by \(time.rfc3339()) yet")
    }
    return Position(rawValue: low - 1)
  }

  /// Throws exit code 5, with near spellings, when nothing was ever recorded under an identity; exit code 4 when
  /// damage leaves that open.
  func require(_ identity: Identity) async throws {
    guard try await !knows(identity) else { return }
    let wanted = identity.resolved(by: normalization)
    try requireNothingHidden(under: wanted)
    throw CommandFailure(
      .noSuchIdentity, "nothing is recorded under \(wanted)",
      hint: try nearSpellings(of: wanted) ?? "parley find looks for a name, an address or a number.")
  }

  /// Throws exit code 5 when nothing was recorded under an identity through a position, nor hidden by damage.
  func require(_ identity: Identity, asOf position: Position) throws {
    let first = try log.positions(of: stream(of: identity), before: position.advanced(by: 1), last: 1)
    guard first.isEmpty, try log.hiddenEvents(through: position).isEmpty else { return }
    throw CommandFailure(
      .noSuchIdentity,
      "nothing was recorded under \(identity.resolved(by: normalization)) through position \(position) yet")
  }

  private func requireNothingHidden(under identity: Identity) throws {
    guard head > .start else { return }
    let damages = try log.hiddenEvents(through: Position(rawValue: head.rawValue - 1))
    guard !damages.isEmpty else { return }
    for damage in damages { Diagnostics.write(damage.description) }
    throw CommandFailure(.damage, "nothing that can be read is recorded under \(identity)")
  }

  /// A question that names the identities in the store which are spelled most like one; nil when none is near.
  /// - Parameter other: an identity that can't be meant.
  func nearSpellings(of identity: Identity, except other: Identity? = nil) throws -> String? {
    var near = NearSpellings(of: identity.description)
    var scan = EventScan(self, progress: Progress("event", isQuiet: true))
    scan.filter.kinds = [.identityObserved]
    try scan.events { event in
      if case .identityObserved(let observed) = event.body, let found = Identity(observed.identity),
        found != identity, found != other
      {
        near.consider(found.description)
      }
    }
    return near.best.isEmpty ? nil : "Did you mean \(near.best.joined(separator: ", "))?"
  }
}
