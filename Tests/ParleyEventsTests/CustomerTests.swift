import ParleyEnvelope
import ParleyEvents
import Testing

struct CustomerTests {
  private let mail = try! Identity.email("ana@example.com")
  private let phone = try! Identity.phone("+49 30 1234567")
  private let chat = try! Identity.visitor("shop.example", "4051")
  private let account = try! Identity.account("eu", "4711")
  private let post = try! Identity.social("x", "2244994945")

  // MARK: - Identities

  @Test func customerIsTheSameFromAnyOfItsIdentities() throws {
    var log = IdentityScenario()
    log.link(mail, account)
    log.link(chat, account)
    log.link(phone, mail, trust: .none, basis: .agent)
    let expected = [mail, phone, chat, account].map(\.description)
    for identity in [mail, phone, chat, account] { #expect(try log.identities(of: identity) == expected) }
  }

  @Test func identityNobodyHasSeenIsACustomerOfItsOwn() throws {
    let customer = try IdentityScenario().customer(of: mail)
    #expect(customer.identities.map(\.identity) == [mail])
    #expect(customer.links.isEmpty && customer.parts.isEmpty)
    #expect(customer.streams == [IdentityScenario.stream(mail)])
  }

  @Test func claimedLinkIsASuggestionAndNotFollowed() throws {
    var log = IdentityScenario()
    log.suggest(chat, mail)
    log.link(phone, mail, trust: .claimed, basis: .sameContact)
    let customer = try log.customer(of: mail)
    #expect(customer.identities.map(\.identity) == [mail])
    #expect(customer.suggestions.map(\.first) == [chat, phone])
    #expect(customer.suggestions.map(\.position) == [Position(1), Position(3)])
  }

  @Test func whatAnAgentOrAHandoffVouchesForIsFollowedAndABareNameOnlyFromAnAgent() throws {
    let names = (try Identity.name("room", "Ana"), try Identity.name("room", "Ana M."))
    var log = IdentityScenario()
    log.link(mail, chat, trust: .none, basis: .handoff)
    log.link(mail, names.0)
    log.link(mail, names.1, trust: .none, basis: .agent)
    let customer = try log.customer(of: mail)
    #expect(customer.identities.map(\.identity) == [mail, chat, names.1])
    #expect(customer.links.map(\.basis) == [.handoff, .agent])
    #expect(customer.suggestions.map(\.second) == [names.0])
  }

  @Test func suggestionMadeAgainAfterItWasDeclinedIsListedAgain() throws {
    var log = IdentityScenario()
    log.suggest(phone, mail)
    log.refuse(phone, mail, .declined)
    log.suggest(phone, mail)
    #expect(try log.customer(of: mail).suggestions.map(\.position) == [Position(5)])
  }

  @Test func suggestionGoesWhenItIsFollowedOrDeclined() throws {
    var log = IdentityScenario()
    log.suggest(chat, mail)
    log.suggest(phone, mail)
    log.link(chat, mail)
    log.refuse(phone, mail, .declined)
    let customer = try log.customer(of: mail)
    #expect(customer.suggestions.isEmpty)
    #expect(customer.refusals.map(\.ground) == [.declined])
  }

  @Test func separationEndsTheDirectLinkAndKeepsRulesOut() throws {
    var log = IdentityScenario()
    log.link(mail, phone)
    log.separate(phone, mail)
    #expect(try log.identities(of: mail) == [mail.description])
    log.link(mail, phone)
    #expect(try log.identities(of: mail) == [mail.description])
    #expect(try log.customer(of: phone).separated == [IdentityPair(mail, phone)])
    log.link(phone, mail, trust: .none, basis: .agent)
    #expect(try log.identities(of: mail) == [mail.description, phone.description])
    #expect(try log.customer(of: phone).separated == [])
  }

  @Test func ruleCannotJoinSeparatedIdentitiesThroughOthers() throws {
    var log = IdentityScenario()
    log.separate(mail, phone)
    log.link(mail, account)
    log.link(account, phone)
    #expect(try log.identities(of: mail) == [mail, account].map(\.description))
    #expect(try log.identities(of: phone) == [phone.description])
    #expect(try log.identities(of: account) == [mail, account].map(\.description))
  }

  @Test func separationOfIdentitiesJoinedThroughOthersNamesThePath() throws {
    var log = IdentityScenario()
    log.link(mail, account)
    log.link(account, phone)
    log.link(mail, phone)
    let customer = try log.customer(of: phone)
    #expect(customer.separation(of: mail, phone) == .joinedThroughOthers([mail, account, phone]))
    #expect(customer.separation(of: mail, chat) == .notJoined)
    #expect(customer.path(from: mail, to: phone)?.count == 1)
    #expect(customer.path(from: mail, to: mail) == [])
    #expect(customer.path(from: mail, to: chat) == nil)
  }

  @Test func separationOfADirectLinkNamesWhatEnds() throws {
    var log = IdentityScenario()
    log.link(mail, phone)
    log.link(mail, phone, trust: .none, basis: .agent)
    let customer = try log.customer(of: mail)
    #expect(customer.separation(of: phone, mail) == .separate(customer.links))
    #expect(customer.links.map(\.basis) == [.contact, .agent])
  }

  @Test func sharedIdentityIsNotFollowedUntilTheSharingEnds() throws {
    var log = IdentityScenario()
    log.link(mail, phone)
    log.link(phone, account)
    log.share(phone)
    #expect(try log.identities(of: mail) == [mail.description])
    #expect(try log.customer(of: phone).shared == [phone])
    log.share(phone, ended: true)
    #expect(try log.identities(of: mail) == [mail, phone, account].map(\.description))
  }

  @Test func pastIsSeenAsItWas() throws {
    var log = IdentityScenario()
    log.observe(mail)
    let before = log.head
    log.link(mail, phone)
    let linked = log.head
    log.separate(mail, phone)
    #expect(try log.identities(of: mail, through: before) == [mail.description])
    #expect(try log.identities(of: mail, through: linked) == [mail, phone].map(\.description))
    #expect(try log.identities(of: mail) == [mail.description])
  }

  @Test func betweenTheCopiesOfALinkNeitherSideHasIt() throws {
    var log = IdentityScenario()
    log.observe(mail)
    log.observe(phone)
    var expected = Array(repeating: [mail.description], count: log.events.count)
    for _ in 0..<2 {
      log.link(mail, phone, trust: .none, basis: .agent)
      expected += [[mail.description], [mail, phone].map(\.description)]
      log.separate(mail, phone)
      expected += [[mail.description], [mail.description]]
    }
    #expect(expected.count == log.events.count)
    for (index, expected) in expected.enumerated() {
      let through = log.events[index].position
      let holders = expected.count == 1 ? [[mail.description], [phone.description]] : [expected, expected]
      #expect(try log.identities(of: mail, through: through) == holders[0], "through \(index)")
      #expect(try log.identities(of: phone, through: through) == holders[1], "through \(index)")
    }
  }

  @Test func aLinkWhoseOtherCopyCannotBeReadHolds() throws {
    var log = IdentityScenario()
    log.link(mail, phone)
    for isDamaged in [true, false] {
      var fold = CustomerFold(
        of: mail, stream: IdentityScenario.stream(mail), at: IdentityScenario.time(1_000_000))
      let own = log.events.filter { $0.envelope.stream == IdentityScenario.stream(mail) }
      try fold.add(IdentityScenario.stream(mail), own)
      #expect(fold.frontier == [IdentityScenario.stream(phone)])
      try fold.add(IdentityScenario.stream(phone), [], isDamaged: isDamaged)
      #expect(fold.customer().holds(phone) == isDamaged)
    }
  }

  @Test func linkHoldsFromItsBeginningUntilItsEnd() throws {
    var log = IdentityScenario()
    log.link(mail, phone, from: 100, until: 200)
    for (instant, isJoined) in [(99, false), (100, true), (199, true), (200, false)] as [(Int64, Bool)] {
      #expect(try log.customer(of: mail, at: instant).holds(phone) == isJoined, "at \(instant)")
    }
  }

  @Test func trustIsTheBestThatIsKnown() throws {
    var log = IdentityScenario()
    log.observe(mail)
    log.message(mail)
    log.observe(chat, .claimed)
    log.link(account, mail)
    let trust = try log.customer(of: mail).holdings.identities
    #expect(trust == [mail: .verified, account: .verified])
    #expect(try log.customer(of: chat).holdings.identities == [chat: .claimed])
  }

  @Test func largestCustomerIsReadAndOneIdentityMoreRefused() throws {
    var log = IdentityScenario()
    let others = try (0..<Customer.identitiesMax).map { try Identity.contact("chat", "c\($0)") }
    for other in others.dropLast() { log.link(mail, other) }
    let byStream = Dictionary(grouping: log.events, by: \.envelope.stream)
    var fold = CustomerFold(
      of: mail, stream: IdentityScenario.stream(mail), at: IdentityScenario.time(1_000_000))
    for _ in 0..<2 {
      for stream in fold.frontier { try fold.add(stream, byStream[stream] ?? []) }
    }
    #expect(fold.streams.count == Customer.identitiesMax)
    let stream = IdentityScenario.stream(others[Customer.identitiesMax - 1])
    #expect(throws: EventError(.customerTooLarge, "")) { try fold.add(stream, []) }
  }

  // MARK: - Recycled identities

  @Test func recycledNumberLeavesEarlierEventsWithItsFormerHolder() throws {
    var log = IdentityScenario()
    let old = log.message(phone, in: "old call", at: 10)
    log.link(mail, phone, from: 5)
    log.reassign(phone, at: 100)
    let new = log.message(phone, in: "new call", at: 150)
    let loose = log.message(phone, at: 160)
    log.link(account, phone, from: 120)
    let former = try log.customer(of: mail)
    let present = try log.customer(of: account)
    #expect(former.identities.map(\.identity) == [mail, phone])
    #expect(present.identities.map(\.identity) == [phone, account])
    #expect(former.owner(of: old.envelope) == .own(phone))
    #expect(former.owner(of: new.envelope) == .foreign)
    #expect(former.owner(of: loose.envelope) == .foreign)
    #expect(present.owner(of: old.envelope) == .foreign)
    #expect(present.owner(of: new.envelope) == .own(phone))
    #expect(present.owner(of: loose.envelope) == .own(phone))
    #expect(try log.customer(of: phone).identities.map(\.identity) == [phone, account])
  }

  @Test func linkThatEndedWhenTheNumberPassedOnStillKeepsEarlierEvents() throws {
    var log = IdentityScenario()
    let old = log.message(phone, in: "old call", at: 10)
    log.link(mail, phone, from: 5, until: 100)
    log.reassign(phone, at: 100)
    #expect(try log.customer(of: mail).owner(of: old.envelope) == .own(phone))
    #expect(try log.customer(of: phone).owner(of: old.envelope) == .foreign)
  }

  // MARK: - Parts

  @Test func partGoesWithItsIdentity() throws {
    var log = IdentityScenario()
    log.open("c", chat, presents: [(mail, .claimed)])
    log.link(chat, account)
    let customer = try log.customer(of: account)
    #expect(customer.parts.map(\.owner) == [.customerByIdentity])
    #expect(customer.parts.map(\.identity) == [chat])
    #expect(customer.owner(of: log.events[1].envelope) == .own(chat))
  }

  @Test func partsOfASharedIdentityAreNobodysButThoseSomebodyNamed() throws {
    var log = IdentityScenario()
    log.observe(phone)
    let first = log.message(phone, in: "a")
    let second = log.message(phone, in: "b")
    let loose = log.message(phone)
    log.share(phone)
    log.attribute("b", of: phone, to: mail)
    let ana = try log.customer(of: mail)
    #expect(ana.parts.map(\.conversation) == [IdentityScenario.conversation("b")])
    #expect(ana.owner(of: second.envelope) == .attributed(phone))
    #expect(ana.owner(of: first.envelope) == .foreign)
    let family = try log.customer(of: phone)
    #expect(family.parts.first?.owner == .undecided(.sharedIdentity))
    #expect(family.owner(of: first.envelope) == .undecided)
    #expect(family.owner(of: loose.envelope) == .undecided)
    #expect(family.parts.last?.owner == .another(mail, reason: "checked 5"))
  }

  @Test func partThatPresentsAnotherAccountIsContested() throws {
    var log = IdentityScenario()
    let other = try Identity.account("eu", "9")
    log.link(phone, account)
    log.open("own", phone, presents: [(account, .claimed)])
    log.open("other", phone, presents: [(other, .claimed)])
    log.open("silent", phone, presents: [])
    let customer = try log.customer(of: account)
    #expect(
      customer.parts.map(\.owner) == [
        .customerByIdentity, .undecided(.presentsAnother(other, customerHolds: [account])),
        .customerByIdentity,
      ])
  }

  @Test func partsThatPresentDifferentPeopleContestEachOther() throws {
    var log = IdentityScenario()
    let other = try Identity.account("eu", "9")
    log.open("a", phone, presents: [(account, .claimed)])
    log.open("b", phone, presents: [(other, .claimed)])
    log.open("both", phone, presents: [(account, .claimed), (other, .claimed)])
    log.open("c", phone, presents: [])
    let owners = try log.customer(of: phone).parts.map(\.owner.isCustomer)
    #expect(owners == [false, false, false, true])
  }

  @Test func browsersBlockedValuesAndOtherNetworksContestNothing() throws {
    var log = IdentityScenario()
    log.link(chat, account)
    log.link(account, post)
    log.open(
      "c", chat,
      presents: [
        (try .visitor("shop.example", "9"), .channel), (try .account("eu", "0"), .claimed),
        (try .account("us", "9"), .claimed), (try .social("y", "9"), .claimed),
        (try .phone("030 1234"), .claimed), (try .account("eu", "9"), .none),
      ])
    #expect(try log.customer(of: account).parts.map(\.owner) == [.customerByIdentity])
  }

  @Test func confirmationEndsAContest() throws {
    var log = IdentityScenario()
    let other = try Identity.account("eu", "9")
    log.link(phone, account)
    log.open("c", phone, presents: [(other, .claimed)])
    log.attribute("c", of: phone, to: phone)
    let customer = try log.customer(of: account)
    #expect(customer.parts.map(\.owner) == [.customerByAttribution(reason: "checked 4")])
    #expect(customer.owner(of: log.events[3].envelope) == .own(phone))
  }

  @Test func correctionMovesAPartAndItsUndoingBringsItBack() throws {
    var log = IdentityScenario()
    log.observe(chat)
    let message = log.message(chat, in: "c")
    let copies = log.attribute("c", of: chat, to: mail)
    #expect(try log.customer(of: chat).owner(of: message.envelope) == .another(mail, reason: "checked 2"))
    #expect(try log.customer(of: mail).owner(of: message.envelope) == .attributed(chat))
    log.attribute("c", of: chat, to: mail, undoing: copies[1])
    #expect(try log.customer(of: chat).owner(of: message.envelope) == .own(chat))
    #expect(try log.customer(of: mail).owner(of: message.envelope) == .foreign)
  }

  @Test func singleEventIsCorrectedWithoutItsConversation() throws {
    var log = IdentityScenario()
    log.observe(chat)
    let kept = log.message(chat, in: "c")
    let moved = log.message(chat, in: "c")
    let dropped = log.message(chat, in: "c")
    log.attribute(event: moved, of: chat, to: mail)
    log.attribute(event: dropped, of: chat, to: nil)
    let (visitor, ana) = (try log.customer(of: chat), try log.customer(of: mail))
    #expect(visitor.owner(of: kept.envelope) == .own(chat) && ana.owner(of: kept.envelope) == .foreign)
    #expect(visitor.owner(of: moved.envelope) == .another(mail, reason: "checked 4"))
    #expect(ana.owner(of: moved.envelope) == .attributed(chat))
    #expect(visitor.owner(of: dropped.envelope) == .another(nil, reason: "checked 6"))
  }

  @Test func partAttributedToNobodyIsShownToNobody() throws {
    var log = IdentityScenario()
    let message = log.message(chat, in: "c")
    log.attribute("c", of: chat, to: nil)
    let customer = try log.customer(of: chat)
    #expect(customer.parts.map(\.owner) == [.undecided(.attributedToNobody(reason: "checked 1"))])
    #expect(customer.owner(of: message.envelope) == .another(nil, reason: "checked 1"))
  }
}
