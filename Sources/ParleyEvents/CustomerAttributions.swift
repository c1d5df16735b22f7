import ParleyEnvelope

/// What people said about whose a conversation's part or a single event is: the first rule of membership.
struct CustomerAttributions {
  struct PartKey: Hashable {
    var conversation: ConversationID
    var stream: StreamID
  }

  private var byPart: [PartKey: AttributionRecord] = [:]
  private var byEvent: [EventID: AttributionRecord] = [:]

  init(facts: [StreamID: StreamFacts]) {
    var seen = Set<[UInt8]>()
    let all = facts.values.flatMap(\.corrections).sorted { $0.position < $1.position }
    let bodies = Dictionary(all.map { ($0.event, $0.body) }, uniquingKeysWith: { first, _ in first })
    var said: [AttributionRecord] = []
    for record in all where seen.insert(record.body).inserted {
      if let undone = record.undone {
        Self.undo(record, bodies[undone], &said)
      } else {
        said.append(record)
      }
    }
    for record in said { add(record) }
  }

  /// Takes a correction out again: the one whose copy is named, or, where that copy is in a stream that was not
  /// read, the last one of the same part or events.
  private static func undo(_ record: AttributionRecord, _ body: [UInt8]?, _ said: inout [AttributionRecord]) {
    let index = said.lastIndex { earlier in body.map { $0 == earlier.body } ?? earlier.hasTarget(of: record) }
    if let index { said.remove(at: index) }
  }

  private mutating func add(_ record: AttributionRecord) {
    if record.events.isEmpty && !record.conversation.isNone {
      byPart[PartKey(conversation: record.conversation, stream: record.stream)] = record
    }
    for event in record.events { byEvent[event] = record }
  }

  /// What was said last about a part; nil when nothing was.
  func part(_ conversation: ConversationID, in stream: StreamID) -> AttributionRecord? {
    byPart[PartKey(conversation: conversation, stream: stream)]
  }

  /// What was said last about a single event; nil when nothing was.
  func event(_ event: EventID) -> AttributionRecord? { byEvent[event] }

  /// Parts in other streams that are said to be of a customer with these streams.
  func parts(of members: Set<StreamID>) -> [PartKey] {
    byPart.filter { isForeign($0.value, members) }.keys.map { $0 }
  }

  /// The other streams from which something is said to be of a customer with these streams.
  func sources(for members: Set<StreamID>) -> Set<StreamID> {
    let records = Array(byPart.values) + Array(byEvent.values)
    return Set(records.filter { isForeign($0, members) }.map(\.stream))
  }

  private func isForeign(_ record: AttributionRecord, _ members: Set<StreamID>) -> Bool {
    guard let side = record.side else { return false }
    return members.contains(side.stream) && !members.contains(record.stream)
  }
}
