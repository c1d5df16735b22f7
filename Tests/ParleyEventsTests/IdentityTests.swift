import ParleyEvents
import Testing

struct IdentityTests {
  @Test func textFormGivesTheSameIdentityAgain() throws {
    let identities: [Identity] = [
      try .email("Ana@Example.com"), try .phone("+49 30 1234567"), try .social("X", "2244994945"),
      try .visitor("shop.example", "40/51"), try .account("", "a/b"), try .account("eu", "4711"),
      try .device("d-1"), try .contact("webchat", "c-1"), try .name("room", "Ana"),
      try .organization("acme/eu"), try .agent("kim"), try .system("records"), try .phone("030 1234"),
    ]
    for identity in identities {
      #expect(try Identity(parsing: identity.description) == identity)
    }
  }
}
