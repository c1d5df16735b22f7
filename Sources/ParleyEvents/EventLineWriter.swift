import ParleyEnvelope
import ParleySchemas
import SwiftProtobuf

/// Makes a line's members of an event: the envelope's first, then the body's, without what they say twice.
struct EventLineWriter {
  private let event: NewEvent
  private var members: [JSONMember] = []

  init(_ event: NewEvent) { self.event = event }

  func members(recorded: [JSONMember]) -> [JSONMember] {
    var writer = self
    writer.add("kind", event.kind.name)
    if event.bodyVersion != 1 { writer.add("version", .number(String(event.bodyVersion))) }
    if event.effectiveChannel != .unspecified { writer.add("channel", event.effectiveChannel.name) }
    writer.addParties()
    writer.addThread()
    writer.addTime()
    writer.addCodes()
    writer.addIDs()
    writer.members += recorded
    writer.addBody()
    return writer.members
  }

  private mutating func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name, value)) }
  private mutating func add(_ name: String, _ text: String) { add(name, .string(text)) }
  private mutating func add(_ name: String, ifAny text: String) { if !text.isEmpty { add(name, text) } }

  // MARK: - Envelope

  private mutating func addParties() {
    if case .actor(let actor) = event.from, event.fromName.isEmpty {
      add("by", actor.description)
    } else if let from = event.from {
      add("from", Self.party(from, name: event.fromName))
    }
    for (name, role) in EventJSON.recipientMembers {
      let recipients = event.recipients.filter { $0.role == role }.map { Self.party($0.party, name: $0.name) }
      if recipients.count == 1 {
        add(name, recipients[0])
      } else if !recipients.isEmpty {
        add(name, .array(recipients))
      }
    }
    if let customer = event.customer { add("customer", customer.description) }
  }

  private static func party(_ party: Party, name: String) -> JSONValue {
    var members: [JSONMember]
    switch party {
    case .identity(let identity):
      guard !name.isEmpty else { return .string(identity.description) }
      members = [JSONMember("identity", .string(identity.description))]
    case .actor(let actor):
      guard !name.isEmpty else { return .string(actor.description) }
      members = [JSONMember("actor", .string(actor.description))]
    case .ours(let identity):
      members = [JSONMember("identity", .string(identity.description)), JSONMember("ours", .bool(true))]
    }
    if !name.isEmpty { members.append(JSONMember("name", .string(name))) }
    return .object(members)
  }

  private mutating func addThread() {
    let account = event.source?.account ?? event.conversation?.account ?? ""
    if let conversation = event.conversation {
      add("conversation", conversation.description)
      if conversation.account != account { add("conversationAccount", conversation.account) }
    }
    if let source = event.source {
      add("id", "\(source.system)/\(source.nativeID)")
      add("revision", ifAny: source.revision)
    }
    add("account", ifAny: account)
    if let source = event.source {
      add("sourceDigest", ifAny: hexString(source.digest))
      add("rawDigest", ifAny: hexString(source.rawDigest))
    }
    if let caseKey = event.caseKey { add("case", caseKey.description) }
    if let touchpoint = event.touchpoint { add("touchpoint", touchpoint.name) }
  }

  private mutating func addTime() {
    var stated: UTCOffset = .unknown
    if let time = event.occurredAt {
      let text = Self.text(time, event.utcOffset)
      // A distance that RFC 3339 cannot state goes beside a time in UTC.
      let isExact = Timestamp.parse(rfc3339: text).map { $0 == (time, event.utcOffset) } ?? false
      add("at", isExact ? text : time.rfc3339())
      stated = isExact ? event.utcOffset : .utc
      add("precision", event.effectivePrecision.name)
    } else if let precision = event.precision, precision != .unknown {
      add("precision", precision.name)
    }
    if event.utcOffset != stated { add("utcOffset", .number(String(event.utcOffset.rawValue))) }
    if event.sourceOrder != 0 { add("order", .number(String(event.sourceOrder))) }
    if let answered = event.inReplyTo { add("answers", .number(String(answered.rawValue))) }
  }

  /// RFC 3339 §4.3: `-00:00` is an unknown distance from UTC.
  private static func text(_ time: Timestamp, _ offset: UTCOffset) -> String {
    let text = time.rfc3339(offset: offset)
    return offset == .unknown ? text.dropLast() + "-00:00" : text
  }

  private mutating func addCodes() {
    add("direction", event.effectiveDirection.name)
    add("visibility", event.effectiveVisibility.name)
    if let kind = event.actorKind { add("actorKind", kind.name) }
    let flags = (0..<8).filter { event.flags.rawValue & 1 << UInt8($0) != 0 }.map { bit in
      JSONValue.string(bit < EventJSON.flagNames.count ? EventJSON.flagNames[bit] : "flag-\(bit)")
    }
    if !flags.isEmpty { add("flags", .array(flags)) }
    if !event.presented.isEmpty { add("presented", .array(event.presented.map(Self.presented))) }
  }

  private static func presented(_ presented: PresentedIdentity) -> JSONValue {
    var members = [
      JSONMember("identity", .string(presented.identity.description)),
      JSONMember("trust", .string(presented.trust.name)),
    ]
    if presented.by != .unspecified { members.append(JSONMember("by", .string(presented.by.name))) }
    return .object(members)
  }

  private mutating func addIDs() {
    if let id = event.event { add("event", id.description) }
    let known = event.knownIDs
    let ids: [(String, String?)] = [
      ("stream", known.stream?.description), ("conversation", known.conversation?.description),
      ("actor", known.actor?.description), ("case", known.caseID?.description),
      ("touchpoint", known.touchpoint.map { String(Bytes16(high: $0.rawValue, low: 0).hex.prefix(16)) }),
    ]
    let members = ids.compactMap { name, id in id.map { JSONMember(name, .string($0)) } }
    if !members.isEmpty { add("ids", .object(members)) }
  }

  // MARK: - Body

  private mutating func addBody() {
    guard let payload = event.body.payload else { return }
    addBody(payload)
  }

  private mutating func addBody(_ payload: some EventPayload) {
    var payload = payload
    let extensions = Self.flattened(payload.extensions, of: event.kind)
    if extensions != nil { payload.extensions = [] }
    var body = BodyJSON.members(of: event.withoutRepeatedFields(payload))
    if EventJSON.kindsWithText.contains(event.kind),
      let index = body.firstIndex(where: { $0.name == "parts" }),
      let text = body[index].value.onlyText
    {
      body[index] = JSONMember("text", .string(text))
    }
    // The envelope's list of the same name stands for the body's.
    body.removeAll { $0.name == "presented" }
    members += body + (extensions ?? [])
  }

  /// Extensions as members of the line; nil when reading those would not give the same extensions.
  private static func flattened(_ extensions: [ExtensionRecord], of kind: EventKind) -> [JSONMember]? {
    var members: [JSONMember] = []
    for item in extensions {
      guard !EventJSON.lineMembers.contains(item.key), !BodyJSON.hasMember(item.key, kind),
        let value = try? JSONParser.parse(Array(item.value.utf8)), value.bytes == Array(item.value.utf8),
        !members.contains(where: { $0.name == item.key })
      else { return nil }
      members.append(JSONMember(item.key, value))
    }
    return members
  }
}
