import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct TimelineStateTests {
  @Test func aMessageWaitsUntilAPersonAnswersInPublic() {
    var story = TimelineStory()
    let asked = story.add(message("Where is it?"), conversation: 1)
    let again = story.add(message("Hello?"), conversation: 1)
    story.add(message("We got it.", by: "system:auto"), conversation: 1, direction: .outbound) {
      $0.flags = .automated
    }
    var note = NoteAdded()
    note.parts = [part("looking")]
    story.add(note, conversation: 1, direction: .internal)
    story.add(message("other matter", by: "agent:kim"), conversation: 2, direction: .outbound)
    let waiting = story.timeline.unanswered
    #expect(waiting.map(\.positions) == [[asked, again]])
    #expect(waiting[0].since == TimelineStory.time("2026-11-22T12:00:00Z"))
    story.add(message("On its way.", by: "agent:kim"), conversation: 1, direction: .outbound)
    #expect(story.timeline.unanswered.isEmpty)
  }

  @Test func anAnswerInTheContinuationCounts() {
    var story = TimelineStory()
    story.add(message("Where is it?"), conversation: 1)
    var related = ConversationRelated()
    related.relation = .continues
    related.conversationID = data(1)
    story.add(related, conversation: 2, channel: .email, direction: .internal)
    #expect(story.timeline.unanswered.count == 1)
    story.add(
      message("By mail now.", by: "agent:kim"), conversation: 2, channel: .email, direction: .outbound)
    #expect(story.timeline.unanswered.isEmpty)
    #expect(story.timeline.conversations[1].origin == TimelineStory.conversation(1))
  }

  @Test func continuationsInACircleEnd() {
    var story = TimelineStory()
    for (id, other) in [(1, 2), (2, 3), (3, 1)] as [(UInt64, UInt64)] {
      var related = ConversationRelated()
      related.relation = .continues
      related.conversationID = data(other)
      story.add(related, conversation: id)
    }
    #expect(Set(story.timeline.conversations.map(\.origin)).count == 1)
  }

  @Test func theLastStatementsHold() {
    var story = TimelineStory()
    for (value, checked) in [("4711", false), ("4712", true)] {
      var fact = WorkFactStated()
      fact.factName = "order_number"
      fact.factValue = value
      fact.checked = checked
      story.add(fact, conversation: 1, direction: .internal)
    }
    var status = ConversationStatusChanged()
    status.status = .snoozed
    status.snoozedUntil.seconds = story.input.instant.microseconds / 1_000_000
    story.add(status, conversation: 1, direction: .internal)
    let timeline = story.timeline
    #expect(timeline.facts.map(\.value) == ["4712"])
    #expect(timeline.facts[0].replaced == [Position(0)])
    #expect(timeline.openConversations.count == 1, "the snooze is over at the instant itself")
    story.input.instant = story.input.instant + -1
    #expect(story.timeline.openConversations.isEmpty)
  }

  @Test func whoeverAcceptsAHandoffServes() {
    var story = TimelineStory()
    story.add(message("hi", by: "bot:helper"), conversation: 1, direction: .outbound) { $0.actorKind = .bot }
    #expect(story.timeline.conversations[0].server?.who == "bot:helper")
    var request = HandoffRequested()
    request.handoffID = Data(repeating: 7, count: 16)
    request.conversationID = data(1)
    request.giver.actor = "bot:helper"
    request.receiver.team = "billing"
    request.reason = .skill
    story.add(request, conversation: 1, direction: .internal)
    var settled = HandoffSettled()
    settled.handoffID = request.handoffID
    settled.outcome = .accepted
    settled.receiver.actor = "agent:kim"
    settled.newerConversationID = data(2)
    let accepted = story.add(settled, conversation: 1, direction: .internal)
    let timeline = story.timeline
    #expect(timeline.handoffs.map(\.outcome) == [.accepted])
    #expect(timeline.handoffs[0].giver == "bot:helper")
    for conversation in timeline.conversations {
      #expect(conversation.server == TimelineServer(who: "agent:kim", basis: .handoff, position: accepted))
    }
    #expect(timeline.entries.count == 3, "what changes who serves is seen")
  }
}
