import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf

/// Makes the events of a small store for tests, one after another.
struct TimelineStory {
  static let ana = try! Identity.email("ana@example.com")
  static let phone = try! Identity.phone("+493012345678")
  static let bob = try! Identity.email("bob@example.org")

  var input: TimelineInput
  /// The log's clock, one second an event.
  var now = TimelineStory.time("2026-11-22T12:00:00Z")

  init(viewer: Viewer = .agent("kim")) {
    input = TimelineInput(viewer: viewer, through: .none, instant: Self.time("2026-11-23T08:00:00Z"))
    input.identities = [
      TimelineIdentity(identity: Self.ana, stream: StreamID(rawValue: Bytes16(high: 1, low: 1)))
    ]
    input.streams = [StreamID(rawValue: Bytes16(high: 1, low: 1))]
  }

  static func time(_ text: String) -> Timestamp { Timestamp.parse(rfc3339: text)!.time }
  static func conversation(_ number: UInt64) -> ConversationID {
    ConversationID(rawValue: Bytes16(high: 0xC0, low: number))
  }
  static func event(_ position: some BinaryInteger) -> EventID {
    EventID(rawValue: Bytes16(high: 0xE0, low: UInt64(position)))
  }

  /// Appends an event and gives its position.
  @discardableResult
  mutating func add(
    _ payload: some EventPayload, at text: String? = nil, conversation: UInt64 = 0, channel: Channel = .chat,
    direction: Direction = .inbound, reason: TimelineReason = .own(TimelineStory.ana),
    _ change: (inout Envelope) -> Void = { _ in }
  ) -> Position {
    add(
      body: Event.Body(payload), at: text, conversation: conversation, channel: channel, direction: direction,
      reason: reason, change)
  }

  @discardableResult
  mutating func add(
    body: Event.Body, at text: String? = nil, conversation: UInt64 = 0, channel: Channel = .chat,
    direction: Direction = .inbound, reason: TimelineReason = .own(TimelineStory.ana),
    _ change: (inout Envelope) -> Void = { _ in }
  ) -> Position {
    let position = Position(input.events.count)
    var envelope = Envelope()
    envelope.event = Self.event(position.rawValue)
    envelope.kind = body.kind
    envelope.recordedAt = now
    envelope.occurredAt = now
    envelope.precision = .second
    envelope.utcOffset = .utc
    if let text, let parsed = Timestamp.parse(rfc3339: text) {
      envelope.occurredAt = parsed.time
      envelope.utcOffset = parsed.offset
    }
    envelope.conversation = conversation == 0 ? .none : Self.conversation(conversation)
    envelope.channel = channel
    envelope.direction = direction
    envelope.actorKind = direction == .inbound ? .customer : .agent
    envelope.visibility = direction == .internal ? .internal : .public
    change(&envelope)
    now = now + 1_000_000
    let event = Event(position: position, envelope: envelope, bodyBytes: body.bytes)
    input.events.append(TimelineEvent(event, reason))
    input.through = position
    return position
  }

  var timeline: Timeline { Timeline(input) }
}

// MARK: - Bodies

func message(_ text: String, subject: String = "", by actor: String = "", id: String = "") -> MessageSent {
  var body = MessageSent()
  body.parts = [part(text)]
  body.subject = subject
  body.actor = actor
  if !id.isEmpty { body.source = source(id) }
  return body
}

func source(_ id: String, system: String = "webchat") -> SourceRecord {
  var source = SourceRecord()
  source.system = system
  source.nativeID = id
  return source
}

func part(_ text: String, _ mediaType: String = "text/plain") -> ContentPart {
  var part = ContentPart()
  part.mediaType = mediaType
  part.text = text
  return part
}

func to(_ position: Position) -> EventReference {
  var reference = EventReference()
  reference.eventID = Data(TimelineStory.event(position.rawValue).rawValue.bytes)
  return reference
}

func item(_ id: String) -> EventReference {
  var reference = EventReference()
  reference.nativeID = id
  return reference
}

func record(_ identity: Identity) -> IdentityRecord {
  var record = IdentityRecord()
  record.kind = identity.kind.name
  record.scope = identity.scope
  record.value = identity.value
  return record
}

func participant(_ role: Participant.Role, _ identity: Identity, _ name: String = "") -> Participant {
  var participant = Participant()
  participant.role = role
  participant.identity = record(identity)
  participant.name = name
  return participant
}

func data(_ conversation: UInt64) -> Data { Data(TimelineStory.conversation(conversation).rawValue.bytes) }

extension Timeline {
  /// The current texts of the messages, in order.
  var texts: [String] {
    entries.compactMap {
      if case .message(let message) = $0.content { ReadableText.of(message.current.parts) } else { nil }
    }
  }

  func message(_ index: Int) -> TimelineMessage? {
    if case .message(let message) = entries[index].content { message } else { nil }
  }

  func call(_ index: Int) -> TimelineCall? {
    if case .call(let call) = entries[index].content { call } else { nil }
  }
}
