import Parley
import ParleyEnvelope
import ParleyEvents
import Testing

/// Promise 13's ground: what a contact merely claims opens nobody's history.
@Suite struct PresentedTests {
  let world: StoreWorld
  var store: ConversationStore { world.store }

  init() throws { world = try StoreWorld() }

  private func chat(_ text: String, _ id: String, presents: PresentedIdentity...) -> NewEvent {
    var event = NewEvent.message(
      text, from: StoreWorld.anaVisitor, in: StoreWorld.chat, id: id, at: StoreWorld.time(2))
    event.presented = presents
    return event
  }

  private func mail() -> NewEvent {
    .message("Private.", from: StoreWorld.ana, in: StoreWorld.mail, id: "m1", at: StoreWorld.time(1))
  }

  @Test func aClaimedIdentityIsSuggestedAndNotFollowed() throws {
    let secret = try store.appendBlocking([mail()])[0].position
    try store.appendBlocking([chat("I am Ana", "1", presents: PresentedIdentity(StoreWorld.ana))])
    let customer = try store.customerBlocking(of: StoreWorld.anaVisitor)
    #expect(customer.identities.map(\.identity) == [StoreWorld.anaVisitor])
    #expect(customer.suggestions.count == 1)
    #expect(!(try store.shown(StoreWorld.anaVisitor).contains(secret)))
    #expect(try store.seen(StoreWorld.anaVisitor).suggestions.map(\.identity).contains(StoreWorld.ana))
  }

  @Test func aVerifiedIdentityIsLinkedInTheSameBatch() throws {
    let known = try store.appendBlocking([mail()])[0].position
    try store.appendBlocking([
      chat("Hello", "1", presents: PresentedIdentity(StoreWorld.ana, trust: .verified, by: .adapter))
    ])
    #expect(try store.shown(StoreWorld.anaVisitor).contains(known))
    #expect(try store.seen(StoreWorld.ana) == store.seen(StoreWorld.anaVisitor))
    let links = try world.allEvents().filter { $0.kind == .identityLinked }
    #expect(
      Set(links.map(\.envelope.stream)) == [
        store.stream(of: StoreWorld.ana), store.stream(of: StoreWorld.anaVisitor),
      ])
  }

  @Test func whatALaterMessagePresentsIsRecordedOnceHoweverOftenItIsRepeated() throws {
    try store.appendBlocking([chat("Hello", "1")])
    let claim = PresentedIdentity(StoreWorld.ana)
    try store.appendBlocking([chat("I am Ana", "2", presents: claim)])
    let head = store.head
    try store.appendBlocking([chat("Really", "3", presents: claim), chat("Yes", "4", presents: claim)])
    #expect(store.head == head.advanced(by: 2))
    let kinds = try world.allEvents().map(\.kind)
    #expect(kinds.count { $0 == .conversationParticipantChanged } == 1)
    #expect(kinds.count { $0 == .identitySuggested } == 2, "one in each stream")
  }

  @Test func aVerifiedIdentityThatContradictsWhatIsKnownIsRefusedAndRecorded() throws {
    try store.appendBlocking([mail()])
    var other = NewEvent.message(
      "Hello", from: StoreWorld.ben, in: StoreWorld.chat, id: "1", at: StoreWorld.time(3))
    other.presented = [PresentedIdentity(StoreWorld.ana, trust: .verified)]
    try store.appendBlocking([other])
    #expect(try store.customerBlocking(of: StoreWorld.ben).identities.map(\.identity) == [StoreWorld.ben])
    #expect(try store.customerBlocking(of: StoreWorld.ben).refusals.map(\.ground) == [.conflict])
  }

  @Test func aBlockedValueIsRefused() throws {
    let nobody = StoreWorld.identity("email:noreply@example.com")
    try store.appendBlocking([chat("Hello", "1", presents: PresentedIdentity(nobody))])
    let customer = try store.customerBlocking(of: StoreWorld.anaVisitor)
    #expect(customer.refusals.map(\.ground) == [.blockedValue])
    #expect(customer.suggestions.isEmpty)
  }

  @Test func linksThatOneBatchProvesCountForEachOther() throws {
    let (a, b) = (StoreWorld.identity("account:eu/1"), StoreWorld.identity("account:eu/2"))
    try store.appendBlocking([
      chat("one", "1", presents: PresentedIdentity(a, trust: .verified)),
      chat("two", "2", presents: PresentedIdentity(b, trust: .verified)),
    ])
    let customer = try store.customerBlocking(of: StoreWorld.anaVisitor)
    #expect(customer.identities.map(\.identity) == [StoreWorld.anaVisitor, a].sorted())
    #expect(customer.refusals.count == 1, "a brand has one account a customer")
  }
}
