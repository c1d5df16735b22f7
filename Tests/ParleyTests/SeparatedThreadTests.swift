import Parley
import ParleyEnvelope
import ParleyEvents
import Testing

/// What a conversation is called where somebody else opened it: its thread, and nothing of the others.
@Suite struct SeparatedThreadTests {
  let world: StoreWorld
  var store: ConversationStore { world.store }

  init() throws { world = try StoreWorld() }

  /// A conversation that the visitor opens and Ana writes in, both joined and then separated.
  private func separate(thread: String) throws -> ConversationKey {
    let chat = ConversationKey(.chat, "webchat", thread: thread)
    try store.appendBlocking([
      .message("Hello?", from: StoreWorld.anaVisitor, in: chat, id: "m1", at: StoreWorld.time(1)),
      .message("Ana here.", from: StoreWorld.ana, in: chat, id: "m2", at: StoreWorld.time(2)),
    ])
    #expect(try store.linkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim")) == .linked)
    _ = try store.unlinkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim"))
    return chat
  }

  @Test func aConversationThatSomebodyElseOpenedIsCalledByItsThread() throws {
    let chat = try separate(thread: "c-991")
    let seen = try store.seen(StoreWorld.ana)
    #expect(seen.conversations.map(\.key) == [chat.record])
    #expect(seen.text().contains(" chat   webchat/c-991"))
    #expect(!seen.text().contains("Hello?"))
    #expect(!seen.conversations[0].positions.contains(Position(1)), "the opening is the other's")
  }

  @Test func aThreadThatNamesWhomTheCustomerWasSeparatedFromIsNotShown() throws {
    for (thread, isShown) in [
      ("visitor:4051", false), ("c/4051/2", false), ("c-40512", true), ("x4051", true),
    ] {
      let world = try SeparatedThreadTests()
      _ = try world.separate(thread: thread)
      let seen = try world.store.seen(StoreWorld.ana)
      #expect((seen.conversations[0].key != nil) == isShown, "\(thread)")
      #expect(seen.text().contains("webchat/") == isShown)
    }
  }

  @Test func theThreadIsTheSameAsOfEveryPositionFromItsFirstEventOn() throws {
    _ = try separate(thread: "c-991")
    let position = try #require(
      try store.seen(StoreWorld.ana).entries.first { $0.channel == .chat }?.position)
    let before = try store.bytes(StoreWorld.ana, asOf: position)
    try store.appendBlocking([
      .message("More", from: StoreWorld.anaVisitor, in: StoreWorld.chat, id: "m3", at: StoreWorld.time(3))
    ])
    #expect(try store.bytes(StoreWorld.ana, asOf: position) == before)
    #expect(String(decoding: before, as: UTF8.self).contains("c-991"))
  }
}
