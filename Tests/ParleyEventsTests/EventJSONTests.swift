import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct EventJSONTests {
  // MARK: - The shortest line

  @Test func shortestLegalLineIsAMessage() throws {
    let event = try EventJSON.parse(
      #"{"kind":"message.sent","channel":"chat","from":"email:ana@example.com","conversation":"webchat/c-991","#
        + #""id":"webchat/m-17","at":"2026-11-22T09:00:00+01:00","text":"Where is order 4711?"}"#)
    let ana = try Identity.email("Ana@Example.com")
    let chat = ConversationKey(.chat, "webchat", thread: "c-991")
    var expected = NewEvent.message(
      "Where is order 4711?", from: ana, in: chat, id: "m-17", at: Timestamp(seconds: 1_795_334_400))
    expected.utcOffset = try #require(UTCOffset(minutes: 60))
    expected.channel = .chat
    #expect(isSame(event, expected))
    #expect(event.primaryIdentity == ana)
    #expect(event.effectiveDirection == .inbound)
    #expect(event.effectiveVisibility == .public)
    #expect(event.effectivePrecision == .second)
    try event.validate()
  }

  @Test func lineWithoutTimeOrIDIsLegal() throws {
    let event = try EventJSON.parse(
      #"{"kind":"message.sent","from":"email:ana@example.com","conversation":"webchat/c-991","text":"Hello"}"#
    )
    #expect(event.source == nil)
    #expect(event.occurredAt == nil)
    #expect(event.effectivePrecision == .unknown)
  }

  // MARK: - Round trips

  @Test func everyBuiltKindHasAnExample() throws {
    let kinds = Set(try examples().map { try EventJSON.parse($0).kind })
    #expect(builtKinds.filter { !kinds.contains($0) } == [])
  }

  @Test(arguments: try examples()) func exampleIsWrittenAsItStands(line: String) throws {
    let event = try EventJSON.parse(line)
    #expect(EventJSON.line(event) == line)
    try event.validate()
  }

  @Test(arguments: try examples()) func exportedExampleGivesTheSameEnvelopeAndBytes(line: String) throws {
    var store = ToyStore()
    let event = store.append(try EventJSON.parse(line))
    let exported = EventJSON.line(event, names: store.names)
    #expect(!exported.contains("bodyBytes"))
    let again = store.append(try EventJSON.parse(exported))
    #expect(again == event)
  }

  @Test(arguments: try examples()) func exportWithoutNamesGivesTheSameEnvelopeAndBytes(line: String) throws {
    var store = ToyStore()
    let event = store.append(try EventJSON.parse(line))
    let exported = EventJSON.line(event, names: LearnedNames())
    let again = store.append(try EventJSON.parse(exported))
    #expect(again == event)
  }

  @Test(arguments: EventKind.named + [EventKind(rawValue: 9_999)])
  func kindWithoutSchemaTravelsAsItsBytes(kind: EventKind) throws {
    var store = ToyStore()
    var event = store.append(
      try EventJSON.parse(#"{"kind":"note.added","customer":"phone:+4930123456","text":"a"}"#))
    event.envelope.kind = kind
    event = Event(position: event.position, envelope: event.envelope, bodyBytes: [0x82, 0x7d, 2, 0x68, 0x69])
    let exported = EventJSON.line(event, names: store.names)
    #expect(exported.contains(#""bodyBytes":"gn0CaGk=""#))
    #expect(store.append(try EventJSON.parse(exported)) == event)
  }

  @Test func bodyOfANewerVersionTravelsAsItsBytes() throws {
    var store = ToyStore()
    var event = store.append(try EventJSON.parse(try examples()[0]))
    event.envelope.bodyVersion = 7
    event = Event(position: event.position, envelope: event.envelope, bodyBytes: [0x82, 0x7d, 0])
    let exported = EventJSON.line(event, names: store.names)
    #expect(exported.contains(#""version":7"#))
    #expect(store.append(try EventJSON.parse(exported)) == event)
  }

  @Test func bytesInAnotherOrderTravelBesideTheMembers() throws {
    var store = ToyStore()
    let event = store.append(
      try EventJSON.parse(#"{"kind":"call.ended","by":"agent:kim","call":"1","cause":"16"}"#))
    let parts = try #require(BodyParts.ranges(in: event.bodyBytes))
    let reversed = parts.reversed().flatMap { event.bodyBytes[$0] }
    let other = Event(position: event.position, envelope: event.envelope, bodyBytes: reversed)
    let exported = EventJSON.line(other, names: store.names)
    #expect(exported.contains("bodyBytes") && exported.contains(#""cause":"16""#))
    #expect(try EventJSON.parse(exported).bodyBytes == reversed)
    #expect(!EventJSON.line(other, names: store.names, style: .readable).contains("bodyBytes"))
  }

  @Test func trustOfANewerWriterTravelsAsItsBytes() throws {
    var store = ToyStore()
    let line =
      #"{"kind":"conversation.opened","from":"email:ana@example.com","conversation":"webchat/c-991"}"#
    var event = store.append(try EventJSON.parse(line))
    guard case .conversationOpened(var opened) = event.body else { throw EventError(.unknownKind, "") }
    opened.presented = [2, 9].map { trust in
      .with {
        $0.identity = IdentityRecord.with { ($0.kind, $0.value) = ("email", "ben@example.com") }
        $0.trust = .init(rawValue: trust) ?? .none
      }
    }
    let body = Event.Body(opened)
    event = Event(position: event.position, envelope: event.envelope, bodyBytes: body.bytes)
    let exported = EventJSON.line(event, names: store.names)
    #expect(exported.contains("bodyBytes"))
    #expect(store.append(try EventJSON.parse(exported)) == event)
  }

  @Test func identityOfAnotherNormalizationKeepsItsStream() throws {
    var store = ToyStore()
    var event = store.append(
      try EventJSON.parse(#"{"kind":"note.added","by":"agent:kim","customer":"email:ana@example.com"}"#))
    event.envelope.stream = try #require(StreamID(hex: "000102030405060708090a0b0c0d0e0f"))
    var observed = event.envelope
    observed.kind = .identityObserved
    let body = IdentityObserved.with {
      $0.identity = .with { ($0.kind, $0.value) = ("email", "ANA@example.com") }
    }
    var names = LearnedNames()
    names.learn(from: Event(position: .start, envelope: observed, bodyBytes: Event.Body(body).bytes))
    let exported = EventJSON.line(event, names: names)
    #expect(exported.contains(#""stream":"000102030405060708090a0b0c0d0e0f""#))
    #expect(store.append(try EventJSON.parse(exported)) == event)
  }

  @Test func unknownMembersSurvive() throws {
    var store = ToyStore()
    let line =
      #"{"kind":"message.sent","from":"email:ana@example.com","zeta":{"b":[1,2.50],"a":null},"mood":"😀\n"}"#
    let event = store.append(try EventJSON.parse(line))
    #expect(event.body.payload?.extensions.map(\.key) == ["mood", "zeta"])
    #expect(event.body.payload?.extensions.map(\.value) == [#""😀\n""#, #"{"b":[1,2.50],"a":null}"#])
    let exported = EventJSON.line(event, names: store.names)
    #expect(exported.contains(#""mood":"😀\n","zeta":{"b":[1,2.50],"a":null}"#))
    #expect(store.append(try EventJSON.parse(exported)) == event)
  }

  @Test(arguments: builtKinds) func nameOfWhoeverActedSurvivesInEveryKind(kind: EventKind) throws {
    let senders = [
      #"{"identity":"email:ana@example.com","name":"Ana Pérez"}"#, #"{"actor":"agent:kim","name":"Kim K"}"#,
    ]
    for sender in senders {
      var store = ToyStore()
      let line = #"{"kind":"\#(kind)","from":\#(sender),"customer":"email:ana@example.com"}"#
      let event = store.append(try EventJSON.parse(line))
      let exported = EventJSON.line(event, names: store.names)
      #expect(exported.contains(#""from":\#(sender)"#), "\(exported)")
      #expect(!exported.contains("actorName") && !exported.contains("bodyBytes"), "\(exported)")
      #expect(store.append(try EventJSON.parse(exported)) == event)
      let unnamed = EventJSON.line(event, names: LearnedNames())
      #expect(!unnamed.contains("bodyBytes"))
      #expect(store.append(try EventJSON.parse(unnamed)) == event)
      #expect(NewEvent(event, names: store.names).bodyBytes == event.bodyBytes)
    }
  }

  @Test func nameOfSomebodyElseIsNotGivenToTheStreamsCustomer() throws {
    var store = ToyStore()
    let line =
      #"{"kind":"note.added","from":{"identity":"email:ben@example.com","name":"Ben"},"customer":"email:ana@example.com"}"#
    var event = store.append(try EventJSON.parse(line))
    event.envelope.actor = ToyStore.id([1])
    let exported = EventJSON.line(event, names: store.names)
    #expect(exported.contains(#""from":"email:ana@example.com""#) && exported.contains(#""actorName":"Ben""#))
    #expect(store.append(try EventJSON.parse(exported)) == event)
  }

  @Test func oneOfUsCanBeGivenWithANameAsByOrFrom() throws {
    let by = #"{"kind":"note.added","by":{"actor":"agent:kim","name":"Kim K"},"text":"a"}"#
    let event = try EventJSON.parse(by)
    #expect(event.from == .actor(.agent("kim")) && event.fromName == "Kim K")
    #expect(isSame(try EventJSON.parse(by.replacing(#""by""#, with: #""from""#)), event))
    let unnamed = try EventJSON.parse(#"{"kind":"note.added","by":{"actor":"agent:kim"},"text":"a"}"#)
    #expect(isSame(try EventJSON.parse(#"{"kind":"note.added","by":"agent:kim","text":"a"}"#), unnamed))
  }

  @Test(arguments: [
    (#"{"kind":"note.added","to":{"identity":"email:a@b.example","name":"A"}}"#, ["to"]),
    (#"{"kind":"note.added","to":"email:a@b.example","cc":[{"actor":"agent:kim","name":"K"}]}"#, ["cc"]),
    (#"{"kind":"note.added","from":{"identity":"email:a@b.example","name":"A"}}"#, []),
    (
      #"{"kind":"message.sent","from":{"identity":"email:a@b.example","name":"A"},"#
        + #""to":[{"actor":"agent:kim","name":"K"}]}"#, []
    ),
    (
      #"{"kind":"message.sent","from":{"identity":"email:a@b.example","name":"A"},"#
        + #""participants":[{"role":"from","identity":"email:a@b.example"}]}"#, ["from"]
    ),
    (#"{"kind":"call.started","bcc":{"identity":"email:a@b.example","name":"A"}}"#, []),
  ]) func membersWithANameThatIsNotKeptAreTold(line: String, members: [String]) throws {
    #expect(EventJSON.membersWithUnkeptNames(try EventJSON.parse(line)) == members)
  }

  @Test func extensionThatNamesAMemberStaysInItsList() throws {
    var store = ToyStore()
    let line =
      #"{"kind":"note.added","customer":"email:ana@example.com","extensions":[{"key":"kind","value":"1"}]}"#
    let event = store.append(try EventJSON.parse(line))
    let exported = EventJSON.line(event, names: store.names)
    #expect(exported.contains(#""extensions":[{"key":"kind","value":"1"}]"#))
    #expect(store.append(try EventJSON.parse(exported)) == event)
  }

  @Test(arguments: [
    "2026-11-22T09:00:00Z", "2026-11-22T09:00:00-00:00", "2026-11-22T09:00:00.123+05:30",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z",
  ])
  func timeAndOffsetSurvive(time: String) throws {
    let line =
      #"{"kind":"note.added","at":"\#(time)","precision":"day","direction":"internal","visibility":"internal"}"#
    #expect(EventJSON.line(try EventJSON.parse(line)) == line)
  }

  @Test func offsetThatHasNoTextSurvives() throws {
    var event = try EventJSON.parse(#"{"kind":"note.added","at":"0001-01-01T00:00:00Z"}"#)
    for offset in [UTCOffset(minutes: -60), UTCOffset(minutes: 1440), .unknown] {
      event.utcOffset = try #require(offset)
      let again = try EventJSON.parse(EventJSON.line(event))
      #expect(again.occurredAt == event.occurredAt)
      #expect(again.utcOffset == offset)
    }
  }

  @Test func everyCodeAndFlagSurvives() throws {
    var event = try EventJSON.parse(#"{"kind":"note.added"}"#)
    event.flags = EventFlags(rawValue: 255)
    event.channel = Channel(rawValue: 200)
    event.direction = Direction(rawValue: 201)
    event.visibility = Visibility(rawValue: 202)
    event.actorKind = ActorKind(rawValue: 203)
    let again = try EventJSON.parse(EventJSON.line(event))
    #expect(isSame(again, event))
  }

  @Test func bareIDIsOfTheConversationsSystem() throws {
    let line = #"{"kind":"note.added","conversation":"webchat/c/1","id":"m-1","account":"eu","revision":"2"}"#
    let event = try EventJSON.parse(line)
    #expect(event.source == SourceKey(system: "webchat", account: "eu", nativeID: "m-1", revision: "2"))
    #expect(event.conversation == ConversationKey(.unspecified, "webchat", account: "eu", thread: "c/1"))
  }

  // MARK: - Names

  @Test func noFieldIsNamedLikeAMemberOfTheEnvelope() throws {
    let shared: Set<String> = ["presented"]  // The same list in both.
    for field in try schemaFields() where field.isInBody {
      #expect(!EventJSON.lineMembers.contains(field.name) || shared.contains(field.name), "\(field.name)")
    }
  }

  @Test func noCodeIsAboveThoseWhoseNamesARefusalLists() throws {
    let folder = packageRoot.appending(path: "Schemas/parley/v1")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let schema = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      for code in schema.matches(of: /(?m)^ +[a-z0-9_]+ = (\d+);/) {
        #expect(try #require(Int(code.1)) <= BodyJSON.codeMax, "\(name): \(code.0)")
      }
    }
  }

  @Test func membersInHexadecimalAreTheBytesFields() throws {
    let fields = try schemaFields()
    #expect(Set(fields.filter { $0.type == "bytes" }.map(\.name)) == BodyJSON.hexMembers)
    #expect(fields.filter { $0.type != "bytes" && BodyJSON.hexMembers.contains($0.name) }.map(\.name) == [])
    #expect(Set(fields.filter { $0.type == "Identity" }.map(\.name)) == BodyJSON.identityMembers)
    #expect(
      fields.filter { $0.type != "Identity" && BodyJSON.identityMembers.contains($0.name) }.map(\.name) == [])
  }
}

/// The lines of `Schemas/examples`.
func examples() throws -> [String] {
  let folder = packageRoot.appending(path: "Schemas/examples")
  return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().flatMap { name in
    try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n").map(
      String.init)
  }
}

/// Two events to be appended that differ at most in their random ids.
func isSame(_ left: NewEvent, _ right: NewEvent) -> Bool {
  EventJSON.line(left) == EventJSON.line(right) && left.completedBody == right.completedBody
    && left.envelope(event: .none, ids: .init()) == right.envelope(event: .none, ids: .init())
}

/// A field of the schemas, by its name in JSON.
struct SchemaField {
  var type: String
  var name: String
  var isInBody: Bool
}

/// Every field of every message in `Schemas/parley/v1`.
func schemaFields() throws -> [SchemaField] {
  let folder = packageRoot.appending(path: "Schemas/parley/v1")
  return try FileManager.default.contentsOfDirectory(atPath: folder.path).flatMap { name in
    try String(contentsOf: folder.appending(path: name), encoding: .utf8).matches(
      of: /(?m)^ +(?:repeated )?([A-Za-z0-9_.]+) ([a-z0-9_]+) = (\d+);/
    ).map { match in
      let words = match.2.split(separator: "_")
      let camel = words[0] + words.dropFirst().map(\.capitalized).joined()
      return SchemaField(type: String(match.1), name: String(camel), isInBody: (Int(match.3) ?? 0) >= 16)
    }
  }
}

/// Stores events as a store does, with a hash that is none.
struct ToyStore {
  var names = LearnedNames()

  mutating func append(_ new: NewEvent) -> Event {
    let stream = new.knownIDs.stream ?? new.primaryIdentity.map { Self.id($0.streamInput()) } ?? .none
    var ids = NewEvent.KnownIDs()
    ids.stream = stream
    ids.conversation = new.conversation.map { Self.id($0.keyInput()) }
    ids.caseID = new.caseKey.map { Self.id($0.keyInput()) }
    ids.touchpoint = new.touchpoint.map { TouchpointID(rawValue: Self.hash($0.keyInput()).high) }
    switch new.from {
    case .identity: ids.actor = ActorID(rawValue: stream.rawValue)
    case .actor(let actor): ids.actor = Self.id(actor.keyInput())
    case .ours, nil: break
    }
    let envelope = new.envelope(event: new.id(hashing: Self.hash), ids: ids)
    learn(new, stream: stream, ids: ids)
    return Event(position: .start, envelope: envelope, bodyBytes: new.bodyBytes)
  }

  /// What a store says in `identity.observed` and `conversation.opened`.
  private mutating func learn(_ new: NewEvent, stream: StreamID, ids: NewEvent.KnownIDs) {
    if let identity = new.primaryIdentity {
      var envelope = Envelope()
      (envelope.stream, envelope.kind) = (stream, .identityObserved)
      let body = Event.Body(IdentityObserved.with { $0.identity = identity.record })
      names.learn(from: Event(position: .start, envelope: envelope, bodyBytes: body.bytes))
    }
    if let conversation = new.conversation, let id = ids.conversation {
      var envelope = Envelope()
      (envelope.conversation, envelope.kind) = (id, .conversationOpened)
      let body = Event.Body(ConversationOpened.with { $0.key = conversation.record })
      names.learn(from: Event(position: .start, envelope: envelope, bodyBytes: body.bytes))
    }
  }

  /// FNV-1a, twice.
  static func hash(_ bytes: [UInt8]) -> Bytes16 {
    func fnv(_ start: UInt64) -> UInt64 { bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } }
    return Bytes16(high: fnv(0xcbf2_9ce4_8422_2325), low: fnv(0x8422_2325_cbf2_9ce4))
  }

  static func id<ID: OpaqueID>(_ input: [UInt8]) -> ID { ID(rawValue: hash(input)) }
}
