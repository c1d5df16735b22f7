import Foundation
import ParleyEnvelope
import ParleySchemas
import SwiftProtobuf
import Testing

@testable import ParleyEvents

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

@Suite struct TimelineMessageTests {
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
    #expect(story.timeline.windowed(TimelineWindow(last: 0)).omitted.earlier == 5)
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
