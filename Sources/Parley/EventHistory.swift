public import ParleyEnvelope
public import ParleyEvents
import ParleyLog

/// Events in order of position, and what is missing among them because its bytes are damaged.
public struct EventHistory: RandomAccessCollection, Sendable {
  /// The events that can be read.
  public internal(set) var events: [Event] = []
  /// What can't be read, in order.
  public internal(set) var damaged: [DamagedEvents] = []

  /// The first event's index.
  public var startIndex: Int { events.startIndex }
  /// One past the last event's index.
  public var endIndex: Int { events.endIndex }
  /// An event that can be read.
  public subscript(index: Int) -> Event { events[index] }
}

/// Events whose bytes in the log are not what was written there. Never repaired by cutting: every other event stays
/// readable.
public struct DamagedEvents: Hashable, Sendable {
  /// The positions of the events that can't be read whole.
  public var positions: Range<Position>
  /// What is damaged, and where in which file.
  public var explanation: String
  /// The file, relative to the store's directory.
  public var file: String
  /// Where in the file the damaged frame or block begins.
  public var offset: Int
  /// When and where the event was, where there is one and its envelope can be read.
  package internal(set) var envelope: Envelope?

  init(_ damage: Damage) {
    positions = damage.positions
    explanation = damage.description
    file = damage.file
    offset = damage.offset
  }
}

extension DamagedEvents {
  /// Only the event at one position: in the list of a stream, the other events of the same block are not its own.
  func only(_ position: Position) -> DamagedEvents {
    var damage = self
    damage.positions = position..<position.advanced(by: 1)
    return damage
  }
}
