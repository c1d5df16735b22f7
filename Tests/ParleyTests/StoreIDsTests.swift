import Parley
import ParleyEnvelope
import ParleyEvents
import Testing

/// The vectors of `Schemas/ids.md`, computed by a program of its own (Python's hmac).
@Suite struct StoreIDsTests {
  let ids = StoreIDs(key: Array(0..<32))
  let chat = ConversationKey(.chat, "webchat", thread: "c-991")

  var a: StreamID { get throws { ids.stream(of: try .email("Ana@Example.com")) } }
  var b: StreamID { get throws { ids.stream(of: try .social("x", "42")) } }
  var event: EventID {
    EventID(rawValue: ids.hash(SourceKey(system: "webchat", nativeID: "m-17").keyInput()))
  }

  @Test func idsOfWhatIsNamedMatchTheirVectors() throws {
    #expect(try a.description == "1db7abda9b59e0a2f9de3e0e299c7c0a")
    #expect(try b.description == "549ef332ac60b55b6ebf9ac7969f2a84")
    #expect(event.description == "d88b921b4f9b9d9e00f861e5e16e12b6")
    let revised = SourceKey(system: "webchat", account: "eu", nativeID: "m-17", revision: "2")
    #expect(ids.hash(revised.keyInput()).hex == "ec5f78a0c406d320c74f5757cd831baa")
    #expect(ids.conversation(chat).description == "9afeba0badc74c408bfe514a5c82e167")
    #expect(ids.actor(.agent("kim")).description == "08bf0a87d3424bfe5481e96faa8620f5")
    #expect(ids.caseID(CaseKey("desk", "4711")).description == "188bdc6c91ccd14f87c6e6240b7aecc3")
    #expect(ids.touchpoint(Touchpoint("support@shop.example")).rawValue == 0x66bf_8091_28cf_0573)
  }

  @Test func idsOfTheStoresOwnEventsMatchTheirVectors() throws {
    let conversation = ids.conversation(chat)
    #expect(ids.observed(try a).description == "a324eb92bd5f2a9c068c6ddef5dc2c32")
    #expect(ids.opened(conversation).description == "b9c60248e54a25d3f85c707f95ffccee")
    #expect(ids.involved(in: event, try b).description == "936774d09cbd966d09b58e39029908cb")
    #expect(
      ids.presented(try b, trust: .verified, in: (conversation, try a)).description
        == "441f42b5a23530a55ce8856aa423caff")
    let link = ids.presentedLink(try b, try a, trust: .verified, contact: conversation.rawValue)
    #expect(link.hex == "29d11b6f189d7dcaab08729da38ecf51")
    #expect(
      ids.fact(of: .identityLinked, link: link, in: try a).description == "e004908dab24d5f261a92205891ed4dd")
  }

  @Test func aRememberedIdIsTheOneMadeAtFirst() throws {
    #expect(try a == a)
    #expect(ids.conversation(chat) == ids.conversation(chat))
  }

  @Test func textsThatLookTheSameButDifferInBytesHaveDifferentIds() {
    let composed = ConversationKey(.chat, "webchat", thread: "caf\u{e9}")
    let decomposed = ConversationKey(.chat, "webchat", thread: "cafe\u{301}")
    #expect(ids.conversation(composed) != ids.conversation(decomposed))
  }

  @Test func anotherKeyGivesOtherIds() throws {
    let others = StoreIDs(key: Array(repeating: 7, count: 32))
    #expect(others.stream(of: try .email("ana@example.com")) != (try a))
  }
}

@Suite struct BoundedCacheTests {
  @Test func whatIsUsedStaysAndTheNumberOfEntriesIsBounded() {
    let cache = BoundedCache<Int, Int>(entriesMax: 1_024)
    cache[-1] = 7
    for key in 0..<10_000 {
      #expect(cache.value(for: key) { $0 * 2 } == key * 2)
      #expect(cache[-1] == 7)
    }
    #expect(cache.count <= 1_024)
  }

  @Test func aRemovedEntryIsMadeAgain() {
    let cache = BoundedCache<Int, Int>(entriesMax: 32)
    cache[1] = 10
    cache[1] = nil
    #expect(cache[1] == nil)
    #expect(cache.value(for: 1) { _ in 20 } == 20)
  }
}
