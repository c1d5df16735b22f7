import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct TimelineOrderTests {
  @Test func entriesStandWhereTheyHappened() {
    var story = TimelineStory()
    story.add(message("second"), at: "2026-11-22T10:00:00Z")
    story.add(message("first"), at: "2026-11-22T09:00:00Z")
    story.add(message("third"), at: "2026-11-22T11:00:00+01:00") { $0.sourceOrder = 1 }
    #expect(story.timeline.texts == ["first", "second", "third"])
  }

  @Test func sourceOrderDecidesBeforePosition() {
    var story = TimelineStory()
    story.add(message("b"), at: "2026-11-22T10:00:00Z") { $0.sourceOrder = 2 }
    story.add(message("a"), at: "2026-11-22T10:00:00Z") { $0.sourceOrder = 1 }
    story.add(message("c"), at: "2026-11-22T10:00:00Z") { $0.sourceOrder = 2 }
    #expect(story.timeline.texts == ["a", "b", "c"])
  }

  @Test func aDayKnownOnlyAsADayStandsAfterWhatHappenedOnIt() {
    var story = TimelineStory()
    story.add(message("letter"), at: "2026-11-21T00:00:00Z") { $0.precision = .day }
    story.add(message("evening"), at: "2026-11-21T22:00:00Z")
    story.add(message("next"), at: "2026-11-22T00:00:00Z")
    let timeline = story.timeline
    #expect(timeline.texts == ["evening", "letter", "next"])
    #expect(timeline.entries[1].marks.contains(.timeCoarse))
  }

  @Test func aFutureDateIsNotTheLastExchange() {
    var story = TimelineStory()
    story.add(message("dated 2028"), at: "2028-01-01T00:00:00Z")
    story.add(message("today"), at: "2026-11-22T12:00:30Z")
    let timeline = story.timeline
    #expect(timeline.texts == ["dated 2028", "today"])
    #expect(timeline.entries[0].marks == [.timeInFuture])
    #expect(timeline.entries[0].occurredAt == TimelineStory.time("2028-01-01T00:00:00Z"))
  }

  @Test func anUnknownTimeIsMarked() {
    var story = TimelineStory()
    story.add(message("undated")) {
      $0.precision = .unknown
      $0.occurredAt = .zero
    }
    #expect(story.timeline.entries[0].marks == [.timeUnknown])
    #expect(story.timeline.entries[0].time.time == TimelineStory.time("2026-11-22T12:00:00Z"))
  }

  @Test(arguments: [("2026-11-22T09:59:00Z", false), ("2026-11-22T09:58:59Z", true)])
  func aLateArrivalIsMarkedWhereItHappened(at: String, isLate: Bool) {
    var story = TimelineStory()
    story.add(message("seen"), at: "2026-11-22T10:00:00Z")
    story.add(message("late"), at: at)
    let timeline = story.timeline
    #expect(timeline.texts == ["late", "seen"])
    #expect(timeline.entries[0].marks.contains(.late) == isLate)
    #expect(!timeline.entries[1].marks.contains(.late))
  }

  @Test func anArchiveIsNotLateAgainstItself() {
    var story = TimelineStory()
    story.add(message("b"), at: "2020-01-02T00:00:00Z") { $0.flags = .imported }
    story.add(message("a"), at: "2020-01-01T00:00:00Z") { $0.flags = .imported }
    #expect(story.timeline.entries.allSatisfy { !$0.marks.contains(.late) })
    story.add(message("live"), at: "2026-11-22T10:00:00Z")
    story.add(message("c"), at: "2020-01-03T00:00:00Z") { $0.flags = .imported }
    #expect(story.timeline.entries.map { $0.marks.contains(.late) } == [false, false, true, false])
  }
}
