import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

/// One customer's day across channels, with something of every sort.
enum TimelineSample {
  static var story: TimelineStory {
    var story = TimelineStory()
    let phone = TimelineIdentity(
      identity: TimelineStory.phone, stream: StreamID(rawValue: Bytes16(high: 1, low: 2)),
      joins: [
        .init(
          to: TimelineStory.ana, trust: .verified, how: "verified",
          at: TimelineStory.time("2026-11-20T10:00:00Z"),
          position: Position(1), evidence: "one-time code")
      ])
    story.input.identities.append(phone)
    addMail(&story)
    addChat(&story)
    addCall(&story)
    story.input.suggestions = [
      TimelineSuggestion(
        identity: TimelineStory.bob, evidence: "claimed in chat webchat/c-991", position: Position(6))
    ]
    return story
  }

  private static func addMail(_ story: inout TimelineStory) {
    var opened = ConversationOpened()
    opened.key.medium = "email"
    opened.key.system = "email"
    opened.key.thread = "<1@example.com>"
    opened.subject = "Where is order 4711?"
    story.add(opened, at: "2026-11-21T09:00:00+01:00", conversation: 1, channel: .email)
    var mail = message(
      "Hello,\n\nmy order has not come.\n\nAna\n\nOn Monday, Support wrote:\n> It is on its way.\n> Yours\n> Kim",
      subject: "Where is order 4711?", id: "m-1")
    mail.participants = [
      participant(.from, TimelineStory.ana, "Ana Example"),
      participant(.to, try! .email("help@shop.example")),
      participant(.cc, TimelineStory.bob, "Bob"),
    ]
    mail.parts.append(
      .with {
        $0.mediaType = "application/pdf"
        $0.blob.digest = Data(repeating: 0xAB, count: 32)
        $0.blob.size = 24_310
        $0.blob.mediaType = "application/pdf"
        $0.blob.fileName = "invoice\u{202E}fdp.exe"
      })
    story.add(mail, at: "2026-11-21T09:00:00+01:00", conversation: 1, channel: .email)
    var future = message("I forgot: it is urgent.", subject: "Re: Where is order 4711?")
    future.statedAt = "Sat, 1 Jan 2028 00:00:00 +0000"
    story.add(future, at: "2028-01-01T00:00:00Z", conversation: 1, channel: .email)
  }

  private static func addChat(_ story: inout TimelineStory) {
    let asked = story.add(message("Any news?"), at: "2026-11-22T10:15:00Z", conversation: 2)
    var edit = MessageEdited()
    edit.edited = to(asked)
    edit.parts = [part("Any news about order 4711?")]
    story.add(edit, at: "2026-11-22T10:15:20Z", conversation: 2)
    let reply = story.add(
      message("I look into it.", by: "bot:helper"), at: "2026-11-22T10:15:30Z", conversation: 2,
      direction: .outbound
    ) { $0.actorKind = .bot }
    var read = MessageDeliveryUpdated()
    read.deliveredMessage = to(reply)
    read.state = .read
    story.add(read, at: "2026-11-22T10:16:00Z", conversation: 2, direction: .outbound)
    var request = HandoffRequested()
    request.handoffID = Data(repeating: 7, count: 16)
    request.conversationID = data(2)
    request.giver.actor = "bot:helper"
    request.receiver.team = "billing"
    request.reason = .skill
    request.note = "refund?"
    story.add(request, at: "2026-11-22T10:17:00Z", conversation: 2, direction: .internal)
    var fact = WorkFactStated()
    fact.factName = "order_number"
    fact.factValue = "4711"
    fact.checked = true
    story.add(fact, at: "2026-11-22T10:17:30Z", conversation: 2, direction: .internal)
    story.add(message("\u{1B}[2JAre you there?"), at: "2026-11-22T10:20:00Z", conversation: 2)
    story.add(
      body: .unknown(EventKind(rawValue: 9_901), [1, 2, 3]), at: "2026-11-22T10:21:00Z", conversation: 2)
  }

  private static func addCall(_ story: inout TimelineStory) {
    let phone = TimelineReason.own(TimelineStory.phone)
    var started = CallStarted()
    started.call = "1700000000.12"
    started.queue = "support"
    story.add(started, at: "2026-11-22T08:00:00Z", conversation: 3, channel: .voice, reason: phone)
    var leg = CallLegChanged()
    leg.call = started.call
    leg.leg = "2"
    leg.state = .answered
    leg.participant.actor = "agent:kim"
    story.add(leg, at: "2026-11-22T08:00:20Z", conversation: 3, channel: .voice, reason: phone)
    var ended = CallEnded()
    ended.call = started.call
    ended.disposition = .answered
    ended.talkMilliseconds = 192_000
    ended.queueMilliseconds = 20_000
    story.add(ended, at: "2026-11-22T08:03:32Z", conversation: 3, channel: .voice, reason: phone)
    var post = SocialPosted()
    post.parts = [part("@shop still waiting, 漢字 and all")]
    post.audience = .everyone
    post.url = "https://social.example/1"
    story.add(post, at: "2026-11-19T00:00:00Z", channel: .social) { $0.precision = .day }
    var note = NoteAdded()
    note.parts = [part("Customer was friendly.")]
    note.actor = "agent:kim"
    story.add(
      note, at: "2026-11-22T08:05:00Z", conversation: 3, channel: .voice, direction: .internal, reason: phone)
    story.input.gaps = [TimelineGap(first: Position(30), last: Position(32), reason: .damaged)]
    story.input.through = Position(40)
  }
}

@Suite struct TimelineGoldenTests {
  @Test func theTerminalShowsADayAcrossChannels() {
    #expect(TimelineSample.story.timeline.text() == TimelineSample.text)
  }

  @Test func theDocumentIsCanonical() {
    #expect(String(decoding: TimelineSample.story.timeline.json(), as: UTF8.self) == TimelineSample.json)
  }

  @Test func colorsChangeNothingButColors() {
    let timeline = TimelineSample.story.timeline
    let colored = timeline.text(.init(color: .on))
    #expect(colored.contains("\u{1B}["))
    #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == timeline.text())
  }

  @Test(arguments: [40, 60, 120])
  func noLineIsWiderThanTheTerminal(width: Int) {
    let text = TimelineSample.story.timeline.text(.init(width: width))
    for line in text.split(separator: "\n") { #expect(TerminalText.columns(line) <= width, "\(line)") }
  }

  @Test func theZoneMovesClockAndDay() {
    let zone = Timeline.TextOptions(zone: UTCOffset(minutes: -600)!)
    let text = TimelineSample.story.timeline.text(zone)
    #expect(text.contains("Sat 21 November 2026"))
    #expect(text.contains("22:00"), "the call at 08:00 UTC")
  }
}

@Suite struct TimelinePurityTests {
  /// A small generator with a seed, so that a failure can be made again.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 33
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func theOrderOfTheInputDoesNotMatter(seed: UInt64) {
    let story = TimelineSample.story
    let bytes = story.timeline.json()
    var generator = Seeded(state: seed)
    var shuffled = story.input
    shuffled.events.shuffle(using: &generator)
    shuffled.identities.shuffle(using: &generator)
    shuffled.suggestions.shuffle(using: &generator)
    shuffled.gaps.shuffle(using: &generator)
    shuffled.streams.shuffle(using: &generator)
    // What is found twice, by two identities, is shown once.
    shuffled.events.append(shuffled.events[0])
    #expect(Timeline(shuffled).json() == bytes)
    #expect(Timeline(shuffled) == story.timeline)
  }

  @Test func suggestionsOfOneIdentityStandInTheOrderTheyWereMade() {
    var input = TimelineSample.story.input
    input.suggestions = [(9, 1), (3, 2)].map { position, conversation in
      TimelineSuggestion(
        identity: TimelineStory.bob,
        conversation: ConversationID(rawValue: Bytes16(high: 0, low: UInt64(conversation))),
        evidence: "", position: Position(position))
    }
    #expect(Timeline(input).suggestions.map(\.position) == [Position(3), Position(9)])
  }

  @Test func everyEventIsInOnePlace() {
    let timeline = TimelineSample.story.timeline
    let entries = timeline.entries.filter { if case .gap = $0.content { false } else { true } }
    var seen = entries.flatMap(\.positions)
    seen += timeline.conversations.flatMap(\.positions)
    seen += timeline.identities.flatMap(\.observed)
    #expect(seen.sorted() == TimelineSample.story.input.events.map(\.event.position))
  }

  @Test func theBytesAreOnlyOfWhatCameThroughThePosition() {
    var story = TimelineSample.story
    story.input.gaps = []
    story.input.through = Position(6)
    let before = story.timeline.json()
    story.input.events.removeAll { $0.event.position > Position(6) }
    #expect(story.timeline.json() == before)
  }

  @Test func jsonIsReadableByOthers() throws {
    let document = Data(TimelineSample.story.timeline.json())
    let parsed = try JSONSerialization.jsonObject(with: document) as? [String: Any]
    let entries = try #require(parsed?["entries"] as? [[String: Any]])
    #expect(entries.count == TimelineSample.story.timeline.entries.count)
    for line in TimelineSample.story.timeline.jsonLines().split(separator: 10) {
      #expect(try JSONSerialization.jsonObject(with: Data(line)) is [String: Any])
    }
  }

  @Test func stringsSurviveJSONExactly() throws {
    let all =
      String(String.UnicodeScalarView((0...0xD7FF).compactMap(Unicode.Scalar.init))) + "\u{1F600}\u{E0061}"
    var json = CanonicalJSON()
    json.object { $0.member("all", all) }
    let parsed = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: String]
    #expect(parsed?["all"]?.unicodeScalars.elementsEqual(all.unicodeScalars) == true)
    #expect(json.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
  }

  @Test func aLongHistoryFoldsInTimeThatGrowsWithIt() {
    func seconds(_ count: Int) -> Double {
      var story = TimelineStory()
      let start = TimelineStory.time("2026-01-01T00:00:00Z")
      var call = CallLegChanged()
      call.call = "1"
      call.state = .held
      for index in 0..<count {
        let change: (inout Envelope) -> Void = { $0.occurredAt = start + Int64(index % 97) * 1_000_000 }
        switch index % 4 {
        case 0: story.add(message("hello", id: "m-\(index)"), conversation: UInt64(index % 50 + 1), change)
        case 1: story.add(call, conversation: 60, channel: .voice, change)
        case 2:
          var update = MessageDeliveryUpdated()
          update.deliveredMessage = to(Position(0))
          update.state = .delivered
          story.add(update, change)
        default:
          story.add(
            message("back", by: "agent:kim"), conversation: UInt64(index % 50 + 1), direction: .outbound,
            change)
        }
      }
      let clock = ContinuousClock()
      let input = story.input
      return clock.measure { _ = Timeline(input) } / .seconds(1)
    }
    _ = seconds(100)
    let small = seconds(2_000)
    let large = seconds(16_000)
    #expect(large < max(small, 0.002) * 40, "8 times the events, \(large / small) times the time")
  }
}
