import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import ParleySimulation
import Testing

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

  @Test func aLinkByABotOrARuleNeverPassesForAnAgents() throws {
    let head = store.head
    for actor in [Actor.bot("helper"), .automation("rule-1"), .system("crm")] {
      #expect(throws: StoreError(.init(rawValue: "invalid_actor"), "")) {
        try store.linkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: actor)
      }
      #expect(store.head == head)
    }
    let claimed = try store.linkBlocking(
      StoreWorld.ana, StoreWorld.anaVisitor, by: .bot("helper"), trust: .claimed, basis: .contact)
    #expect(claimed == .suggested)
  }

  @Test func aTimelineIsTheSameFromAnyOfTheCustomersIdentities() throws {
    try linkAna()
    let seen = try store.seen(StoreWorld.ana)
    #expect(seen.identities.map(\.identity) == [StoreWorld.ana, StoreWorld.anaPhone, StoreWorld.anaVisitor])
    #expect(try store.seen(StoreWorld.anaPhone) == seen)
    #expect(try store.seen(StoreWorld.anaVisitor) == seen)
    #expect(try store.bytes(StoreWorld.anaVisitor) == seen.json())
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
    let before = try segment()
    let position = try store.appendBlocking([
      .message("lost", from: StoreWorld.ana, in: StoreWorld.mail, id: "m8", at: StoreWorld.time(20))
    ])[0].position
    let after = try segment()
    try store.appendBlocking([
      .message("after", from: StoreWorld.ana, in: StoreWorld.mail, id: "m9", at: StoreWorld.time(21))
    ])
    let whole = try store.shown(StoreWorld.ana)
    store.log.close()
    let changed = after.bytes.indices.filter {
      $0 >= before.bytes.count || before.bytes[$0] != after.bytes[$0]
    }
    let last = try #require(changed.last { after.bytes[$0] != 0 })
    world.storage.disk.flip(after.path, offset: last - 20, bit: 3)
    let damaged = try world.reopened(for: .reading)
    let seen = try damaged.seen(StoreWorld.ana)
    let shown = Set(seen.entries.flatMap(\.positions))
    #expect(whole.subtracting(shown).isSubset(of: [position]), "everything else is still shown")
    #expect(try damaged.eventsBlocking(of: StoreWorld.ana).damaged.map(\.positions.lowerBound) == [position])
    let named = seen.entries.contains { entry in
      if case .gap(let gap) = entry.content { gap.reason == .damaged && gap.first == position } else { false }
    }
    #expect(named, "the timeline says what it can't show")
    let gap = try #require(seen.entries.first { $0.position == position })
    #expect(gap.time.time == StoreWorld.time(20) && !gap.isUndated, "its envelope says when it was")
  }

  @Test func anAnswerGoesWhereTheEnvelopeOfADamagedEventSays() throws {
    let (place, asked) = try askedInANewConversation()
    world.storage.disk.flip(place.file, offset: place.contents.bytes.lowerBound, bit: 3)
    let damaged = try world.reopened()
    for reply in [Self.reply(to: asked), Self.reply(to: nil)] {
      let receipt = try damaged.appendBlocking([reply])[0]
      let event = try damaged.eventBlocking(at: receipt.position)
      #expect(event.envelope.stream == damaged.stream(of: StoreWorld.ana))
      #expect(event.envelope.channel == .chat)
    }
  }

  @Test func anAnswerToWhatNobodyCanReadIsRefusedAsDamaged() throws {
    let (place, asked) = try askedInANewConversation()
    world.storage.disk.flip(place.file, offset: place.envelopes.bytes.lowerBound, bit: 3)
    let damaged = try world.reopened()
    for reply in [Self.reply(to: asked), Self.reply(to: nil)] {
      #expect(throws: StoreError(.damaged, "")) { try damaged.appendBlocking([reply]) }
    }
    var named = Self.reply(to: nil)
    named.customer = StoreWorld.ana
    try damaged.appendBlocking([named])
  }

  private static let newChat = ConversationKey(.chat, "web", thread: "new")

  private func askedInANewConversation() throws -> (EventPlace, AppendReceipt) {
    let asked = try store.appendBlocking([
      .message("Lost?", from: StoreWorld.ana, in: Self.newChat, id: "m8", at: StoreWorld.time(20))
    ])[0]
    let place = try #require(try store.log.place(of: asked.position))
    store.log.close()
    return (place, asked)
  }

  /// A reply to an event, or else into the conversation alone.
  private static func reply(to asked: AppendReceipt?) -> NewEvent {
    if let asked { return .reply("Found.", by: .agent("kim"), to: asked) }
    return NewEvent(MessageSent(text: "Found."), from: .actor(.agent("kim")), in: newChat)
  }

  @Test(arguments: [StoreAccess.reading, .appending])
  func whatHidesWhoseItIsIsNamedInEveryTimelineFromThereOn(access: StoreAccess) throws {
    let last = store.head
    let lost = try store.appendBlocking([
      .message("lost", from: StoreWorld.ana, in: StoreWorld.mail, id: "m8", at: StoreWorld.time(20))
    ])[0].position
    let place = try #require(try store.log.place(of: lost))
    try store.appendBlocking([
      .message("after", from: StoreWorld.ana, in: StoreWorld.mail, id: "m9", at: StoreWorld.time(21))
    ])
    store.log.close()
    world.storage.disk.flip(place.file, offset: place.envelopes.bytes.lowerBound, bit: 3)
    let damaged = try world.reopened(for: access)
    for identity in [StoreWorld.ana, StoreWorld.ben] {
      let gaps = try damaged.seen(identity).entries.filter(\.isUndated)
      #expect(gaps.map(\.position) == [lost])
      let customer = try damaged.customerBlocking(of: identity)
      #expect(customer.gaps.map(\.first) == [lost] && customer.gaps.map(\.last) == [lost])
    }
    let before = Position(last.rawValue - 1)
    #expect(!(try damaged.seen(StoreWorld.ana, asOf: before).entries.contains(where: \.isUndated)))
    #expect(try damaged.seen(StoreWorld.ana, asOf: lost).entries.contains(where: \.isUndated))
  }

  /// The active segment as it is now.
  private func segment() throws -> (path: String, bytes: [UInt8]) {
    let name = try #require(try world.storage.list("active").last { $0.hasSuffix(".seg") })
    let file = try world.storage.open("active/\(name)", .read)
    return ("active/\(name)", try file.read(try file.size(), at: 0))
  }
}
