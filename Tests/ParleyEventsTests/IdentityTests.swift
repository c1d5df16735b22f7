import ParleyEvents
import Testing

struct IdentityTests {
  @Test func textFormGivesTheSameIdentityAgain() throws {
    let identities: [Identity] = [
      try .email("Ana@Example.com"), try .phone("+49 30 1234567"), try .social("X", "2244994945"),
      try .visitor("shop.example", "40/51"), try .account("", "a/b"), try .account("", "/a"),
      try .account("eu", "4711"), try .device("d-1"), try .contact("webchat", "c-1"),
      try .name("room", "Ana"),
      try .organization("acme/eu"), try .agent("kim"), try .system("records"), try .phone("030 1234"),
    ]
    for identity in identities {
      #expect(try Identity(parsing: identity.description) == identity)
    }
  }

  @Test func factoriesGiveWhatTheTextFormGives() throws {
    #expect(try Identity.email("Ana@Example.com").description == "email:ana@example.com")
    #expect(try Identity.social("X", "224").description == "social:x/224")
    #expect(try Identity.visitor("Shop.example", "4051").description == "visitor:shop.example/4051")
    #expect(try Identity.account("eu", "4711").description == "account:eu/4711")
    #expect(try Identity(parsing: "phone:0049 30 1234567") == .phone("+49 30 1234567"))
  }

  @Test func onlyScopedKindsAreCutAtTheFirstSlash() throws {
    let organization = try Identity(parsing: "organization:acme/eu")
    #expect(organization.scope == "" && organization.value == "acme/eu")
    let account = try Identity(parsing: "account:eu/a/b")
    #expect(account.scope == "eu" && account.value == "a/b")
  }

  @Test func localNumberIsResolvedOnlyInAStoreWithARegion() throws {
    let local = try Identity.phone("030 1234567")
    #expect(local.description == "phone:local/0301234567" && local.isLocalPhone)
    #expect(local.resolved(by: .standard) == local)
    let german = try local.resolved(by: Normalization(region: "de"))
    #expect(german == (try .phone("+49 30 1234567")) && !german.isLocalPhone)
    #expect(german.resolved(by: try Normalization(region: "US")) == german)
  }

  @Test func unknownRegionAndVersionAreRefused() {
    #expect(throws: EventError(.unknownNormalization, "")) { try Normalization(region: "XX") }
    #expect(throws: EventError(.unknownNormalization, "")) { try Normalization(version: 2) }
  }

  @Test func longestIdentityIsTakenAndOneByteMoreRefused() throws {
    let account = try Identity.account("eu", String(repeating: "a", count: Identity.bytesMax - 2))
    #expect(account.value.utf8.count == 1022)
    #expect(throws: EventError(.identityTooLong, "")) {
      try Identity.account("eu", String(repeating: "a", count: Identity.bytesMax - 1))
    }
  }

  @Test func longestTextIsLookedAtAndOneByteMoreRefused() throws {
    let padded = "a" + String(repeating: " ", count: Identity.textBytesMax - 1)
    #expect(try Identity.agent(padded).value == "a")
    #expect(throws: EventError(.identityTooLong, "")) { try Identity.agent(padded + " ") }
  }

  @Test func unknownKindIsRefusedInTextAndKeptFromStoredEvents() {
    for text in ["mail:ana@example.com", "ana@example.com", "code-99:x", "unspecified:x", ""] {
      #expect(throws: EventError(.unknownIdentityKind, "")) { try Identity(parsing: text) }
    }
  }

  @Test func errorNeverHoldsTheValue() {
    let error = #expect(throws: EventError.self) { try Identity.email("ana secret@example.com") }
    #expect(error?.description.contains("secret") == false)
  }

  @Test func orderIsByKindThenScopeThenValue() throws {
    let sorted: [Identity] = [
      try .email("b@x.example"), try .phone("+1"), try .social("a", "z"), try .social("b", "a"),
      try .account("", "1"),
    ]
    #expect(sorted.reversed().sorted() == sorted)
  }

  @Test func streamInputIsTheLayoutOfTheSpecification() throws {
    let social = try Identity.social("x", "42")
    let expected: [UInt8] = [
      1, 0, 0, 0, 1,  // version
      1, 0, 0, 0, 3,  // kind
      1, 0, 0, 0, 0x78,  // scope
      2, 0, 0, 0, 0x34, 0x32,  // value
      4, 0, 0, 0, 0x04, 0x03, 0x02, 0x01,  // generation
    ]
    #expect(social.streamInput(generation: 0x0102_0304) == expected)
  }

  @Test func differentIdentitiesHaveDifferentStreamInputs() throws {
    let identities: [Identity] = [
      try .account("ab", "c"), try .account("a", "bc"), try .account("", "abc"), try .contact("ab", "c"),
    ]
    #expect(Set(identities.map { $0.streamInput() }).count == identities.count)
    #expect(identities[0].streamInput() != identities[0].streamInput(generation: 1))
  }
}
