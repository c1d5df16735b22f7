import ParleyEnvelope
import ParleyEvents
import ParleyLog
import ParleySimulation
import Testing

@testable import Parley

/// Promise 7: a timeline is the same from any of a customer's identities and holds every event of all of them; and
/// linking and unlinking lose and move nothing.
@Suite struct NoContextLostTests {
  let world: StoreWorld
  var store: ConversationStore { world.store }

  init() throws {
    world = try StoreWorld()
    try world.appendThreeChannels()
  }

  private func linkAna() throws {
    #expect(try store.linkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim")) == .linked)
    #expect(try store.linkBlocking(StoreWorld.anaPhone, StoreWorld.anaVisitor, by: .agent("kim")) == .linked)
  }

  @Test func aTimelineIsTheSameFromAnyOfTheCustomersIdentities() throws {
    try linkAna()
    let seen = try store.seen(StoreWorld.ana)
    #expect(seen.identities.map(\.identity) == [StoreWorld.ana, StoreWorld.anaPhone, StoreWorld.anaVisitor])
    #expect(try store.seen(StoreWorld.anaPhone) == seen)
    #expect(try store.seen(StoreWorld.anaVisitor) == seen)
  }

  @Test func itHoldsEveryEventOfAllOfThemAndNobodyElses() throws {
    try linkAna()
    let seen = try store.seen(StoreWorld.anaPhone)
    let messages = try world.allEvents().filter { $0.kind == .messageSent || $0.kind == .callStarted }
    let own = messages.filter { $0.envelope.stream != store.stream(of: StoreWorld.ben) }
    let shown = Set(seen.entries.flatMap(\.positions))
    #expect(own.count == 3)
    #expect(shown.isSuperset(of: own.map(\.position)))
    #expect(shown.isDisjoint(with: messages.filter { !own.contains($0) }.map(\.position)))
  }

  @Test func anEventInSomebodyElsesStreamThatInvolvesTheCustomerIsShownWhole() throws {
    var mail = NewEvent.message(
      "Ana knows about it.", from: StoreWorld.ben, in: StoreWorld.mail, id: "cc", at: StoreWorld.time(9))
    mail.recipients = [.cc(StoreWorld.ana)]
    let position = try store.appendBlocking([mail])[0].position
    #expect(try store.shown(StoreWorld.ana).contains(position))
    try linkAna()
    #expect(try store.shown(StoreWorld.anaPhone).contains(position), "also from an identity it does not name")
    #expect(!(try store.seen(StoreWorld.ana)).identities.contains { $0.identity == StoreWorld.ben })
  }

  @Test func unlinkingGivesEachSideBackExactlyWhatItHad() throws {
    let before = try [StoreWorld.ana, StoreWorld.anaVisitor].map { try store.shown($0) }
    #expect(try store.linkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim")) == .linked)
    let events = try world.allEvents()
    let decision = try store.unlinkBlocking(
      StoreWorld.anaVisitor, StoreWorld.ana, by: .agent("kim"), reason: "a kiosk")
    guard case .separate(let ended) = decision else { return #expect(Bool(false), "\(decision)") }
    #expect(ended.count == 1)
    for (identity, was) in zip([StoreWorld.ana, StoreWorld.anaVisitor], before) {
      let messages = Set(events.filter { $0.kind == .messageSent }.map(\.position))
      #expect(try store.shown(identity).intersection(messages) == was.intersection(messages))
    }
    #expect(try Array(world.allEvents().prefix(events.count)) == events, "no event moved or changed")
  }

  @Test func separatingWhatIsJoinedThroughOthersIsRefusedAndNamesTheWay() throws {
    try linkAna()
    let head = store.head
    let decision = try store.unlinkBlocking(StoreWorld.ana, StoreWorld.anaPhone, by: .agent("kim"))
    #expect(
      decision == .joinedThroughOthers([StoreWorld.ana, StoreWorld.anaVisitor, StoreWorld.anaPhone]))
    #expect(store.head == head)
  }

  @Test func aLinkMadeTwiceIsRecordedOnce() throws {
    try linkAna()
    let head = store.head
    #expect(try store.linkBlocking(StoreWorld.ana, StoreWorld.anaPhone, by: .agent("kim")) == .alreadyJoined)
    #expect(store.head == head)
  }

  @Test func aRefusedLinkIsRecordedAndNotFollowed() throws {
    let outcome = try store.linkBlocking(
      StoreWorld.ana, StoreWorld.ben, by: .system("crm"), basis: .contact)
    guard case .refused(let refusal) = outcome else { return #expect(Bool(false), "\(outcome)") }
    #expect(refusal.ground == .conflict)
    let customer = try store.customerBlocking(of: StoreWorld.ana)
    #expect(customer.identities.map(\.identity) == [StoreWorld.ana])
    #expect(customer.refusals.map(\.ground) == [.conflict])
  }

  @Test func damageInACustomersStreamIsNamedInItsTimeline() throws {
    var big = NewEvent.message(
      String(repeating: "x", count: 70_000), from: StoreWorld.ana, in: StoreWorld.mail, id: "big",
      at: StoreWorld.time(20))
    big.flags = []
    let position = try store.appendBlocking([big])[0].position
    try store.appendBlocking([
      .message("after", from: StoreWorld.ana, in: StoreWorld.mail, id: "m9", at: StoreWorld.time(21))
    ])
    store.log.close()
    try flipBytes(of: String(repeating: "x", count: 64))
    let damaged = try world.reopened(for: .reading)
    let seen = try damaged.seen(StoreWorld.ana)
    let shown = Set(seen.entries.flatMap(\.positions))
    #expect(!seen.entries.isEmpty)
    #expect(try damaged.eventsBlocking(of: StoreWorld.ana).damaged.contains { $0.positions.contains(position) })
    #expect(shown.isSuperset(of: [Position(4)]), "everything else is still shown")
  }

  /// Flips one byte inside the largest active segment's content, far behind what was durable first.
  private func flipBytes(of text: String) throws {
    for name in try world.storage.list("active") where name.hasSuffix(".seg") {
      let file = try world.storage.open("active/\(name)", .readWrite)
      let bytes = try file.read(try file.size(), at: 0)
      // The long body compresses to a run: the frame that holds it lies in front of the last one.
      let target = bytes.lastIndex(of: UInt8(ascii: "x")).map { $0 } ?? bytes.count / 2
      let flipped: [UInt8] = [bytes[target] ^ 0x40]
      try file.write(flipped.span.bytes, at: target)
    }
  }
}
