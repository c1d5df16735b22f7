import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct TimelineCallTests {
  private func leg(_ call: String, _ state: CallLegChanged.State) -> CallLegChanged {
    var leg = CallLegChanged()
    leg.call = call
    leg.leg = "1"
    leg.state = state
    leg.participant.actor = "agent:kim"
    return leg
  }

  @Test func aCallIsOneEntry() throws {
    var story = TimelineStory()
    story.add(leg("c-1", .ringing), channel: .voice)
    var started = CallStarted()
    started.call = "c-1"
    story.add(started, channel: .voice)
    story.add(leg("c-1", .answered), channel: .voice)
    var other = CallStarted()
    other.call = "c-2"
    story.add(other, channel: .voice)
    var transcript = MediaStored()
    transcript.owner = item("c-1")
    transcript.sort = .transcript
    story.add(transcript, channel: .voice)
    var ended = CallEnded()
    ended.call = "c-1"
    ended.disposition = .answered
    ended.talkMilliseconds = 60_000
    story.add(ended, channel: .voice)
    let timeline = story.timeline
    #expect(timeline.entries.count == 2)
    #expect(timeline.entries[0].positions == [0, 1, 2, 4, 5].map { Position($0) })
    #expect(timeline.entries[0].position == Position(1), "the call's own beginning gives its time")
    let call = try #require(timeline.call(0))
    #expect(call.steps.count == 2)
    #expect(call.media.count == 1)
    #expect(call.isAnswered)
    #expect(try #require(timeline.call(1)).ended == nil)
  }

  @Test func aVoicemailWaitsForAnAnswer() {
    var story = TimelineStory()
    var ended = CallEnded()
    ended.call = "c-1"
    ended.disposition = .voicemail
    story.add(ended, conversation: 1, channel: .voice)
    #expect(story.timeline.unanswered.map(\.positions) == [[Position(0)]])
    story.add(message("We call back.", by: "agent:kim"), conversation: 1, direction: .outbound)
    #expect(story.timeline.unanswered.isEmpty)
  }
}
