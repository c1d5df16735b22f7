import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import Testing

@Suite struct AppendPlannerTests {
  let world: StoreWorld
  var store: ConversationStore { world.store }

  init() throws { world = try StoreWorld() }

  @Test func aFirstMessageComesAfterWhatTheStoreRecordsOfItsStreamAndConversation() throws {
    try store.appendBlocking([OnceTests.message("Hello")])
    let events = try world.allEvents()
    #expect(events.map(\.kind) == [.identityObserved, .conversationOpened, .messageSent])
    #expect(events.allSatisfy { $0.envelope.stream == store.stream(of: StoreWorld.ana) })
    #expect(events.allSatisfy { $0.envelope.occurredAt == StoreWorld.time(0) })
    guard case .identityObserved(let observed) = events[0].body,
      case .conversationOpened(let opened) = events[1].body
    else { return #expect(Bool(false)) }
    #expect(Identity(observed.identity) == StoreWorld.ana)
    #expect(ConversationKey(opened.key) == StoreWorld.chat)
    #expect(opened.initiative == .reactive)
  }

  @Test func laterMessagesBringNothingOfTheStoresOwn() throws {
    try store.appendBlocking([OnceTests.message("one", "1")])
    store.log.close()
    let again = try world.reopened()
    try again.appendBlocking([OnceTests.message("two", "2"), OnceTests.message("three", "3")])
    #expect(again.head == Position(5))
  }

  @Test func everyOtherCustomerOfAMailGetsAPointerAfterIt() throws {
    var mail = NewEvent.message(
      "Dear all", from: StoreWorld.ana, in: StoreWorld.mail, id: "m1", at: StoreWorld.time(0))
    mail.recipients = [
      .init(.ours(StoreWorld.identity("email:support@shop.example"))), .cc(StoreWorld.ben, name: "Ben"),
    ]
    let receipt = try store.appendBlocking([mail])[0]
    let events = try store.eventsBlocking(of: StoreWorld.ben)
    #expect(events.map(\.kind) == [.identityObserved, .identityInvolved])
    guard case .identityInvolved(let involved) = events[1].body else { return #expect(Bool(false)) }
    #expect(involved.role == .cc)
    #expect(Array(involved.eventID) == store.eventID(of: mail).rawValue.bytes)
    #expect(receipt.position < events[1].position)
    #expect(
      try store.eventsBlocking(of: StoreWorld.identity("email:support@shop.example")).isEmpty,
      "our own address has no stream")
  }

  @Test func whereAnswersShouldGoInvolvesNobodyInTheOriginalNorInACopy() throws {
    var mail = NewEvent.message(
      "Dear all", from: StoreWorld.ana, in: StoreWorld.mail, id: "m1", at: StoreWorld.time(0))
    mail.recipients = [
      Recipient(.identity(StoreWorld.anaPhone), as: .replyTo), .cc(StoreWorld.ben),
      Recipient(.identity(StoreWorld.ben), as: .replyTo),
    ]
    try store.appendBlocking([mail])
    let copy = try StoreWorld()
    for event in try world.allEvents() {
      try copy.store.appendBlocking([NewEvent(event, names: store.names)])
    }
    for store in [store, copy.store] {
      #expect(try store.eventsBlocking(of: StoreWorld.anaPhone).isEmpty)
      #expect(
        try store.eventsBlocking(of: StoreWorld.ben).map(\.kind) == [.identityObserved, .identityInvolved])
    }
    #expect(try copy.allEvents().map(\.kind) == world.allEvents().map(\.kind))
  }

  @Test func whatGoesOutIsRecordedWithItsFirstRecipient() throws {
    var mail = NewEvent(
      MessageSent(text: "Your parcel"), from: .actor(.agent("kim")), in: StoreWorld.mail, id: "o1",
      at: StoreWorld.time(0))
    mail.recipients = [.to(StoreWorld.ben), .to(StoreWorld.ana)]
    let position = try store.appendBlocking([mail])[0].position
    let event = try store.eventBlocking(at: position)
    #expect(event.envelope.stream == store.stream(of: StoreWorld.ben))
    #expect(event.envelope.direction == .outbound)
    #expect(event.envelope.actor == store.actorID(of: .agent("kim")))
    #expect(
      try store.eventsBlocking(of: StoreWorld.ana).map(\.kind) == [.identityObserved, .identityInvolved])
  }

  @Test func aReplyTakesCustomerConversationAndChannelOfWhatItAnswers() throws {
    let asked = try store.appendBlocking([OnceTests.message("Where?")])[0]
    let answer = try store.appendBlocking([.reply("On its way.", by: .agent("kim"), to: asked)])[0]
    let event = try store.eventBlocking(at: answer.position)
    #expect(event.envelope.stream == store.stream(of: StoreWorld.ana))
    #expect(event.envelope.conversation == store.conversationID(of: StoreWorld.chat))
    #expect(event.envelope.channel == .chat)
    #expect(event.envelope.precision == .unknown)
    guard case .messageSent(let message) = event.body else { return #expect(Bool(false)) }
    #expect(
      Array(message.inReplyTo.eventID) == (try store.eventBlocking(at: asked.position)).id.rawValue.bytes)
  }

  @Test func aReplyToNothingIsRefused() {
    #expect(throws: StoreError(.noSuchEvent, "")) {
      try store.appendBlocking([.reply("?", by: .agent("kim"), to: Position(0))])
    }
  }

  @Test func aNoteGoesToTheCustomerOfItsConversationAlsoAfterReopening() throws {
    try store.appendBlocking([OnceTests.message("Hello")])
    store.log.close()
    let again = try world.reopened()
    var note = NewEvent.note("angry", by: .agent("kim"), in: StoreWorld.chat, at: StoreWorld.time(5))
    note.conversation?.channel = .unspecified
    let position = try again.appendBlocking([note])[0].position
    let envelope = try again.eventBlocking(at: position).envelope
    #expect(envelope.stream == again.stream(of: StoreWorld.ana))
    #expect(envelope.channel == .chat, "the conversation's")
    #expect(envelope.visibility == .internal)
  }

  @Test func aNoteInAConversationThatNobodyOpenedIsRefused() {
    #expect(throws: StoreError(.noStream, "")) {
      try store.appendBlocking([.note("?", by: .agent("kim"), in: StoreWorld.chat)])
    }
    #expect(store.head == .start)
  }

  @Test func recordsOfTheStoreHaveAStreamOfTheirOwn() throws {
    var body = RecordImport()
    body.format = "eml"
    let record = NewEvent(body, from: .actor(.system("import")))
    let position = try store.appendBlocking([record])[0].position
    let stream = try store.eventBlocking(at: position).envelope.stream
    #expect(stream == store.stream(of: StoreWorld.identity("system:store")))
  }

  @Test func aLocalNumberIsResolvedByTheStoresRegion() throws {
    let world = try StoreWorld(StoreOptions(region: "DE"))
    let local = try Identity.phone("030 123456")
    try world.store.appendBlocking([
      .message("Hello", from: local, in: StoreWorld.chat, id: "1", at: StoreWorld.time(0))
    ])
    #expect(try world.store.eventsBlocking(of: StoreWorld.identity("phone:+4930123456")).count == 3)
    #expect(try world.store.eventsBlocking(of: local).count == 3)
  }
}
