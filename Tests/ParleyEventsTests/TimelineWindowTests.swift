import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct TimelineWindowTests {
  private var story: TimelineStory {
    var story = TimelineStory()
    for hour in 8...11 {
      story.add(
        message("at \(hour)"), at: "2026-11-22T\(hour < 10 ? "0" : "")\(hour):00:00Z", conversation: 1,
        channel: hour % 2 == 0 ? .chat : .email)
    }
    var note = NoteAdded()
    note.parts = [part("note")]
    story.add(note, at: "2026-11-22T11:30:00Z", conversation: 1, direction: .internal)
    return story
  }

  @Test func theLastEntriesAreShownAndTheRestCounted() {
    let part = story.timeline.windowed(TimelineWindow(last: 2))
    #expect(part.texts == ["at 11", "note"])
    #expect(part.omitted.earlier == 3)
    #expect(story.timeline.windowed(TimelineWindow(last: 5)).omitted.total == 0)
    for none in [0, -1, Int.min] {
      #expect(story.timeline.windowed(TimelineWindow(last: none)).omitted.earlier == 5)
    }
  }

  @Test func sinceIsIncludedAndUntilIsNot() {
    let part = story.timeline.windowed(
      TimelineWindow(
        since: TimelineStory.time("2026-11-22T09:00:00Z"), until: TimelineStory.time("2026-11-22T11:00:00Z")))
    #expect(part.texts == ["at 9", "at 10"])
    #expect((part.omitted.earlier, part.omitted.later) == (1, 2))
  }

  @Test func channelsAndInternalEntriesAreCountedOnce() {
    let part = story.timeline.windowed(TimelineWindow(channels: [.email], internalEntries: .excluded))
    #expect(part.texts == ["at 9", "at 11"])
    #expect((part.omitted.internalEntries, part.omitted.otherChannels) == (1, 2))
  }

  @Test func aWindowLeavesWhatIsSoNowAlone() {
    let whole = story.timeline
    let part = whole.windowed(TimelineWindow(last: 1))
    #expect(part.unanswered == whole.unanswered)
    #expect(part.conversations == whole.conversations)
    #expect(part.condition == whole.condition)
    #expect(part.position == whole.position)
  }
}
