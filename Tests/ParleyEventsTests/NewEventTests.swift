import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct NewEventTests {
  let ana: Identity
  let ben: Identity
  let chat = ConversationKey(.chat, "webchat", thread: "c-991")
  let sentAt = Timestamp(seconds: 1_795_334_400)

  init() throws {
    ana = try .email("ana@example.com")
    ben = try .email("ben@example.com")
  }

  // MARK: - Defaults by rule

  @Test func messageFromACustomerIsInboundAndPublic() {
    let event = NewEvent.message("Hi", from: ana, in: chat, id: "m-17", at: sentAt)
    let envelope = event.envelope(event: .none, ids: .init())
    #expect(envelope.kind == .messageSent)
    #expect(envelope.direction == .inbound)
    #expect(envelope.visibility == .public)
    #expect(envelope.actorKind == .customer)
    #expect(envelope.channel == .chat)
    #expect(envelope.precision == .second)
    #expect(event.primaryIdentity == ana)
    #expect(event.source == SourceKey(system: "webchat", nativeID: "m-17"))
    #expect(event.completedBody.payload?.source.nativeID == "m-17")
  }

  @Test func replyIsOutboundAndNamesWhatItAnswers() {
    let asked = AppendReceipt.stored(Position(12))
    let event = NewEvent.reply("On its way.", by: .agent("kim"), to: asked)
    #expect(event.inReplyTo == Position(12))
    #expect(event.effectiveDirection == .outbound)
    #expect(event.effectiveVisibility == .public)
    #expect(event.effectiveActorKind == .agent)
    #expect(event.primaryIdentity == nil)
    #expect(event.completedBody.payload?.actor == "agent:kim")
    #expect(event.effectivePrecision == .unknown)
  }

  @Test func recordsAboutAContactAreInternal() {
    let kim = Actor.agent("kim")
    let events: [NewEvent] = [
      .note("n", by: kim, in: chat), .note("n", by: kim, about: ana), .status(.resolved, by: kim, in: chat),
      .fact("order", "4711", by: kim, in: chat), .question("Which?", by: kim, in: chat),
      .attempt("restart", .failed, by: kim, in: chat),
    ]
    for event in events {
      #expect(event.effectiveDirection == .internal, "\(event.kind)")
      #expect(event.effectiveVisibility == .internal, "\(event.kind)")
      #expect(event.effectiveActorKind == .agent, "\(event.kind)")
    }
    #expect(events[1].primaryIdentity == ana)
  }

  @Test func callsAndPostsReadLikeMessages() throws {
    let started = NewEvent.callStarted("17", from: ana, in: chat, at: sentAt)
    let ended = NewEvent.callEnded("17", as: .answered, in: chat, talkMilliseconds: 1000)
    let post = NewEvent.post("Hello", from: ana, in: chat, id: "1", url: "https://x.example/1")
    #expect([started, ended, post].map(\.kind) == [.callStarted, .callEnded, .socialPosted])
    #expect(started.source != ended.source)
    #expect(ended.effectiveDirection == .unspecified)
    #expect(post.effectiveDirection == .inbound)
  }

  @Test func whatIsStatedWinsOverTheRules() {
    var event = NewEvent.message("Hi", from: ana, in: chat)
    event.direction = .internal
    event.visibility = .restricted
    event.actorKind = .thirdParty
    event.channel = .sms
    event.precision = .day
    event.occurredAt = sentAt
    event.customer = ben
    #expect(event.effectiveDirection == .internal)
    #expect(event.effectiveVisibility == .restricted)
    #expect(event.effectiveActorKind == .thirdParty)
    #expect(event.effectiveChannel == .sms)
    #expect(event.effectivePrecision == .day)
    #expect(event.primaryIdentity == ben)
  }

  @Test func messageAmongUsIsInternal() {
    var event = NewEvent.message("psst", by: .agent("kim"), to: ana, in: chat)
    #expect(event.effectiveDirection == .outbound)
    event.visibility = .internal
    #expect(event.effectiveDirection == .internal)
    #expect(event.primaryIdentity == ana)
  }

  @Test func recordingStreamIsTheSendersOrTheFirstRecipients() throws {
    let desk = try Identity.email("help@shop.example")
    var inbound = NewEvent.message("Hi", from: ana, in: chat)
    inbound.recipients = [Recipient(.ours(desk)), .cc(ben), .bcc(ana)]
    #expect(inbound.primaryIdentity == ana)
    #expect(inbound.involved.map(\.identity) == [ben])
    #expect(inbound.involved.map(\.role) == [.cc])

    var outbound = NewEvent(MessageSent(text: "Hi"), from: .ours(desk), in: chat)
    outbound.recipients = [.to(ana), .cc(ben), .cc(ana)]
    #expect(outbound.effectiveDirection == .outbound)
    #expect(outbound.effectiveActorKind == .agent)
    #expect(outbound.primaryIdentity == ana)
    #expect(outbound.involved.map(\.identity) == [ben])
    outbound.flags.insert(.automated)
    #expect(outbound.effectiveActorKind == .automation)
  }

  @Test func participantsStandInTheBodyWhenTheEnvelopeDoesNotSayThem() throws {
    #expect(NewEvent.message("Hi", from: ana, in: chat).completedBody.participants == [])
    var event = NewEvent.message("Hi", from: ana, in: chat)
    event.fromName = "Ana"
    #expect(event.completedBody.participants == [Participant(.identity(ana), as: .from, name: "Ana")])
    event.recipients = [.cc(ben)]
    #expect(event.completedBody.participants.map(\.role) == [.from, .cc])
    #expect(event.completedBody.participants.map(\.party) == [.identity(ana), .identity(ben)])
  }

  @Test func theNameOfWhoeverActedStandsInTheBodyOfAKindWithoutParticipants() throws {
    var event = NewEvent.status(.resolved, by: .agent("kim"), in: chat)
    event.fromName = "Kim K"
    #expect(event.completedBody.payload?.actorName == "Kim K")
    var post = NewEvent(SocialPosted.with { $0.actorName = "@ana" }, from: .identity(ana), in: chat)
    post.fromName = "Ana"
    #expect(post.completedBody.payload?.actorName == "@ana", "what the body says stays")
    var message = NewEvent.message("Hi", from: ana, in: chat)
    message.fromName = "Ana"
    #expect(message.completedBody.payload?.actorName.isEmpty == true, "its participants have the name")
  }

  // MARK: - Ids

  @Test func idIsTheSourcesElseRandomAndStatedOnesWin() {
    let first = NewEvent.message("Hi", from: ana, in: chat, id: "m-17")
    let second = NewEvent.message("Hello", from: ana, in: chat, id: "m-17")
    #expect(first.id(hashing: ToyStore.hash) == second.id(hashing: ToyStore.hash))
    let random = NewEvent.message("Hi", from: ana, in: chat)
    let other = NewEvent.message("Hi", from: ana, in: chat)
    #expect(random.id(hashing: ToyStore.hash) == random.id(hashing: ToyStore.hash))
    #expect(random.id(hashing: ToyStore.hash) != other.id(hashing: ToyStore.hash))
    var stated = first
    stated.event = EventID(hex: "000102030405060708090a0b0c0d0e0f")
    #expect(stated.id(hashing: ToyStore.hash).description == "000102030405060708090a0b0c0d0e0f")
  }

  @Test func randomIDComesFromTheGivenNumbers() {
    struct Counter: RandomNumberGenerator {
      var value: UInt64 = 0
      mutating func next() -> UInt64 {
        value += 1
        return value
      }
    }
    var generator = Counter()
    let event = NewEvent(.noteAdded(NoteAdded()), using: &generator)
    #expect(event.id(hashing: ToyStore.hash) == EventID(rawValue: Bytes16(high: 1, low: 2)))
  }

  @Test func keyInputsOfDifferentSortsAndPartsNeverMeet() {
    let inputs = [
      ConversationKey(.chat, "a", thread: "b").keyInput(),
      ConversationKey(.chat, "a", account: "b", thread: "").keyInput(),
      ConversationKey(.chat, "ab", thread: "").keyInput(),
      SourceKey(system: "a", nativeID: "b").keyInput(),
      SourceKey(system: "a", nativeID: "b", revision: "1").keyInput(),
      SourceKey(system: "a", account: "b", nativeID: "").keyInput(),
      CaseKey("a", "b").keyInput(), Actor.agent("a").keyInput(), Actor.bot("a").keyInput(),
      Touchpoint("a").keyInput(),
    ]
    #expect(Set(inputs).count == inputs.count)
    #expect(
      ConversationKey(.chat, "a", thread: "b").keyInput()
        == ConversationKey(.sms, "a", thread: "b").keyInput())
  }

  @Test func keyInputIsPurposeAndPartsWithTheirLengths() {
    #expect(
      Touchpoint("shop").keyInput()
        == [20, 0, 0, 0] + Array("parley-touchpoint/v1".utf8) + [4, 0, 0, 0] + Array("shop".utf8))
  }

  // MARK: - Limits

  @Test func bodySizeIsLimited() throws {
    func event(bytes: Int) -> NewEvent {
      NewEvent(MessageSent(text: String(repeating: "x", count: bytes)))
    }
    let overhead = event(bytes: NewEvent.bodyBytesMax - 100).bodyBytes.count - (NewEvent.bodyBytesMax - 100)
    let largest = event(bytes: NewEvent.bodyBytesMax - overhead)
    #expect(try largest.validate().count == NewEvent.bodyBytesMax)
    let error = try #require(throws: EventError.self) {
      try event(bytes: NewEvent.bodyBytesMax - overhead + 1).validate()
    }
    #expect(error.code == .bodyTooLarge)
    #expect(error.message.contains("1048577") && error.message.contains("1048576"))
  }

  @Test func partsAreLimited() throws {
    func event(parts: Int) -> NewEvent {
      NewEvent(MessageSent.with { $0.parts = Array(repeating: .plain(""), count: parts) })
    }
    try event(parts: NewEvent.partsMax).validate()
    #expect(throws: EventError(.tooManyParts, "")) { try event(parts: NewEvent.partsMax + 1).validate() }
  }

  @Test func timesLieWithinTheYears1To9999() throws {
    var event = NewEvent.message("Hi", from: ana, in: chat)
    for time in [Timestamp.earliest, .latest] {
      event.occurredAt = time
      try event.validate()
    }
    for time in [Timestamp.earliest + -1, .latest + 1] {
      event.occurredAt = time
      #expect(throws: EventError(.timeOutOfRange, "")) { try event.validate() }
    }
  }

  @Test func recipientsAndPresentedIdentitiesAreLimited() throws {
    var event = NewEvent.message("Hi", from: ana, in: chat)
    event.recipients = Array(repeating: .to(ben), count: NewEvent.recipientsMax)
    event.presented = Array(repeating: PresentedIdentity(ben), count: NewEvent.presentedMax)
    try event.validate()
    event.presented.append(PresentedIdentity(ben))
    #expect(throws: EventError(.tooManyPresented, "")) { try event.validate() }
    event.recipients.append(.to(ben))
    #expect(throws: EventError(.tooManyRecipients, "")) { try event.validate() }
  }

  @Test func namesOfKeysAreLimited() throws {
    func long(_ count: Int) -> String { String(repeating: "a", count: count) }
    try ConversationKey(.chat, long(255), account: long(2048), thread: long(2048)).validate()
    try SourceKey(system: long(255), account: long(2048), nativeID: long(2048), revision: long(2048))
      .validate()
    let tooLong: [() throws -> Void] = [
      { try ConversationKey(.chat, long(256), thread: "a").validate() },
      { try ConversationKey(.chat, "a", account: long(2049), thread: "a").validate() },
      { try ConversationKey(.chat, "a", thread: long(2049)).validate() },
      { try SourceKey(system: "a", nativeID: long(2049)).validate() },
      { try SourceKey(system: "a", nativeID: "a", revision: long(2049)).validate() },
      { try CaseKey("a", long(2049)).validate() }, { try Touchpoint(long(2049)).validate() },
      { try Actor.agent(long(2049)).validate() },
    ]
    for check in tooLong { #expect(throws: EventError(.keyTooLong, "")) { try check() } }
    #expect(throws: EventError(.invalidKey, "")) { try ConversationKey(.chat, "a/b", thread: "c").validate() }
    #expect(throws: EventError(.invalidKey, "")) {
      try SourceKey(system: "a", nativeID: "b", digest: [1]).validate()
    }
  }

  @Test func eventThatSaysNothingOfWhatItIsAboutIsRefused() throws {
    let kim = Party.actor(.agent("kim"))
    let empty = [
      NewEvent(ConversationStatusChanged(), from: kim, in: chat), NewEvent(NoteAdded(), from: kim, in: chat),
      NewEvent(ConversationParticipantChanged(), from: kim, in: chat),
    ]
    for event in empty {
      #expect(throws: EventError(.missingMember, "")) { try event.validate() }
    }
    try NewEvent.status(.open, by: .agent("kim"), in: chat).validate()
    try NewEvent(MessageSent(), from: kim, in: chat).validate()
    try NewEvent(ConversationOpened(), from: kim, in: chat).validate()
  }

  @Test func bytesThatAreNoMessageAreRefused() throws {
    let event = try EventJSON.parse(#"{"kind":"kind-9999","bodyBytes":"/w=="}"#)
    #expect(throws: EventError(.invalidBody, "")) { try event.validate() }
  }
}
