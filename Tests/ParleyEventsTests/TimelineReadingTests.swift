import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

/// What a person finds in a timeline's text, beside what the golden text shows.
@Suite struct TimelineReadingTests {
  /// Notes of one conversation at 10:00, 10:01 and so on, recorded from 12:00 on, after a message at 11:59.
  private static func lateNotes(_ count: Int, secondsApart: Int64 = 1) -> TimelineStory {
    var story = TimelineStory()
    story.add(message("seen"), at: "2026-11-22T11:59:00Z", conversation: 9)
    for minute in 0..<count {
      story.now = TimelineStory.time("2026-11-22T12:00:00Z") + Int64(minute) * secondsApart * 1_000_000
      story.add(message("note \(minute)"), at: "2026-11-22T10:0\(minute):00Z", conversation: 1)
    }
    return story
  }

  @Test(arguments: [
    (2, 1 as Int64, "[late, recorded 12:00]", 1), (3, 60, "[late, recorded 12:00 to 12:02]", 1),
    (2, 3_600, "[late, recorded 13:00]", 2), (1, 1, "[late, recorded 12:00]", 1),
  ])
  func latenessIsSaidOnceForARunRecordedTogether(count: Int, apart: Int64, words: String, times: Int) {
    let text = Self.lateNotes(count, secondsApart: apart).timeline.text()
    #expect(text.contains(words))
    #expect(text.split(separator: "[late").count - 1 == times, "\(text)")
  }

  @Test func latenessStandsOnTheLineWhereOtherEntriesOfTheRunAreNotLate() {
    var story = Self.lateNotes(2)
    story.add(message("in time"), at: "2026-11-22T12:00:02Z", conversation: 1)
    story.add(message("old"), at: "2026-11-22T11:00:00Z", conversation: 1)
    story.input.events.removeFirst()
    let lines = story.timeline.text().split(separator: "\n").filter { $0.contains("[late") }
    #expect(lines.count == 1)
    #expect(lines.first?.contains(" 11:00 ") == true)
  }

  @Test(arguments: [
    (0, "times in UTC"), (60, "times at +01:00"), (-570, "times at -09:30"), (345, "times at +05:45"),
  ])
  func theHeaderSaysTheZoneOnce(minutes: Int, words: String) throws {
    let zone = try #require(UTCOffset(minutes: minutes))
    let text = TimelineSample.story.timeline.text(.init(zone: zone))
    #expect(text.split(separator: words).count == 2)
  }

  @Test func marksStandBehindASentenceOfSeveralLines() {
    var story = TimelineStory()
    var asked = WorkQuestionAsked()
    asked.question = "Which of the cups is broken, and was the parcel damaged when it came on Monday?"
    asked.actor = "agent:kim"
    story.add(asked, at: "2028-01-01T00:00:00Z", conversation: 1, direction: .internal)
    let text = story.timeline.text()
    let sentence = text.split(separator: "\n").drop { !$0.contains("· asked") }.joined(separator: " ")
    let words = sentence.split(separator: " ").filter { $0 != "#0" }.joined(separator: " ")
    #expect(words.contains("\(asked.question) agent:kim [dated 1 Jan 2028 00:00, time of recording]"))
  }

  @Test func aLongIdentityIsShownWholeWhereThereIsRoom() throws {
    let long = try Identity.visitor("star.example", "eae96765-3d74-8647-cc03-fc417533d9b1")
    var story = TimelineStory()
    story.input.identities = [
      TimelineIdentity(identity: long, stream: StreamID(rawValue: Bytes16(high: 1, low: 1)))
    ]
    story.add(message("Hello"), conversation: 1, reason: .own(long))
    let lines = story.timeline.text().split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  12:00 \(long) ") && $0.hasSuffix("#0") })
  }

  @Test func aNameOfTheCustomerStandsWithItsIdentityButNoOthers() {
    var story = TimelineStory()
    for identity in [TimelineStory.ana, TimelineStory.bob] {
      var named = message("Hello")
      named.participants = [participant(.from, identity, "The name")]
      story.add(named, conversation: 1)
      var bare = message("Again")
      bare.participants = [participant(.from, identity)]
      story.add(bare, conversation: 1)
    }
    let text = story.timeline.text()
    #expect(text.hasPrefix("email:ana@example.com  The name\n"))
    #expect(text.split(separator: "The name <email:ana@example.com>").count == 3)
    #expect(text.split(separator: "The name <email:bob@example.org>").count == 2)
  }

  @Test(arguments: [5, 6])
  func theNewestFiveOfWhatWaitsAndIsOpenAreListed(count: Int) {
    var story = TimelineStory()
    for number in 1...UInt64(count) {
      story.add(
        message("answer", by: "agent:kim"), at: "2026-11-0\(number)T07:00:00Z", conversation: number,
        direction: .outbound)
      story.add(message("back"), at: "2026-11-0\(number)T08:00:00Z", conversation: number)
    }
    let header = story.timeline.text().split(separator: "\n──")[0].split(separator: "\n")
    #expect(header.first { $0.hasPrefix("waiting") }?.contains("since \(count) Nov") == true)
    #expect(header.first { $0.hasPrefix("open") }?.hasSuffix("#\(2 * count - 2)") == true)
    #expect(header.contains { $0.contains("since \(count - 4) Nov") })
    #expect(header.filter { $0.contains("… 1 older") }.count == (count == 6 ? 2 : 0))
  }

  @Test(arguments: [
    ("2026-10-25T08:00:00Z", EventFlags.imported, true), ("2026-10-24T07:00:00Z", .imported, false),
    ("2026-10-24T07:00:00Z", EventFlags(), true),
  ])
  func anArchivesConversationWithoutAStatusIsNotListedAsOpenForEver(
    time: String, flags: EventFlags, isListed: Bool
  ) {
    var story = TimelineStory()
    story.add(message("Done.", by: "agent:kim"), at: time, conversation: 1, direction: .outbound) {
      $0.flags = flags
    }
    #expect(story.timeline.text().contains("\nopen ") == isListed)
    #expect(story.timeline.openConversations.count == 1, "what is listed changes nothing of what is so")
  }

  @Test func aMessageWithoutAnyTextSaysSo() {
    var story = TimelineStory()
    story.add(message(" \n"), conversation: 1)
    var file = message("")
    file.parts.append(.with { $0.blob.fileName = "a.pdf" })
    story.add(file, conversation: 1)
    let lines = story.timeline.text().split(separator: "\n").drop { !$0.hasPrefix("──") }
    #expect(lines.filter { $0 == "        (no text)" }.count == 1)
    #expect(lines.last == "        ⎘ attached a.pdf")
  }
}
