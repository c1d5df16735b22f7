import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// Reads a store's events for a command, in log order unless stated, in bounded memory, and names damage on the way.
struct EventScan {
  let store: ConversationStore
  var from = Position.start
  var to = Position.none
  var order = ReplayOrder.position
  var filter = EnvelopeFilter()
  /// How many events were looked at.
  private(set) var eventsRead = 0
  /// What was damaged so far, in words.
  private(set) var damages: [String] = []
  private var progress: Progress

  /// Damages kept by name, at most.
  static let damagesMax = 1_000

  init(_ store: ConversationStore, progress: Progress) {
    self.store = store
    self.progress = progress
  }

  /// Calls with every envelope that the filter admits.
  mutating func envelopes(_ body: (Position, Envelope) throws -> Void) throws {
    try run(.envelopes) { _, position, envelope in try body(position, envelope) }
  }

  /// Calls with every event whose envelope the filter admits; only those are decoded. An event whose body is
  /// damaged is left out.
  mutating func events(_ body: (Event) throws -> Void) throws {
    try run(.records) { bytes, position, envelope in
      guard let bytes = bytes() else { return }
      try body(Event(position: position, envelope: envelope, bodyBytes: bytes))
    }
  }

  /// Calls with the body's bytes, undecoded, of every event whose envelope the filter admits.
  mutating func bodies(_ body: (Position, Envelope, [UInt8]) throws -> Void) throws {
    try run(.records) { bytes, position, envelope in
      guard let bytes = bytes() else { return }
      try body(position, envelope, bytes)
    }
  }

  private mutating func run(
    _ parts: ReplayParts, _ each: (() -> [UInt8]?, Position, Envelope) throws -> Void
  ) throws {
    let (first, last) = (from.rawValue, min(to, store.head).rawValue)
    progress.itemsTotal = last > first ? Int(last - first) : 0
    defer { progress.clear() }
    try store.log.replay(from: from, to: to, parts, order: order) { piece in
      switch piece {
      case .damage(let damage): note(damage)
      case .events(let batch):
        for index in 0..<batch.count {
          let envelope = batch.envelope(at: index)
          if order == .position, filter.isPast(envelope) { return .stop }
          guard filter.admits(envelope) else { continue }
          try each({ batch.body(at: index) }, batch.position(at: index), envelope)
        }
        eventsRead += batch.count
        progress.add(items: batch.count)
      }
      return .proceed
    }
  }

  private mutating func note(_ damage: Damage) {
    guard damages.count < Self.damagesMax else { return }
    damages.append(damage.description)
  }

  /// Says what was damaged. Throws exit code 4 when something was.
  func reportDamage() throws {
    guard !damages.isEmpty else { return }
    damages.forEach(Diagnostics.write)
    throw ExitStatus.damage
  }
}
