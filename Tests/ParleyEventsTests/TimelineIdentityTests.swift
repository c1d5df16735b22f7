import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import Testing

/// What a timeline says of identities and of our own sides.
@Suite struct TimelineIdentityTests {
  @Test func aLinkIsOneEntryWithItsCopyInEachStream() throws {
    var story = TimelineStory()
    let first = story.add(linked(1), direction: .internal)
    story.add(message("between"))
    let second = story.add(linked(1), direction: .internal, reason: .own(TimelineStory.phone))
    let timeline = story.timeline
    #expect(timeline.entries.map(\.positions) == [[first, second], [Position(1)]])
    #expect(timeline.entries[0].position == first)
    let json = String(decoding: timeline.json(), as: UTF8.self)
    #expect(json.components(separatedBy: #""kind":"identity.linked""#).count == 2)
    let text = timeline.text()
    #expect(text.components(separatedBy: "linked email:ana@example.com and phone:+493012345678").count == 2)
  }

  @Test func twoLinksOfTheSameIdentitiesAreTwoEntries() {
    var story = TimelineStory()
    for link in [1, 2] as [UInt8] { story.add(linked(link), direction: .internal) }
    var separated = IdentitySeparated()
    (separated.first, separated.second) = (linked(1).first, linked(1).second)
    separated.linkID = Data(repeating: 1, count: 16)
    story.add(separated, direction: .internal)
    #expect(story.timeline.entries.map(\.positions) == [[Position(0)], [Position(1)], [Position(2)]])
  }

  @Test func aConversationNamesOurSideOfIt() {
    var story = TimelineStory()
    var opened = ConversationOpened()
    opened.touchpointName = "support@shop.example"
    story.add(opened, conversation: 1, direction: .internal)
    story.add(message("hello"), conversation: 1)
    #expect(story.timeline.conversations[0].touchpoint == "support@shop.example")
    let json = String(decoding: story.timeline.json(), as: UTF8.self)
    #expect(json.contains(#""channel":"chat","touchpoint":"support@shop.example""#))
  }

  private func linked(_ link: UInt8) -> IdentityLinked {
    var body = IdentityLinked()
    body.linkID = Data(repeating: link, count: 16)
    body.first = side(TimelineStory.ana, 1)
    body.second = side(TimelineStory.phone, 2)
    body.trust = .verified
    return body
  }

  private func side(_ identity: Identity, _ stream: UInt8) -> LinkSide {
    var side = LinkSide()
    side.identity = identity.record
    side.streamID = Data(repeating: stream, count: 16)
    return side
  }
}
