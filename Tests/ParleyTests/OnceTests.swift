import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import Testing

/// Promise 3: the same source message appended again is stored once; three answers.
@Suite struct OnceTests {
  let world: StoreWorld
  var store: ConversationStore { world.store }

  init() throws { world = try StoreWorld() }

  static func message(_ text: String, _ id: String? = "m-17") -> NewEvent {
    .message(text, from: StoreWorld.ana, in: StoreWorld.chat, id: id, at: StoreWorld.time(0))
  }

  @Test func theSameMessageAppendedAgainIsAnsweredWithItsOldPosition() throws {
    let first = try store.appendBlocking([Self.message("Where is order 4711?")])
    #expect(first == [.stored(Position(2))], "after what the store records of stream and conversation")
    let head = store.head
    #expect(try store.appendBlocking([Self.message("Where is order 4711?")]) == [.alreadyStored(Position(2))])
    #expect(store.head == head, "nothing is recorded for a duplicate")
    let later = try reopened()
    #expect(try later.appendBlocking([Self.message("Where is order 4711?")]) == [.alreadyStored(Position(2))])
    #expect(later.head == head)
  }

  @Test func theSameIdWithDifferentContentIsRefusedAndStoresNothing() throws {
    try store.appendBlocking([Self.message("Where is order 4711?")])
    let head = store.head
    #expect(throws: StoreError(.differentContent, "")) {
      try store.appendBlocking([Self.message("Where is order 4712?")])
    }
    #expect(store.head == head)
  }

  @Test func theSourcesDigestDecidesWhatTheSameContentIs() throws {
    var first = Self.message("Hello")
    first.source?.digest = Array(repeating: 1, count: 32)
    var reencoded = Self.message("Hello ")
    reencoded.source?.digest = Array(repeating: 1, count: 32)
    var other = Self.message("Hello")
    other.source?.digest = Array(repeating: 2, count: 32)
    let receipt = try store.appendBlocking([first])[0]
    #expect(try store.appendBlocking([reencoded]) == [.alreadyStored(receipt.position)])
    #expect(throws: StoreError(.differentContent, "")) { try store.appendBlocking([other]) }
  }

  @Test func aValueWithoutASourceKeepsItsIdHoweverOftenItIsAppended() throws {
    let event = Self.message("Hello", nil)
    let receipt = try store.appendBlocking([event])[0]
    #expect(try store.appendBlocking([event]) == [.alreadyStored(receipt.position)])
    let same = try store.appendBlocking([Self.message("Hello", nil)])[0]
    #expect(same != .alreadyStored(receipt.position), "another value is another event")
  }

  @Test func aBatchOfWhichSomeAreKnownStoresTheRestInOneFrame() throws {
    let known = try store.appendBlocking([Self.message("one", "1"), Self.message("two", "2")])
    let receipts = try store.appendBlocking([
      Self.message("one", "1"), Self.message("three", "3"), Self.message("two", "2"),
    ])
    #expect(receipts[0] == .alreadyStored(known[0].position))
    #expect(receipts[2] == .alreadyStored(known[1].position))
    #expect(receipts[1] == .stored(Position(4)))
    #expect(store.head == Position(5))
  }

  @Test func aBatchOfWhichSomeAreKnownIsRefusedUnderACondition() throws {
    try store.appendBlocking([Self.message("one", "1")])
    let seen = try store.timelineBlocking(of: StoreWorld.ana, for: .agent("kim"))
    let head = store.head
    #expect(throws: StoreError(.partlyKnown, "")) {
      try store.appendBlocking(
        [Self.message("one", "1"), Self.message("two", "2")], if: .nothingNew(since: seen))
    }
    #expect(store.head == head)
  }

  @Test func duplicatesAreDecidedBeforeConditions() throws {
    let seen = try store.timelineBlocking(of: StoreWorld.ana, for: .agent("kim"))
    let receipt = try store.appendBlocking([Self.message("one", "1")], if: .nothingNew(since: seen))[0]
    #expect(
      try store.appendBlocking([Self.message("one", "1")], if: .nothingNew(since: seen))
        == [.alreadyStored(receipt.position)], "the condition no longer holds, but the event is there")
  }

  @Test func anEventTwiceInOneBatchIsRefused() {
    #expect(throws: StoreError(.repeatedID, "")) {
      try store.appendBlocking([Self.message("one", "1"), Self.message("one", "1")])
    }
    #expect(store.head == .start)
  }

  @Test func eachOfManyEventsHasItsOwnOutcome() throws {
    try store.appendBlocking([Self.message("one", "1")])
    var tooLate = Self.message("late", "4")
    tooLate.occurredAt = Timestamp(microseconds: Timestamp.latest.microseconds + 1)
    let outcomes = store.appendEachBlocking([
      Self.message("one", "1"), Self.message("changed", "1"), Self.message("two", "2"), tooLate,
      Self.message("two", "2"), .note("?", by: .agent("kim"), in: StoreWorld.mail),
    ])
    #expect(outcomes[0] == .success(.alreadyStored(Position(2))))
    #expect(outcomes[1] == .failure(StoreError(.differentContent, "")))
    #expect(outcomes[2] == .success(.stored(Position(3))))
    #expect(outcomes[3] == .failure(StoreError(.init(rawValue: "time_out_of_range"), "")))
    #expect(outcomes[4] == .success(.alreadyStored(Position(3))))
    #expect(outcomes[5] == .failure(StoreError(.noStream, "")))
    #expect(store.head == Position(4))
  }

  @Test func moreIndependentEventsThanShareACommitAreAllStoredInOrder() throws {
    let count = AppendRun.sharedEventsMax + 1
    let events = (0..<count).map { Self.message("x", "\($0 % (count - 1))") }
    let outcomes = store.appendEachBlocking(events)
    #expect(outcomes.dropLast().map { try? $0.get().position } == (0..<(count - 1)).map { Position($0 + 2) })
    #expect(outcomes.last == .success(.alreadyStored(Position(2))))
  }

  @Test func manyTasksAppendingTheSameEventStoreItOnce() async throws {
    let store = store
    let receipts = try await withThrowingTaskGroup(of: AppendReceipt.self) { group in
      for _ in 0..<32 { group.addTask { try await store.append(Self.message("Hello")) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(receipts.map(\.position)).count == 1)
    #expect(receipts.count { $0 == .stored($0.position) } == 1)
    #expect(store.head == Position(3), "one message, one stream, one conversation")
  }

  private func reopened() throws -> ConversationStore {
    store.log.close()
    return try world.reopened()
  }
}
