import Foundation
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import ParleySimulation
import Testing

@Suite struct ConversationStoreTests {
  @Test func aConditionHoldsUntilSomethingHappensToAnyOfTheCustomersStreams() throws {
    let world = try StoreWorld()
    let store = world.store
    try world.appendThreeChannels()
    try store.linkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim"))
    let seen = try store.seen(StoreWorld.ana)
    try store.appendBlocking([
      .message(
        "not hers", from: StoreWorld.ben, in: ConversationKey(.email, "email", thread: "t-2"), id: "b2",
        at: StoreWorld.time(9))
    ])
    let asked = try #require(seen.entries.first?.positions.first)
    try store.appendBlocking([.reply("one", by: .agent("kim"), to: asked)], if: .nothingNew(since: seen))
    let again = try store.seen(StoreWorld.ana)
    try store.appendBlocking([
      .message("wait", from: StoreWorld.anaVisitor, in: StoreWorld.chat, id: "v9", at: StoreWorld.time(9))
    ])
    let head = store.head
    #expect(throws: StoreError(.somethingNew, "")) {
      try store.appendBlocking([.reply("two", by: .agent("kim"), to: asked)], if: .nothingNew(since: again))
    }
    #expect(store.head == head)
  }

  @Test func aSecondWriterIsRefused() throws {
    let world = try StoreWorld()
    #expect(throws: StoreError(.alreadyOpen, "")) { try world.reopened() }
  }

  @Test func aDirectoryWithoutAStoreIsRefused() {
    let storage = SimulatedStorage()
    #expect(throws: StoreError(.noStore, "")) {
      try ConversationStore.open(in: storage.environment(), for: .appending)
    }
  }

  @Test func aStoreOfANewerFormatIsRefused() throws {
    let world = try StoreWorld()
    world.store.log.close()
    // `{"parley":1,`: bit 3 makes a 9 of the 1.
    world.storage.disk.flip("store.json", offset: 10, bit: 3)
    for access in [StoreAccess.appending, .reading] {
      #expect(throws: StoreError(.newerFormat, "")) { try world.reopened(for: access) }
    }
  }

  @Test func anotherKeyIsRefusedRatherThanGivingOtherStreams() throws {
    let world = try StoreWorld()
    try world.appendThreeChannels()
    world.store.log.close()
    world.storage.disk.flip("key", offset: 0, bit: 0)
    for access in [StoreAccess.appending, .reading] {
      #expect(throws: StoreError(.wrongKey, "")) { try world.reopened(for: access) }
    }
  }

  @Test func everyErrorOfTheLogHasItsOwnNameHere() {
    let codes: [LogError.Code] = [
      .noStore, .directoryNotEmpty, .newerFormat, .wrongKey, .locked, .readOnly, .diskFull, .disk,
      .writerStopped, .limit, .invalidBatch, .damaged, .notWritable,
    ]
    let mapped = codes.map { StoreError(LogError($0, "what was found", file: "key", offset: 7)) }
    #expect(Set(mapped.map(\.code)).count == codes.count)
    #expect(mapped.allSatisfy { $0.message == "what was found" && $0.place.file == "key" })
  }

  @Test func anUnknownRegionIsRefused() {
    #expect(throws: StoreError(.init(rawValue: "unknown_normalization"), "")) {
      try StoreWorld(StoreOptions(region: "Atlantis"))
    }
  }

  @Test func theRegionIsFixedWhenAStoreIsCreated() throws {
    let world = try StoreWorld(StoreOptions(region: "DE"))
    world.store.log.close()
    #expect(try world.reopened(for: .reading).normalization == Normalization(region: "DE"))
  }

  @Test func aFullDiskStopsAppendsAndNothingIsHalfWritten() throws {
    let world = try StoreWorld()
    try world.store.appendBlocking([OnceTests.message("one", "1")])
    let head = world.store.head
    world.storage.plan = .capacity(0)
    #expect(throws: StoreError(.diskFull, "")) {
      try world.store.appendBlocking([OnceTests.message("two", "2")])
    }
    #expect(throws: StoreError(.writerStopped, "")) {
      try world.store.appendBlocking([OnceTests.message("three", "3")])
    }
    #expect(try world.store.seen(StoreWorld.ana).entries.count == 1, "reads go on")
    world.storage.plan = FaultPlan()
    world.store.log.close()
    let again = try world.reopened()
    #expect(again.head == head)
    #expect(try again.appendBlocking([OnceTests.message("two", "2")]) == [.stored(head)])
  }

  @Test(arguments: [1_000, 1_001])
  func aConditionNamesAtMostAThousandStreams(count: Int) throws {
    let world = try StoreWorld()
    let streams = (0..<count).map { StreamID(rawValue: Bytes16(high: 1, low: UInt64($0))) }
    let condition = AppendCondition.nothingNew(since: TimelineCondition(through: .none, streams: streams))
    let outcome = Result { try world.store.appendBlocking([OnceTests.message("one")], if: condition) }
    if count == 1_000 {
      _ = try outcome.get()
    } else {
      #expect(throws: StoreError(.limitExceeded, "")) { try outcome.get() }
    }
  }

  @Test(arguments: [65_536, 65_537])
  func aBatchHasAtMost65536EventsThoseOfTheStoreNotCounted(count: Int) throws {
    let world = try StoreWorld()
    var records: [NewRecord] = []
    for index in 0..<(count + 2) {
      var envelope = Envelope()
      envelope.stream = StreamID(rawValue: Bytes16(high: 1, low: 1))
      envelope.event = EventID(rawValue: Bytes16(high: 2, low: UInt64(index)))
      records.append(NewRecord(envelope: envelope, body: [], ifKnown: index < 2 ? .skip : .report))
    }
    let outcome = Result { try world.store.log.append(AppendBatch(records)) }
    if count == 65_536 {
      _ = try outcome.get()
      #expect(world.store.head == Position(count + 2))
    } else {
      #expect(throws: LogError(.limit, "")) { try outcome.get() }
    }
    let check = Result { try AppendLimits.check(eventCount: count) }
    if count == 65_536 {
      try check.get()
    } else {
      #expect(throws: StoreError(.limitExceeded, "")) { try check.get() }
    }
  }

  /// A message from a new visitor in a new conversation, which are three events.
  private static func firstContact(_ number: Int) -> NewEvent {
    .message(
      "hi", from: StoreWorld.identity("visitor:shop.example/\(number)"),
      in: ConversationKey(.chat, "web", thread: "\(number)"), id: "\(number)", at: StoreWorld.time(0))
  }

  #if DEBUG
  private static let isRelease = false
  #else
  private static let isRelease = true
  #endif

  @Test(.enabled(if: isRelease, "takes a minute in debug"), arguments: [43_690, 43_691])
  func whatTheStoreRecordsItselfCountsInALimitOfItsOwn(count: Int) throws {
    let world = try StoreWorld()
    let events = (0..<count).map(Self.firstContact)
    let outcome = Result { try world.store.appendBlocking(events) }
    if count * 3 <= AppendLimits.recordsMax {
      #expect(try outcome.get().count == count)
    } else {
      #expect(throws: StoreError(.limitExceeded, "")) { try outcome.get() }
      #expect(world.store.head == .start)
    }
    world.store.log.close()
    let again = try world.reopened()
    #expect(again.head == Position(count * 3 <= AppendLimits.recordsMax ? count * 3 : 0))
    #expect(try again.log.verify().isEmpty)
    let visitor = StoreWorld.identity("visitor:shop.example/7")
    #expect(try again.seen(visitor).entries.isEmpty == (again.head == .start))
  }

  @Test func independentEventsShareACommitUpToWhatAFrameHolds() throws {
    let world = try StoreWorld()
    let events = try (0..<20).map { number in
      var event = Self.firstContact(number)
      event.recipients = try (0..<NewEvent.recipientsMax).map {
        Recipient(.identity(try .email("r\($0)-\(number)@example.com")))
      }
      return event
    }
    for outcome in world.store.appendEachBlocking(events) { _ = try outcome.get() }
    let frame = try #require(try world.store.log.place(of: .start)?.frame).events
    #expect(world.store.head > Position(40_000) && frame.upperBound < Position(36_000))
    world.store.log.close()
    let again = try world.reopened()
    #expect(again.head == world.store.head)
    #expect(try again.log.verify().isEmpty)
    for outcome in again.appendEachBlocking(events) {
      guard case .alreadyStored = try outcome.get() else { return #expect(Bool(false), "\(outcome)") }
    }
  }

  @Test func anEventThatCannotBeTakenCostsNoOther() throws {
    let world = try StoreWorld()
    var noStream = Self.firstContact(1)
    noStream.knownIDs.stream = StreamID.none
    var noID = Self.firstContact(2)
    noID.event = EventID.none
    let outcomes = world.store.appendEachBlocking([
      Self.firstContact(3), noStream, Self.firstContact(4), noID, Self.firstContact(5),
    ])
    #expect(outcomes.map { (try? $0.get()) != nil } == [true, false, true, false, true])
    for refused in [outcomes[1], outcomes[3]] {
      #expect(throws: StoreError(.invalidEvent, "")) { try refused.get() }
    }
  }

  @Test func aLongSubjectOrNameFitsIntoWhatTheStoreRepeatsOfIt() throws {
    let world = try StoreWorld()
    var body = MessageSent()
    body.subject = String(repeating: "ü", count: 523_500)
    let thread = String(repeating: "t", count: 2_000)
    let event = NewEvent(
      body, from: .identity(StoreWorld.ana), in: ConversationKey(.chat, "web", thread: thread), id: "1",
      at: StoreWorld.time(0))
    let outcomes = world.store.appendEachBlocking([event, Self.firstContact(2)])
    for outcome in outcomes { _ = try outcome.get() }
    guard case .conversationOpened(let opened) = try world.allEvents()[1].body else {
      Issue.record("no opening")
      return
    }
    #expect(opened.subject.utf8.count > 16_000 && body.subject.hasPrefix(opened.subject))
  }

  @Test func eventsComeInLogOrder() async throws {
    let world = try StoreWorld()
    try world.appendThreeChannels()
    var events: [Event] = []
    for try await event in world.store.events() { events.append(event) }
    #expect(events == (try world.allEvents()))
    var some: [Position] = []
    for try await event in world.store.events(from: Position(2), to: Position(5)) {
      some.append(event.position)
    }
    #expect(some == [Position(2), Position(3), Position(4)])
  }

  @Test func aBlobIsKeptBeforeTheEventThatNamesIt() async throws {
    let world = try StoreWorld()
    let blob = try await world.store.keep(Array("a picture".utf8), as: "image/png", fileName: "me.png")
    var body = MessageSent()
    body.parts = [.blob(blob)]
    let event = NewEvent(
      body, from: .identity(StoreWorld.ana), in: StoreWorld.mail, id: "b1", at: StoreWorld.time(0))
    let receipt = try await world.store.append(event)
    guard case .messageSent(let sent) = try await world.store.event(at: receipt.position).body else {
      return #expect(Bool(false))
    }
    #expect(try await world.store.bytes(of: sent.parts[0].blob) == Array("a picture".utf8))
  }

  @Test func aReaderKeepsNoBlob() async throws {
    let world = try StoreWorld()
    let reader = try world.reopened(for: .reading)
    let before = world.storage.disk.paths
    await #expect(throws: StoreError(.notWritable, "")) { try await reader.keep([1, 2, 3]) }
    #expect(world.storage.disk.paths == before)
  }

  @Test func timesAndDatesAreTheSameMoments() {
    let before = Date()
    let now = Timestamp.now
    let after = Date()
    #expect(now >= Timestamp(before) && now <= Timestamp(after))
    let time = Timestamp(microseconds: 1_772_000_000_123_456)
    #expect(abs(Timestamp(Date(time)) - time) <= 1)
    #expect(Timestamp(Date(timeIntervalSince1970: -1.5)) == Timestamp(microseconds: -1_500_000))
    #expect(Timestamp(.distantFuture) < Timestamp(Date(timeIntervalSince1970: .infinity)))
  }

  @Test func namesBehindKeyedIdsAreFound() throws {
    let world = try StoreWorld()
    try world.appendThreeChannels()
    let names = world.store.names
    #expect(names.identity(of: world.store.stream(of: StoreWorld.ana)) == StoreWorld.ana)
    #expect(names.conversation(of: world.store.conversationID(of: StoreWorld.chat)) == StoreWorld.chat)
    #expect(names.identity(of: StreamID(rawValue: Bytes16(high: 1, low: 2))) == nil)
  }

  @Test func whatIsPassedOnToAnotherStoreKeepsItsIdsAndIsStoredOnce() throws {
    let world = try StoreWorld()
    try world.appendThreeChannels()
    let events = try world.allEvents()
    let copies = events.map { NewEvent($0, names: world.store.names) }
    #expect(try world.store.appendBlocking(copies) == events.map { .alreadyStored($0.position) })
    let other = try StoreWorld(seed: 5)
    try other.store.appendBlocking(copies)
    let passed = try other.allEvents()
    #expect(passed.map(\.kind) == events.map(\.kind))
    for (copy, event) in zip(passed, events) where !Self.isFirstUse(event) { #expect(copy.id == event.id) }
    #expect(try other.store.appendBlocking(copies).allSatisfy { $0 == .alreadyStored($0.position) })
  }

  @Test func firstUsesThatArePassedOnBecomeTheStoresOwn() throws {
    let world = try StoreWorld()
    try world.appendThreeChannels()
    let events = try world.allEvents()
    let other = try StoreWorld(seed: 5)
    try other.appendThreeChannels()
    let own = try other.allEvents().filter(Self.isFirstUse)
    let copies = events.filter(Self.isFirstUse).map { NewEvent($0, names: world.store.names) }
    let receipts = try other.store.appendBlocking(copies)
    #expect(Set(receipts) == Set(own.map { .alreadyStored($0.position) }), "whatever brought them about")
  }

  @Test func whatAnAdapterObservesAndOpensIsPassedOnAsItIs() throws {
    let world = try StoreWorld()
    var body = IdentityObserved()
    body.identity = StoreWorld.ana.record
    body.displayName = "Ana"
    var observed = NewEvent(body, from: .actor(.system("crm")), at: StoreWorld.time(0))
    observed.customer = StoreWorld.ana
    let position = try world.store.appendBlocking([observed])[0].position
    let event = try world.store.eventBlocking(at: position)
    let other = try StoreWorld(seed: 5)
    let copy = NewEvent(event, names: world.store.names)
    let passed = try other.store.eventBlocking(at: other.store.appendBlocking([copy])[0].position)
    #expect(passed.id == event.id)
  }

  private static func isFirstUse(_ event: Event) -> Bool {
    [.identityObserved, .conversationOpened].contains(event.kind)
  }
}
