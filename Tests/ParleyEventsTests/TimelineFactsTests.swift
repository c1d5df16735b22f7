import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct TimelineFactsTests {
  @Test func anUnknownKindIsAnEntryThatSaysSo() {
    var story = TimelineStory()
    story.add(body: .unknown(EventKind(rawValue: 9_901), [1, 2, 3]))
    #expect(story.timeline.entries.count == 1)
    #expect(story.timeline.text().contains("kind-9901"))
    #expect(
      String(decoding: story.timeline.json(), as: UTF8.self).contains(#""unknown":true,"body":"010203""#))
  }

  @Test func damageNamesItsPositions() {
    var story = TimelineStory()
    story.add(message("before"), at: "2026-11-22T10:00:00Z")
    story.add(message("after"), at: "2026-11-22T12:30:00Z")
    story.input.events[1].event.position = Position(9)
    story.input.through = Position(9)
    story.input.gaps = [TimelineGap(first: Position(3), last: Position(5), reason: .damaged)]
    let timeline = story.timeline
    #expect(timeline.entries.map(\.position) == [0, 3, 9].map { Position($0) })
    #expect(timeline.text().contains("positions 3 to 5 can't be read: damaged"))
  }

  @Test func damageOfWhichNothingIsKnownHasNoDate() {
    var story = TimelineStory()
    story.add(message("after"), at: "2026-11-22T12:30:00Z")
    story.input.events[0].event.position = Position(9)
    story.input.through = Position(9)
    story.input.gaps = [TimelineGap(first: Position(3), last: Position(5), reason: .damaged)]
    let timeline = story.timeline
    #expect(timeline.entries.map(\.position) == [3, 9].map { Position($0) })
    #expect(timeline.entries[0].time == timeline.entries[1].time)
    #expect(!timeline.text().contains("1970"))
    #expect(timeline.text().contains("\n    –   positions 3 to 5 can't be read: damaged"))
    let line = #"{"position":3,"kind":"gap","gap":{"first":3,"last":5,"reason":"damaged"}}"#
    #expect(String(decoding: timeline.jsonLines(), as: UTF8.self).hasPrefix(line + "\n"))
    story.input.events = []
    #expect(!story.timeline.text().contains("1970"))
  }

  @Test func aTextThatIsCutShowsItsBeginning() {
    var story = TimelineStory()
    var mail = message("The beginning")
    mail.parts[0].blob.mediaType = mail.parts[0].mediaType + "; charset=utf-8"
    mail.parts[0].blob.size = 500_000
    story.add(mail, at: "2026-11-22T10:00:00Z")
    let text = story.timeline.text()
    #expect(text.contains("        The beginning\n        ⎘ cut here; whole text in the blob"))
    mail.parts[0].blob.size = 5
    var other = TimelineStory()
    other.add(mail, at: "2026-11-22T10:00:00Z")
    #expect(!other.timeline.text().contains("The beginning"), "an attached text stays a file")
  }

  @Test func howAnIdentityCameToBeJoinedIsNotReadAsWhoItIs() {
    var story = TimelineStory()
    story.add(message("one"), at: "2026-11-22T10:00:00Z")
    story.input.identities[0].joins = [
      .init(to: TimelineStory.ana, trust: .verified, how: "agent", at: .zero, position: .start)
    ]
    #expect(story.timeline.text().contains("  joined by an agent, 1 Jan 1970 00:00 #0"))
  }

  @Test func whatIsObservedStandsWithTheIdentity() {
    var story = TimelineStory()
    var observed = IdentityObserved()
    observed.identity = record(TimelineStory.ana)
    observed.displayName = "Ana Example"
    story.add(observed)
    observed.displayName = ""
    observed.language = "pt"
    story.add(observed)
    let timeline = story.timeline
    #expect(timeline.entries.isEmpty)
    #expect(timeline.identities[0].displayName == "Ana Example")
    #expect(timeline.identities[0].language == "pt")
    #expect(timeline.identities[0].observed == [Position(0), Position(1)])
  }

  @Test func nothingAfterThePositionIsFolded() {
    var story = TimelineStory()
    story.add(message("one"))
    story.add(message("two"))
    story.input.through = Position(0)
    #expect(story.timeline.texts == ["one"])
  }

  @Test func anEmptyTimelineIsOne() {
    let story = TimelineStory()
    #expect(story.timeline.entries.isEmpty)
    #expect(story.timeline.position.isNone)
    #expect(story.timeline.text().contains("nothing recorded"))
  }
}
