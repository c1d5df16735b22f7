import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct TimelineViewerTests {
  private func mail(_ participants: [Participant]) -> MessageSent {
    var body = message("hello all")
    body.participants = participants
    return body
  }

  private func involved(_ role: Participant.Role) -> TimelineReason {
    .involved(TimelineInvolvement(identity: TimelineStory.ana, role: role, pointer: .none))
  }

  private let sender = participant(.from, TimelineStory.bob)
  private let copy = participant(.to, try! Identity.email("carl@example.org"))
  private let blind = participant(.bcc, TimelineStory.ana)

  private func roles(_ timeline: Timeline) -> [Participant.Role] {
    timeline.message(0)?.participants.map(\.role) ?? []
  }

  @Test func aBlindCopyShowsNoOtherRecipient() throws {
    var story = TimelineStory()
    story.add(mail([sender, copy, blind]), reason: involved(.bcc))
    let timeline = story.timeline
    #expect(roles(timeline) == [.from, .bcc])
    #expect(try #require(timeline.message(0)).hidesParticipants)
    #expect(!String(decoding: timeline.json(), as: UTF8.self).contains("carl"))
  }

  @Test func otherRecipientsLearnNothingOfABlindCopy() {
    var story = TimelineStory()
    let other = participant(.bcc, try! Identity.email("carl@example.org"))
    story.add(mail([sender, participant(.to, TimelineStory.ana), other]), reason: involved(.to))
    #expect(roles(story.timeline) == [.from, .to])
    #expect(!story.timeline.text().contains("carl"))
  }

  @Test func theSenderSeesItsBlindCopies() {
    var story = TimelineStory()
    story.add(mail([participant(.from, TimelineStory.ana), copy, participant(.bcc, TimelineStory.bob)]))
    #expect(roles(story.timeline) == [.from, .to, .bcc])
    for (actor, roles) in [("kim", [Participant.Role.to, .bcc]), ("lou", [.to])] {
      var ours = TimelineStory(viewer: .agent(actor))
      var sent = mail([participant(.to, TimelineStory.ana), participant(.bcc, TimelineStory.bob)])
      sent.actor = "agent:kim"
      ours.add(sent, direction: .outbound)
      #expect(self.roles(ours.timeline) == roles)
    }
  }

  @Test func deliveriesToHiddenRecipientsAreHidden() throws {
    var story = TimelineStory()
    let sent = story.add(mail([sender, copy, blind]), reason: involved(.bcc))
    for identity in [TimelineStory.ana, try Identity.email("carl@example.org")] {
      var update = MessageDeliveryUpdated()
      update.deliveredMessage = to(sent)
      update.recipient = record(identity)
      update.state = .delivered
      story.add(update, reason: involved(.bcc))
    }
    #expect(try #require(story.timeline.message(0)).deliveries.map(\.recipient) == [TimelineStory.ana])
  }

  @Test func aLateJoinerSeesFromTheJoinOn() {
    var story = TimelineStory()
    let joined = TimelineInvolvement(
      identity: TimelineStory.ana, role: .present, from: TimelineStory.time("2026-11-22T10:00:00Z"),
      until: TimelineStory.time("2026-11-22T11:00:00Z"), pointer: .none)
    for time in ["09:59:59", "10:00:00", "10:59:59", "11:00:00"] {
      story.add(message(time), at: "2026-11-22T\(time)Z", reason: .involved(joined))
    }
    #expect(story.timeline.texts == ["10:00:00", "10:59:59"])
  }

  @Test func aPointerStandsInTheEntryOfItsEvent() {
    var story = TimelineStory()
    story.add(message("hello all"), reason: .own(TimelineStory.bob))
    var pointer = IdentityInvolved()
    pointer.eventPosition = 0
    let pointing = story.add(pointer)
    story.input.events[0].reason = .involved(
      TimelineInvolvement(identity: TimelineStory.ana, role: .cc, pointer: pointing))
    let timeline = story.timeline
    #expect(timeline.entries.map(\.positions) == [[Position(0), pointing]])
    #expect(timeline.unanswered.isEmpty, "somebody else's message does not wait for us here")
  }

  @Test func whatIsRestrictedIsNamedAndNotShown() {
    var story = TimelineStory()
    story.add(message("secret")) { $0.visibility = .restricted }
    let rendered = String(decoding: story.timeline.json(), as: UTF8.self) + story.timeline.text()
    #expect(story.timeline.entries.count == 1)
    #expect(!rendered.contains("secret"))
    #expect(rendered.contains("restricted"))
  }

  @Test func aBotNeverSeesBelowVerified() {
    var viewer = Viewer(.bot("helper"), leastTrust: .claimed)
    #expect(viewer.leastTrust == .verified)
    viewer.leastTrust = .channel
    #expect(viewer.leastTrust == .verified)
    #expect(Viewer(.agent("kim"), leastTrust: .channel).leastTrust == .channel)
  }
}
