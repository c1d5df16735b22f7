import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import ParleySimulation
import Testing

/// Promises 8 and 4: a timeline is a function of the events through a position, an instant and the fold's version;
/// and everything that can be derived gives the same again.
@Suite struct AsOfTests {
  let world: StoreWorld
  var store: ConversationStore { world.store }

  init() throws {
    world = try StoreWorld()
    try world.appendThreeChannels()
  }

  @Test func whateverIsLinkedOrAppendedLaterATimelineOfThePastStaysAsItWas() throws {
    let then = store.last
    let seen = try store.bytes(StoreWorld.ana)
    try store.linkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim"))
    try store.appendBlocking([
      .message("More", from: StoreWorld.ana, in: StoreWorld.mail, id: "m9", at: StoreWorld.time(0))
    ])
    #expect(try store.bytes(StoreWorld.ana, asOf: then) == seen)
    #expect(try store.bytes(StoreWorld.ana) != seen)
    let linked = store.last
    let both = try store.bytes(StoreWorld.ana)
    try store.unlinkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim"))
    #expect(try store.bytes(StoreWorld.ana, asOf: linked) == both)
    #expect(try store.bytes(StoreWorld.anaVisitor, asOf: linked) == both)
  }

  @Test func everyPositionOfThePastGivesTheTimelineThatWasSeenThen() throws {
    let world = try StoreWorld()
    var seen: [(Position, Timeline)] = []
    for index in 0..<20 {
      let identity = [StoreWorld.ana, StoreWorld.anaVisitor, StoreWorld.anaPhone][index % 3]
      try world.store.appendBlocking([
        .message(
          "\(index)", from: identity, in: ConversationKey(.chat, "webchat", thread: "\(index % 4)"),
          id: "\(index)", at: StoreWorld.time(index))
      ])
      if index == 9 { try world.store.linkBlocking(StoreWorld.ana, StoreWorld.anaPhone, by: .agent("kim")) }
      seen.append((world.store.last, try world.store.seen(StoreWorld.ana)))
    }
    for (position, timeline) in seen {
      #expect(try world.store.seen(StoreWorld.ana, asOf: position) == timeline)
    }
  }

  @Test func aPositionAloneGivesTheSameForEver() throws {
    let through = store.last
    func bytes() throws -> [UInt8] {
      try store.timelineBlocking(of: StoreWorld.ana, for: .agent("kim"), asOf: through).json()
    }
    let then = try bytes()
    try store.appendBlocking([
      .message("More", from: StoreWorld.ana, in: StoreWorld.mail, id: "m9", at: StoreWorld.time(0))
    ])
    #expect(try bytes() == then)
    let recorded = try store.eventBlocking(at: through).envelope.recordedAt
    let stated = try store.timelineBlocking(
      of: StoreWorld.ana, for: .agent("kim"), asOf: through, at: recorded)
    #expect(stated.json() == then)
  }

  @Test func aPositionThatTheStoreHasNotReachedIsRefused() {
    #expect(throws: StoreError(.noSuchEvent, "")) { try store.seen(StoreWorld.ana, asOf: store.head) }
  }

  @Test func anEmptyStoreHasAnEmptyTimeline() throws {
    let empty = try StoreWorld()
    let seen = try empty.store.seen(StoreWorld.ana)
    #expect(seen.entries.isEmpty && seen.position.isNone)
  }

  @Test func withoutDerivedFilesTimelinesAreTheSame() throws {
    try store.linkBlocking(StoreWorld.ana, StoreWorld.anaVisitor, by: .agent("kim"))
    let seen = try store.bytes(StoreWorld.ana)
    store.log.close()
    try world.storage.remove("watermark")
    for name in try world.storage.list("active") where name.hasSuffix(".dir") {
      try world.storage.remove("active/\(name)")
    }
    let reader = try world.reopened(for: .reading)
    #expect(try reader.bytes(StoreWorld.ana) == seen)
    #expect(try world.reopened().bytes(StoreWorld.ana) == seen)
  }

  @Test func aReaderBesideTheWriterSeesWhatWasAppendedSinceItOpened() throws {
    let reader = try world.reopened(for: .reading)
    try store.appendBlocking([
      .message("More", from: StoreWorld.ana, in: StoreWorld.mail, id: "m9", at: StoreWorld.time(0))
    ])
    #expect(try reader.seen(StoreWorld.ana) == store.seen(StoreWorld.ana))
    #expect(throws: StoreError(.notWritable, "")) { try reader.appendBlocking([OnceTests.message("Hello")]) }
  }
}
