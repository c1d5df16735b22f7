package import ParleyEnvelope
import ParleySchemas
import SwiftProtobuf

extension NewEvent {
  /// The largest body, in bytes. What is larger is a blob.
  public static let bodyBytesMax = 1 << 20
  /// The most top-level fields of a body, each occurrence counted.
  public static let partsMax = 4096
  /// The most recipients.
  public static let recipientsMax = 1000
  /// The most presented identities.
  public static let presentedMax = 64

  /// The event's id: `event`, else the hash of the source key, else the random one.
  package func id(hashing hash: ([UInt8]) -> Bytes16) -> EventID {
    event ?? source.map { EventID(rawValue: hash($0.keyInput())) } ?? drawnID
  }

  /// The body with the common fields and participants that this value has and the body has not.
  package var completedBody: Event.Body {
    guard storedBody == nil, let payload = body.payload else { return body }
    return completed(payload)
  }

  private func completed(_ payload: some EventPayload) -> Event.Body {
    var payload = payload
    if !payload.hasSource, let source { payload.source = source.record }
    if payload.actor.isEmpty, case .actor(let actor) = from { payload.actor = actor.description }
    if payload.actorName.isEmpty, !kind.namesParticipants { payload.actorName = fromName }
    switch payload.eventBody {
    case .messageSent(var message) where message.participants.isEmpty:
      message.participants = participants
      return .messageSent(message)
    case .callStarted(var call) where call.participants.isEmpty:
      call.participants = participants
      return .callStarted(call)
    case .conversationOpened(var opened):
      if !opened.hasKey, let conversation { opened.key = conversation.record }
      if opened.presented.isEmpty { opened.presented = presented.map(\.record) }
      return .conversationOpened(opened)
    case .conversationParticipantChanged(var changed) where changed.presented.isEmpty:
      changed.presented = presented.map(\.record)
      return .conversationParticipantChanged(changed)
    case let body: return body
    }
  }

  /// The body without the fields that `completedBody` fills in again.
  func withoutRepeatedFields(_ payload: some EventPayload) -> Event.Body {
    var stripped = payload
    if stripped.hasSource, source?.record == stripped.source { stripped.clearSource() }
    if case .actor(let actor) = from, stripped.actor == actor.description { stripped.actor = "" }
    if from != nil, !kind.namesParticipants, stripped.actorName == fromName { stripped.actorName = "" }
    switch stripped.eventBody {
    case .messageSent(var message) where message.participants == participants:
      message.participants = []
      return .messageSent(message)
    case .callStarted(var call) where call.participants == participants:
      call.participants = []
      return .callStarted(call)
    case .conversationOpened(var opened):
      if opened.key == conversation?.record { opened.clearKey() }
      if opened.presented == presented.map(\.record) { opened.presented = [] }
      return .conversationOpened(opened)
    case .conversationParticipantChanged(var changed) where changed.presented == presented.map(\.record):
      changed.presented = []
      return .conversationParticipantChanged(changed)
    case let body: return body
    }
  }

  /// Who takes part, for the body: nobody when the envelope says it all, which is so for a sender without a display
  /// name and no recipients.
  private var participants: [Participant] {
    guard let from, !(recipients.isEmpty && fromName.isEmpty) || isOurs(from) else {
      return recipients.map { Participant($0.party, as: $0.role, name: $0.name) }
    }
    return [Participant(from, as: .from, name: fromName)]
      + recipients.map { Participant($0.party, as: $0.role, name: $0.name) }
  }

  private func isOurs(_ party: Party) -> Bool { if case .ours = party { true } else { false } }

  /// The bytes to store.
  package var bodyBytes: [UInt8] { storedBody ?? completedBody.bytes }

  /// The version of the bytes to store.
  package var bodyVersion: UInt16 { storedVersion ?? body.version }

  /// The envelope of the event, with ids where it has none of its own. `recordedAt` and `previous` are the log's.
  package func envelope(event: EventID, ids: KnownIDs) -> Envelope {
    var envelope = Envelope()
    envelope.stream = knownIDs.stream ?? ids.stream ?? .none
    envelope.event = event
    envelope.conversation = knownIDs.conversation ?? ids.conversation ?? .none
    envelope.actor = knownIDs.actor ?? ids.actor ?? .none
    envelope.caseID = knownIDs.caseID ?? ids.caseID ?? .none
    envelope.touchpoint = knownIDs.touchpoint ?? ids.touchpoint ?? .none
    envelope.occurredAt = occurredAt ?? .zero
    envelope.sourceOrder = sourceOrder
    envelope.kind = kind
    envelope.bodyVersion = bodyVersion
    envelope.utcOffset = utcOffset
    envelope.channel = effectiveChannel
    envelope.actorKind = effectiveActorKind
    envelope.direction = effectiveDirection
    envelope.visibility = effectiveVisibility
    envelope.precision = effectivePrecision
    envelope.flags = flags
    return envelope
  }

  /// Checks everything that does not need the store, and gives the bytes to store.
  ///
  /// Throws `EventError` naming size and limit, or the member that is missing.
  @discardableResult
  package func validate() throws(EventError) -> [UInt8] {
    try conversation?.validate()
    try source?.validate()
    try caseKey?.validate()
    try touchpoint?.validate()
    if case .actor(let actor) = from { try actor.validate() }
    try validateTime()
    try validateCounts()
    let body = completedBody
    try validateMembers(of: body)
    let bytes = storedBody ?? body.bytes
    try Self.validate(body: bytes)
    return bytes
  }

  /// An event that another store has taken is passed on as it is.
  private func validateMembers(of body: Event.Body) throws(EventError) {
    guard event == nil, storedBody == nil, let missing = body.missing else { return }
    let names = missing.map { "`\($0)`" }.joined(separator: " or ")
    throw EventError(
      .missingMember,
      "member \(names) is missing; Schemas/kinds.md lists what \(kind.name) can't do without")
  }

  private func validateTime() throws(EventError) {
    guard let occurredAt, !(Timestamp.earliest...Timestamp.latest).contains(occurredAt) else { return }
    throw EventError(
      .timeOutOfRange,
      "occurred at is \(occurredAt.microseconds) microseconds from 1970; a store takes the years 0001 to 9999"
    )
  }

  private func validateCounts() throws(EventError) {
    guard recipients.count <= Self.recipientsMax else {
      throw EventError(
        .tooManyRecipients,
        "an event has \(recipients.count) recipients, at most \(Self.recipientsMax) are taken")
    }
    guard presented.count <= Self.presentedMax else {
      throw EventError(
        .tooManyPresented,
        "an event presents \(presented.count) identities, at most \(Self.presentedMax) are taken")
    }
  }

  private static func validate(body: [UInt8]) throws(EventError) {
    guard body.count <= bodyBytesMax else {
      throw EventError(
        .bodyTooLarge,
        "a body has \(body.count) bytes, at most \(bodyBytesMax) are stored; keep large parts as blobs")
    }
    guard let parts = BodyParts.ranges(in: body) else {
      throw EventError(.invalidBody, "a body is no protobuf message; give the bytes as they were exported")
    }
    guard parts.count <= partsMax else {
      throw EventError(
        .tooManyParts, "a body has \(parts.count) parts, at most \(partsMax) are stored; split the event")
    }
  }
}
