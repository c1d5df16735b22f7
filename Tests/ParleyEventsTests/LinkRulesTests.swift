import ParleyEvents
import Testing

struct LinkRulesTests {
  private let rules = LinkRules.standard
  private let chat = try! Identity.visitor("shop.example", "4051")
  private let account = try! Identity.account("eu", "4711")
  private let ana = try! Identity.email("ana@example.com")
  private let ben = try! Identity.email("ben@example.com")

  private func decide(
    _ link: ProposedLink, _ first: [Identity: IdentityTrust] = [:], _ second: [Identity: IdentityTrust] = [:]
  ) -> LinkDecision {
    rules.decide(
      link, first: LinkHoldings(first.merging([link.first: .channel]) { max($0, $1) }),
      second: LinkHoldings(second.merging([link.second: .channel]) { max($0, $1) }))
  }

  private func ground(_ decision: LinkDecision) -> IdentityRefused.Ground? {
    if case .refuse(let refusal) = decision { refusal.ground } else { nil }
  }

  @Test func verifiedConfirmedAndCarriedLinksAreFollowed() {
    #expect(decide(ProposedLink(chat, account, trust: .verified)) == .follow)
    #expect(decide(ProposedLink(chat, account, trust: .none, basis: .agent)) == .follow)
    #expect(decide(ProposedLink(chat, account, trust: .none, basis: .handoff)) == .follow)
  }

  @Test(arguments: [IdentityTrust.none, .claimed, .channel])
  func whatAContactMerelyClaimsIsSuggested(_ trust: IdentityTrust) {
    #expect(decide(ProposedLink(chat, account, trust: trust)) == .suggest)
  }

  @Test func joinedIdentitiesAreLeftAlone() {
    #expect(decide(ProposedLink(chat, account, trust: .verified), [account: .verified]) == .alreadyJoined)
    #expect(decide(ProposedLink(chat, chat, trust: .verified)) == .alreadyJoined)
  }

  @Test(arguments: [
    "account:eu/0", "account:eu/000", "account:eu/-1", "account:null", "visitor:shop.example/Anonymous",
    "social:x/unknown", "device:00000000-0000-0000-0000-000000000000", "email:noreply@example.com",
    "email:Unknown@example.com", "phone:+266696687", "phone:+0", "phone:030 1234", "organization:acme",
    "agent:kim",
  ])
  func uselessValuesAreRefusedEvenFromAnAgent(_ text: String) throws {
    let identity = try Identity(parsing: text)
    #expect(ground(decide(ProposedLink(ana, identity, trust: .verified, basis: .agent))) == .blockedValue)
    #expect(ground(decide(ProposedLink(identity, ana, trust: .claimed))) == .blockedValue)
  }

  @Test func bareNameIsLinkedOnlyByAPerson() throws {
    let name = try Identity.name("room", "Ana")
    #expect(decide(ProposedLink(ana, name, trust: .verified)) == .suggest)
    #expect(decide(ProposedLink(ana, name, trust: .verified, basis: .handoff)) == .suggest)
    #expect(decide(ProposedLink(ana, name, trust: .none, basis: .agent)) == .follow)
  }

  @Test func limitOfOneKindIsTakenAndOneMoreRefused() throws {
    func emails(_ count: Int) throws -> [Identity: IdentityTrust] {
      Dictionary(
        uniqueKeysWithValues: try (0..<count).map { (try .email("ana\($0)@example.com"), .channel) })
    }
    let link = ProposedLink(try .email("ana0@example.com"), ben, trust: .none, basis: .agent)
    #expect(decide(link, try emails(4)) == .follow)
    #expect(ground(decide(link, try emails(5))) == .tooMany)
  }

  @Test func oneAccountOfABrandIsTakenAndASecondRefused() throws {
    let link = ProposedLink(chat, account, trust: .none, basis: .agent)
    #expect(decide(link, [try .account("us", "4711"): .verified]) == .follow)
    #expect(ground(decide(link, [try .account("eu", "4712"): .verified])) == .tooMany)
  }

  @Test func contactsCountOnlyForTheLargestCustomer() throws {
    func contacts(_ count: Int) throws -> [Identity: IdentityTrust] {
      Dictionary(uniqueKeysWithValues: try (0..<count).map { (try .contact("chat", "c\($0)"), .channel) })
    }
    let link = ProposedLink(try .contact("chat", "c0"), ana, trust: .none, basis: .agent)
    #expect(decide(link, try contacts(Customer.identitiesMax - 1)) == .follow)
    #expect(ground(decide(link, try contacts(Customer.identitiesMax))) == .tooMany)
  }

  @Test func differentValuesOfOneKindOnBothSidesAreAConflict() {
    let link = ProposedLink(chat, account, trust: .verified)
    #expect(ground(decide(link, [ana: .channel], [ben: .channel])) == .conflict)
    #expect(ground(decide(ProposedLink(ana, ben, trust: .verified))) == .conflict)
  }

  @Test func mereClaimsMakeNoConflict() {
    #expect(decide(ProposedLink(chat, account, trust: .verified), [ana: .channel], [:]) == .follow)
    let decision = decide(ProposedLink(chat, account, trust: .verified), [ana: .claimed], [ben: .channel])
    #expect(ground(decision) == .alreadyFollowed)
  }

  @Test func severalBrowsersAreNoConflict() throws {
    let other = try Identity.visitor("shop.example", "99")
    #expect(decide(ProposedLink(chat, account, trust: .verified), [:], [other: .channel]) == .follow)
  }

  @Test func valuesOfDifferentNetworksAreNoConflict() throws {
    let link = ProposedLink(try .social("x", "1"), try .social("y", "2"), trust: .verified)
    #expect(decide(link) == .follow)
  }

  @Test func twoEstablishedCustomersAreJoinedOnlyByAPerson() throws {
    let (phone, post) = (try Identity.phone("+49 30 1"), try Identity.social("x", "1"))
    let held = ([phone: IdentityTrust.channel], [post: IdentityTrust.channel])
    #expect(ground(decide(ProposedLink(chat, account, trust: .verified), held.0, held.1)) == .alreadyFollowed)
    #expect(decide(ProposedLink(chat, account, trust: .none, basis: .agent), held.0, held.1) == .follow)
  }

  @Test func aPersonOverridesAConflict() {
    #expect(decide(ProposedLink(ana, ben, trust: .none, basis: .agent)) == .follow)
  }

  @Test func separatedPairKeepsRulesFromJoiningTheirCustomers() {
    let link = ProposedLink(chat, account, trust: .verified)
    let first = LinkHoldings([chat: .channel, ana: .channel], separated: [IdentityPair(account, ana)])
    let second = LinkHoldings([account: .verified])
    #expect(ground(rules.decide(link, first: first, second: second)) == .separated)
    let confirmed = ProposedLink(chat, account, trust: .none, basis: .agent)
    #expect(ground(rules.decide(confirmed, first: first, second: second)) == .separated)
    let veryPair = ProposedLink(ana, account, trust: .none, basis: .agent)
    #expect(rules.decide(veryPair, first: first, second: second) == .follow)
  }

  @Test func sharedIdentityJoinsNobody() {
    let link = ProposedLink(chat, account, trust: .none, basis: .agent)
    let shared = LinkHoldings([chat: .channel], shared: [chat])
    #expect(
      ground(rules.decide(link, first: shared, second: LinkHoldings([account: .verified]))) == .conflict)
  }

  @Test func refusalNeverNamesAValue() {
    guard case .refuse(let refusal) = decide(ProposedLink(ana, ben, trust: .verified)) else {
      Issue.record("followed")
      return
    }
    #expect(!refusal.reason.contains("ana") && !refusal.reason.contains("@"))
  }
}
