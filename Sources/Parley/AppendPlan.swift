import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// What new events become in the log: their records and, around them, those of the store itself.
struct AppendPlan: Sendable {
  /// In the order in which they are stored.
  private(set) var records: [NewRecord] = []
  /// Which of the new events each record is; nil for one of the store's own.
  private(set) var origins: [Int?] = []
  /// Streams that are observed once this is stored.
  var observed: Set<StreamID> = []
  /// Conversations that are open once this is stored.
  var openings: [ConversationID: FirstUses.Opening] = [:]
  /// Ids of the store's own, which stand in a batch once however many events cause them.
  private var ownIDs: Set<EventID> = []
  /// Bytes of the new events before encoding, those of the store not counted.
  private(set) var plainBytes = 0

  /// Whether there is anything but the store's own.
  var hasNewEvents: Bool { origins.contains { $0 != nil } }

  /// Adds a new event's record.
  mutating func append(_ envelope: Envelope, _ body: [UInt8], for index: Int) {
    records.append(NewRecord(envelope: envelope, body: body))
    origins.append(index)
    plainBytes += body.count + EnvelopeLayout.size + Self.recordBytes
  }

  /// Adds one of the store's own, which is left out when its id is known.
  mutating func append(own envelope: Envelope, _ body: [UInt8], ifKnown: NewRecord.KnownRule = .skip) {
    guard ownIDs.insert(envelope.event).inserted else { return }
    records.append(NewRecord(envelope: envelope, body: body, ifKnown: ifKnown))
    origins.append(nil)
  }

  /// The position of each new event among `count`, from the positions of the records.
  func positions(_ stored: [Position?], count: Int) -> [Position?] {
    var positions = [Position?](repeating: nil, count: count)
    for (origin, position) in zip(origins, stored) {
      if let origin { positions[origin] = position }
    }
    return positions
  }

  /// What a record has beside envelope and body: header and salt.
  private static let recordBytes = 24
}
