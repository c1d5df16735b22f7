import Parley
import ParleyEnvelope
import ParleyEvents
import Testing

/// What one store has recorded, in another one: the rules of `Schemas/json-lines.md`, "In another store".
@Suite struct PassedOnTests {
  let first: StoreWorld
  let second: StoreWorld

  init() throws {
    first = try StoreWorld()
    second = try StoreWorld(seed: 7)
    var mail = Self.mail
    mail.recipients = [.cc(StoreWorld.ben)]
    try first.store.appendBlocking([mail])
  }

  static var mail: NewEvent {
    .message("Dear all", from: StoreWorld.ana, in: StoreWorld.mail, id: "m1", at: StoreWorld.time(0))
  }

  /// Each event of a store as its line gives it.
  func passedOn(from world: StoreWorld) throws -> [NewEvent] {
    try world.allEvents().map { NewEvent($0, names: world.store.names) }
  }

  func areStored(_ events: [NewEvent], in world: StoreWorld) throws -> Bool {
    let head = world.store.head
    for event in events { try world.store.appendBlocking([event]) }
    return world.store.head > head
  }

  @Test func whatIsPassedOnIsStoredOnceInEitherStore() throws {
    let events = try passedOn(from: first)
    #expect(try areStored(events, in: second))
    #expect(try !areStored(events, in: second))
    #expect(try !areStored(events, in: first))
    #expect(try !areStored(try passedOn(from: second), in: first))
  }

  /// The pointer in Ben's stream names the mail by its id, in bytes that nobody may change.
  @Test func itKeepsTheIdByWhichOtherEventsNameIt() throws {
    _ = try areStored(try passedOn(from: first), in: second)
    let mail = try #require(try first.allEvents().first { $0.kind == .messageSent })
    let there = try #require(try second.allEvents().first { $0.kind == .messageSent })
    #expect(there.id == mail.id && there.bodyBytes == mail.bodyBytes)
    #expect(try second.store.shown(StoreWorld.ben).contains(there.position))
  }

  @Test func itIsKnownByItsIdAndNotByItsSource() throws {
    _ = try areStored(try passedOn(from: first), in: second)
    #expect(try areStored([Self.mail], in: second), "one message by two roads is two events")
    #expect(try !areStored([Self.mail], in: second))
  }
}
