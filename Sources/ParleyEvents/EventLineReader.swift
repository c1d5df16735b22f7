import ParleyEnvelope
import ParleySchemas
import SwiftProtobuf

/// Makes an event of a line's members: takes those of the envelope one by one; what is left is the body's.
struct EventLineReader {
  private var members: [JSONMember]
  private let drawnID: EventID?

  /// Reads members into an event that has an id of its own, drawn for it unless given.
  init(_ members: [JSONMember], drawnID: EventID? = nil) {
    self.members = members
    self.drawnID = drawnID
  }

  mutating func event() throws(EventError) -> NewEvent {
    guard take("envelopeOnly") == nil else {
      throw EventError(
        .envelopeOnly, "the line is an envelope without its event; give lines exported without --envelopes")
    }
    let kind = try kind()
    let version = try number("version", UInt16.self)
    var event = try party(kind)
    try readThread(into: &event)
    try readTime(into: &event)
    try readCodes(into: &event)
    try readIDs(into: &event)
    event.presented = try presented()
    try ignoreRecorded()
    try readBody(of: kind, version: version, into: &event)
    return event
  }

  // MARK: - Envelope

  private mutating func kind() throws(EventError) -> EventKind {
    guard let name = try text("kind") else {
      throw EventError(.missingMember, "member `kind` is missing; every event has one, as in message.sent")
    }
    guard let kind = EventKind(name: name) else {
      throw EventError(.unknownKind, "member `kind`: not a kind; Schemas/kinds.md lists them")
    }
    return kind
  }

  /// An event with nothing but who it is from and to. Its body follows last.
  private mutating func party(_ kind: EventKind) throws(EventError) -> NewEvent {
    let body = Event.Body.unknown(kind, [])
    var event = drawnID.map { NewEvent(body, drawnID: $0) } ?? NewEvent(body)
    if let value = take("from") {
      let sender = try recipient(value, in: "from", as: .from)
      (event.from, event.fromName) = (sender.party, sender.name)
    }
    if let value = take("by") {
      guard event.from == nil else {
        throw .member("by", "an event is either `from` or `by` somebody; give one")
      }
      (event.from, event.fromName) = try actor(value)
    }
    for (name, role) in EventJSON.recipientMembers {
      switch take(name) {
      case .array(let values):
        for value in values { event.recipients.append(try recipient(value, in: name, as: role)) }
      case .some(let value): event.recipients.append(try recipient(value, in: name, as: role))
      case nil: break
      }
    }
    event.customer = try identity("customer")
    return event
  }

  private mutating func readThread(into event: inout NewEvent) throws(EventError) {
    event.channel = try code("channel")
    let account = try text("account") ?? ""
    let conversationAccount = try text("conversationAccount") ?? account
    if let text = try text("conversation") {
      event.conversation = try EventError.inMember("conversation") { () throws(EventError) in
        try ConversationKey(
          parsing: text, account: conversationAccount, channel: event.channel ?? .unspecified)
      }
    }
    event.source = try source(account: account, conversation: event.conversation)
    if let text = try text("case") {
      event.caseKey = try EventError.inMember("case") { () throws(EventError) in try CaseKey(parsing: text) }
    }
    event.touchpoint = try text("touchpoint").map(Touchpoint.init)
  }

  /// An `id` with a slash names its system; a bare one is of the conversation's system.
  private mutating func source(
    account: String, conversation: ConversationKey?
  ) throws(EventError) -> SourceKey? {
    let revision = try text("revision")
    let digests = (try digest("sourceDigest"), try digest("rawDigest"))
    guard let id = try text("id") else {
      guard revision == nil, digests.0 == nil, digests.1 == nil else {
        throw EventError(.missingMember, "member `id` is missing; `revision` and digests say more about it")
      }
      return nil
    }
    let name = KeyLimits.split(id) ?? conversation.map { ($0.system, id) }
    guard let name, id.utf8.contains(UInt8(ascii: "/")) == (KeyLimits.split(id) != nil) else {
      throw .member("id", "expected SYSTEM/ID, or a bare id beside a `conversation`")
    }
    let key = SourceKey(
      system: name.0, account: account, nativeID: name.1, revision: revision ?? "", digest: digests.0 ?? [],
      rawDigest: digests.1 ?? [])
    try EventError.inMember("id") { () throws(EventError) in try key.validate() }
    return key
  }

  private mutating func readTime(into event: inout NewEvent) throws(EventError) {
    if let text = try text("at") {
      guard let (time, offset) = Timestamp.parse(rfc3339: text) else { throw Self.refusal(ofTime: text) }
      (event.occurredAt, event.utcOffset) = (time, offset)
    }
    if let minutes = try number("utcOffset", Int16.self) { event.utcOffset = UTCOffset(rawValue: minutes) }
    event.precision = try code("precision")
    event.sourceOrder = try number("order", UInt32.self) ?? 0
    event.inReplyTo = try number("answers", UInt64.self).map(Position.init(rawValue:))
  }

  /// Why a text is no time: a year that no time here has, or another form.
  private static func refusal(ofTime text: String) -> EventError {
    let year = text.prefix { ("0"..."9").contains($0) }
    let isForm = Timestamp.parse(rfc3339: "2000" + text.dropFirst(year.count)) != nil
    guard isForm, (4...9).contains(year.count), year == "0000" || year.count > 4 else {
      return .member("at", BodyJSON.timeExpected)
    }
    return EventError(
      .timeOutOfRange, "member `at`: found the year \(year), the years 0001 to 9999 are taken")
  }

  private mutating func readCodes(into event: inout NewEvent) throws(EventError) {
    event.direction = try code("direction")
    event.visibility = try code("visibility")
    event.actorKind = try code("actorKind")
    for name in try texts("flags") {
      let bit = EventJSON.flagNames.firstIndex(of: name) ?? (0..<8).first { name == "flag-\($0)" }
      guard let bit else {
        throw .member("flags", "expected any of \(EventJSON.flagNames.joined(separator: ", "))")
      }
      event.flags.formUnion(EventFlags(rawValue: 1 << UInt8(bit)))
    }
  }

  private mutating func readIDs(into event: inout NewEvent) throws(EventError) {
    event.event = try text("event").map { text throws(EventError) in
      guard let id = EventID(hex: text), !id.isNone else { throw .member("event", Self.idExpected) }
      return id
    }
    guard let value = take("ids") else { return }
    guard let ids = value.members else { throw .member("ids", "expected an object, found \(value.typeName)") }
    for id in ids {
      let digits = id.value.string ?? ""
      switch id.name {
      case "stream": event.knownIDs.stream = StreamID(hex: digits)
      case "conversation": event.knownIDs.conversation = ConversationID(hex: digits)
      case "actor": event.knownIDs.actor = ActorID(hex: digits)
      case "case": event.knownIDs.caseID = CaseID(hex: digits)
      case "touchpoint":
        event.knownIDs.touchpoint = Bytes16(hex: digits + String(repeating: "0", count: 16))
          .map { TouchpointID(rawValue: $0.high) }
      default: throw .member("ids", "expected stream, conversation, actor, case, touchpoint")
      }
      guard Bytes16(hex: id.name == "touchpoint" ? digits + digits : digits) != nil else {
        throw .member("ids", Self.idExpected + ", for a touchpoint 16")
      }
    }
  }

  private static let idExpected = "expected 32 hexadecimal digits"

  private mutating func presented() throws(EventError) -> [PresentedIdentity] {
    guard let value = take("presented") else { return [] }
    guard case .array(let values) = value else {
      throw .member("presented", "expected a list, found \(value.typeName)")
    }
    var presented: [PresentedIdentity] = []
    for value in values {
      guard let members = value.members else {
        throw .member("presented", #"expected objects as in {"identity":"phone:+49…","trust":"claimed"}"#)
      }
      presented.append(try Self.presented(members))
    }
    return presented
  }

  private static func presented(_ members: [JSONMember]) throws(EventError) -> PresentedIdentity {
    var reader = EventLineReader(members)
    guard
      let identity = try EventError.inMember(
        "presented", { () throws(EventError) in try reader.identity("identity") })
    else { throw .member("presented", "`identity` is missing") }
    let trust = try reader.text("trust").map { text throws(EventError) in
      guard let trust = IdentityTrust(name: text) else {
        throw .member("presented", "`trust` is none, claimed, channel or verified")
      }
      return trust
    }
    let by: PresentedBy? = try reader.code("by")
    guard reader.members.isEmpty else {
      throw .member("presented", "takes `identity`, `trust` and `by` only")
    }
    return PresentedIdentity(identity, trust: trust ?? .claimed, by: by ?? .unspecified)
  }

  /// Where and when the line's event was recorded is another log's: looked at, and left there.
  private mutating func ignoreRecorded() throws(EventError) {
    _ = try number("position", UInt64.self)
    _ = try text("recordedAt")
  }

  // MARK: - Body

  private mutating func readBody(
    of kind: EventKind, version: UInt16?, into event: inout NewEvent
  ) throws(EventError) {
    let stored = try text("bodyBytes")
    let words = try text("text")
    if let stored {
      guard let bytes = bytes(base64: stored) else { throw .member("bodyBytes", "expected base64") }
      event.body = Event.Body(kind: kind, version: version ?? 1, bytes: bytes)
      (event.storedBody, event.storedVersion) = (bytes, version ?? 1)
      return
    }
    guard Event.Body.payloadType(of: kind) != nil else { throw .unbuilt(kind) }
    let current = Upcasters.all.currentVersion(of: kind)
    guard version ?? current == current else {
      throw .member(
        "version", "\(kind.name) is at version \(current) here; others are taken with `bodyBytes` only")
    }
    if let words { try addText(words, to: kind) }
    let isKnown = members.map { BodyJSON.hasMember($0.name, kind) }
    let known = zip(members, isKnown).filter { $1 && $0.value != .null }.map(\.0)
    let unknown = zip(members, isKnown).filter { !$1 }.map(\.0)
    guard !(event.source != nil && known.contains { $0.name == "source" }) else {
      throw .member("source", "contradicts `id`; give one")
    }
    event.body = try BodyJSON.body(of: kind, known).adding(extensions: unknown)
    let stated = event.body.payload?.actorName ?? ""
    guard kind.namesParticipants || [stated, event.fromName].contains("") || stated == event.fromName else {
      throw .member("actorName", "contradicts the name in `from` or `by`; give one")
    }
  }

  private mutating func addText(_ words: String, to kind: EventKind) throws(EventError) {
    guard EventJSON.kindsWithText.contains(kind) else { throw .member("text", "\(kind.name) has no text") }
    guard !members.contains(where: { $0.name == "parts" }) else {
      throw .member("text", "stands for a single part; give either `text` or `parts`")
    }
    members.append(JSONMember("parts", .plainPart(words)))
  }

  // MARK: - Values

  /// Takes a member off the line; nil when it is not there or null.
  private mutating func take(_ name: String) -> JSONValue? {
    // Most members have names of other lengths, which is told at once.
    let count = name.utf8.count
    let found = members.firstIndex { $0.name.utf8.count == count && $0.name == name }
    guard let index = found else { return nil }
    let value = members.remove(at: index).value
    return value == .null ? nil : value
  }

  private mutating func text(_ name: String) throws(EventError) -> String? {
    guard let value = take(name) else { return nil }
    guard let text = value.string else { throw .member(name, "expected a string, found \(value.typeName)") }
    return text
  }

  private mutating func texts(_ name: String) throws(EventError) -> [String] {
    guard let value = take(name) else { return [] }
    guard case .array(let values) = value, values.allSatisfy({ $0.string != nil }) else {
      throw .member(name, "expected a list of strings")
    }
    return values.compactMap(\.string)
  }

  private mutating func number<Value: FixedWidthInteger>(
    _ name: String, _ type: Value.Type
  ) throws(EventError) -> Value? {
    guard let value = take(name) else { return nil }
    guard case .number(let digits) = value, let number = Value(digits) else {
      throw .member(name, "expected a whole number from \(Value.min) to \(Value.max), found another value")
    }
    return number
  }

  private mutating func code<Code: EnvelopeCode>(_ name: String) throws(EventError) -> Code? {
    guard let text = try text(name) else { return nil }
    guard let code = Code(name: text) else {
      throw .member(name, "expected one of \(Code.names.dropFirst().joined(separator: ", "))")
    }
    return code
  }

  private mutating func digest(_ name: String) throws(EventError) -> [UInt8]? {
    guard let text = try text(name) else { return nil }
    guard let bytes = BodyJSON.hexBytes(text), bytes.count == 32 else {
      throw .member(name, "expected a SHA-256 as 64 hexadecimal digits")
    }
    return bytes
  }

  private mutating func identity(_ name: String) throws(EventError) -> Identity? {
    guard let text = try text(name) else { return nil }
    return try EventError.inMember(name) { () throws(EventError) in try Identity(parsing: text) }
  }

  /// Somebody as a string, `email:ana@example.com` or `agent:kim`, or as an object with a display name.
  private func recipient(
    _ value: JSONValue, in name: String, as role: Participant.Role
  ) throws(EventError) -> Recipient {
    if let text = value.string { return Recipient(try party(text, in: name), as: role) }
    guard let members = value.members else {
      throw .member(
        name, "expected an identity as in email:…, an actor as in agent:…, or an object with a name")
    }
    var reader = EventLineReader(members)
    return try EventError.inMember(name) { () throws(EventError) in try reader.recipient(as: role) }
  }

  /// One of us as a string, `agent:kim`, or as an object with a display name.
  private func actor(_ value: JSONValue) throws(EventError) -> (Party, name: String) {
    if let text = value.string {
      let actor = try EventError.inMember("by") { () throws(EventError) in try Actor(parsing: text) }
      return (.actor(actor), "")
    }
    guard value.members != nil else {
      throw .member("by", "expected an actor as in agent:…, or an object with its name")
    }
    let named = try recipient(value, in: "by", as: .from)
    guard case .actor = named.party else {
      throw .member("by", "takes an `actor`; whoever is not one of us stands in `from`")
    }
    return (named.party, named.name)
  }

  private mutating func recipient(as role: Participant.Role) throws(EventError) -> Recipient {
    let name = try text("name") ?? ""
    let isOurs = take("ours") == .bool(true)
    let identity = try identity("identity")
    let actor = try text("actor").map { text throws(EventError) in try Actor(parsing: text) }
    guard members.isEmpty else {
      throw EventError(.invalidMember, "takes `identity` or `actor`, `name` and `ours` only")
    }
    switch (identity, actor) {
    case (let identity?, nil):
      return Recipient(isOurs ? .ours(identity) : .identity(identity), as: role, name: name)
    case (nil, let actor?): return Recipient(.actor(actor), as: role, name: name)
    default: throw EventError(.invalidMember, "expected either `identity` or `actor`")
    }
  }

  private func party(_ text: String, in name: String) throws(EventError) -> Party {
    if Actor.begins(text), let actor = try? Actor(parsing: text) { return .actor(actor) }
    return .identity(try EventError.inMember(name) { () throws(EventError) in try Identity(parsing: text) })
  }
}

extension Event.Body {
  /// The body with members that its schema does not have, kept as they stood, sorted by name.
  fileprivate func adding(extensions members: [JSONMember]) -> Event.Body {
    guard !members.isEmpty, let payload else { return self }
    return adding(members, to: payload)
  }

  private func adding(_ members: [JSONMember], to payload: some EventPayload) -> Event.Body {
    var payload = payload
    let unknown = members.map { member in
      ExtensionRecord.with {
        $0.key = member.name
        $0.value = String(decoding: member.value.bytes, as: UTF8.self)
      }
    }
    payload.extensions += unknown
    payload.extensions.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return Event.Body(payload)
  }
}
