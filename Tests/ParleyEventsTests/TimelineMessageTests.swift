import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct TimelineMessageTests {
  @Test(arguments: [60, 70, 100]) func recipientsHaveTheRoomOfALine(width: Int) throws {
    var body = message("Hello")
    body.participants = try [
      participant(.to, .email("help@teehaus.example")), participant(.cc, .email("bo@example.org")),
      participant(.cc, .email("cy@example.org")),
    ]
    var story = TimelineStory()
    story.add(body, conversation: 1, channel: .email)
    body.participants[2].name = String(repeating: "long", count: 30)
    story.add(body, conversation: 1, channel: .email)
    let lines = story.timeline.text(.init(width: width)).split(separator: "\n")
    let recipients = lines.filter { $0.contains("→ help@teehaus.example, cc bo@example.org") }
    #expect(recipients.count == 2, "\(lines)")
    #expect(width < 70 || recipients.first?.contains(", cc cy@example.org") == true)
    #expect(recipients.last?.hasSuffix("…") == true)
    #expect(recipients.allSatisfy { $0.count <= width })
  }

  @Test func anEditedMessageIsOneEntryWithItsRevisions() throws {
    var story = TimelineStory()
    let sent = story.add(message("Wher is it?", subject: "Order"), conversation: 1)
    var edit = MessageEdited()
    edit.edited = to(sent)
    edit.parts = [part("Where is it?")]
    story.add(edit, conversation: 1)
    let timeline = story.timeline
    #expect(timeline.entries.count == 1)
    #expect(timeline.entries[0].positions == [Position(0), Position(1)])
    let folded = try #require(timeline.message(0))
    #expect(folded.revisions.map { ReadableText.of($0.parts) } == ["Wher is it?", "Where is it?"])
    #expect(folded.current.subject == "Order")
  }

  @Test func anEditFindsItsMessageByTheSourcesIdEvenWhenItComesFirst() throws {
    var story = TimelineStory()
    var edit = MessageEdited()
    edit.source = source("e-1")
    edit.edited = item("m-1")
    edit.parts = [part("new")]
    story.add(edit, at: "2026-11-22T10:00:00Z")
    story.add(message("old", id: "m-1"), at: "2026-11-22T10:00:01Z")
    #expect(story.timeline.entries.count == 1)
    #expect(story.timeline.texts == ["new"])
  }

  @Test func aRetractedMessageKeepsItsPlaceAndNoWords() throws {
    var story = TimelineStory()
    let sent = story.add(message("my card is 4111", subject: "card"), conversation: 1)
    var retraction = MessageRetracted()
    retraction.retracted = to(sent)
    retraction.scope = .everyone
    story.add(retraction, conversation: 1)
    var edit = MessageEdited()
    edit.edited = to(sent)
    edit.parts = [part("4111 again")]
    story.add(edit, conversation: 1)
    let timeline = story.timeline
    #expect(timeline.entries.count == 1)
    #expect(try #require(timeline.message(0)).isRetracted)
    let rendered = String(decoding: timeline.json(), as: UTF8.self) + timeline.text()
    #expect(!rendered.contains("4111"))
    #expect(rendered.contains("taken back"))
  }

  @Test func aMessageTakenBackForItsSenderAloneStays() throws {
    var story = TimelineStory()
    let sent = story.add(message("hello"))
    var retraction = MessageRetracted()
    retraction.retracted = to(sent)
    retraction.scope = .senderOnly
    story.add(retraction)
    #expect(story.timeline.texts == ["hello"])
  }

  @Test(arguments: [
    ([MessageDeliveryUpdated.State.sent, .delivered, .read], MessageDeliveryUpdated.State.read),
    ([.read, .sent], .read), ([.delivered, .bounced], .bounced), ([.bounced, .delivered], .delivered),
    ([.queued, .expired], .expired),
  ])
  func deliveryFactsAreSummedByTheirRule(
    states: [MessageDeliveryUpdated.State], sum: MessageDeliveryUpdated.State
  ) throws {
    var story = TimelineStory()
    let sent = story.add(message("hi", by: "agent:kim"), direction: .outbound)
    for state in states {
      var update = MessageDeliveryUpdated()
      update.deliveredMessage = to(sent)
      update.recipient = record(TimelineStory.ana)
      update.state = state
      story.add(update, direction: .outbound)
    }
    let folded = try #require(story.timeline.message(0))
    #expect(folded.deliverySums.map(\.state) == [sum])
    #expect(folded.deliveries.map(\.state) == states)
  }

  @Test func whatBelongsToNothingHereStandsForItself() {
    var story = TimelineStory()
    var edit = MessageEdited()
    edit.edited = item("elsewhere")
    edit.parts = [part("the new words")]
    story.add(edit)
    #expect(story.timeline.entries.count == 1)
    #expect(String(decoding: story.timeline.json(), as: UTF8.self).contains("the new words"))
    #expect(story.timeline.text().contains("the new words"))
  }

  @Test func aFileGoesIntoTheEntryOfItsOwner() throws {
    var story = TimelineStory()
    let sent = story.add(message("see attached"))
    var media = MediaStored()
    media.owner = to(sent)
    media.sort = .attachment
    media.blob.fileName = "invoice.pdf"
    story.add(media)
    #expect(story.timeline.entries.count == 1)
    #expect(try #require(story.timeline.message(0)).media.count == 1)
  }
}
