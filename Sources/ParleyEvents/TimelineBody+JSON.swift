import ParleyEnvelope
import ParleySchemas

// Events that are an entry by themselves. A kind without lines here says its kind and nothing else.

extension Event.Body {
  /// The member or members that say what the event says.
  func write(to json: inout CanonicalJSON) {
    switch self {
    case .unknown(_, let bytes):
      json.memberIfTrue("unknown", true)
      json.member("body", hexString(bytes))
    case .mediaStored(let body): json.object("media") { body.write(to: &$0) }
    case .messageEdited, .messageRetracted, .messageDeliveryUpdated, .socialEngagementChanged:
      json.object("orphan") { writeOrphan(to: &$0) }
    default:
      json.object("fact") {
        writeIdentityFact(to: &$0)
        writeConversationFact(to: &$0)
        writeWorkFact(to: &$0)
        writeRecordFact(to: &$0)
      }
    }
  }

  /// What belongs to an entry that is not in this timeline.
  private func writeOrphan(to json: inout CanonicalJSON) {
    switch self {
    case .messageEdited(let body):
      json.reference("of", body.edited)
      json.memberIfAny("subject", body.subject)
      json.array("parts", body.parts) { $1.write(to: &$0) }
    case .messageRetracted(let body):
      json.reference("of", body.retracted)
      json.memberIfAny("scope", body.scope.word)
      json.memberIfAny("reason", body.reason)
    case .messageDeliveryUpdated(let body):
      json.reference("of", body.deliveredMessage)
      if body.hasRecipient { json.memberIfAny("recipient", body.recipient.shown?.description) }
      json.memberIfAny("state", body.state.word)
      json.memberIfAny("code", body.code)
      json.memberIfAny("diagnostic", body.diagnostic)
    case .socialEngagementChanged(let body):
      json.reference("of", body.post)
      json.memberIfAny("act", body.act.word)
      json.memberIfAny("symbol", body.symbol)
      json.memberIfTrue("removed", body.removed)
    default: break
    }
  }

  private func writeIdentityFact(to json: inout CanonicalJSON) {
    if let link {
      for (name, side) in [("first", link.first), ("second", link.second)] {
        json.memberIfAny(name, side?.identity.shown?.description)
      }
      json.memberIfAny("trust", link.trust.word)
      json.arrayIfAny("evidence", link.evidence) { $1.write(to: &$0) }
      json.memberIfAny("reason", link.reason)
    }
    switch self {
    case .identityObserved(let body): json.memberIfAny("identity", body.identity.shown?.description)
    case .identityRefused(let body): json.memberIfAny("ground", body.ground.word)
    case .identityShared(let body): json.memberIfTrue("ended", body.ended)
    case .identityInvolved(let body):
      json.memberIfAny("of_event", Bytes16(body.eventID)?.description)
      json.memberIfAny("role", body.role.word)
    case .identityAffiliated(let body):
      json.memberIfAny("person", body.person.shown?.description)
      json.memberIfAny("member_of", body.memberOf.shown?.description)
      json.memberIfAny("role", body.role)
    case .identityAttributionCorrected(let body): writeCorrection(body, to: &json)
    default: break
    }
  }

  private func writeCorrection(_ body: IdentityAttributionCorrected, to json: inout CanonicalJSON) {
    if !body.conversationID.isEmpty { json.member("conversation", hexString(body.conversationID)) }
    json.arrayIfAny("events", body.eventIds) { $0.string(hexString($1)) }
    if body.hasRightSide { json.memberIfAny("to", body.rightSide.identity.shown?.description) }
    json.memberIfAny("reason", body.reason)
    if !body.undone.isEmpty { json.member("undone", hexString(body.undone)) }
  }

  private func writeConversationFact(to json: inout CanonicalJSON) {
    switch self {
    case .conversationStatusChanged(let body):
      json.memberIfAny("status", body.status.word)
      json.memberIfAny("former_status", body.formerStatus.word)
      if body.hasSnoozedUntil { json.member("snoozed_until", body.snoozedUntil.shown.rfc3339()) }
      json.memberIfAny("reason", body.reason)
    case .conversationRelated(let body):
      json.memberIfAny("relation", body.relation.word)
      if !body.conversationID.isEmpty { json.member("conversation", hexString(body.conversationID)) }
      if body.hasOtherKey { json.object("key") { body.otherKey.write(to: &$0) } }
      json.memberIfAny("reason", body.reason)
      json.memberIfTrue("ended", body.ended)
    case .conversationParticipantChanged(let body):
      json.memberIfAny("change", body.change.word)
      if body.hasParticipant { json.object("participant") { body.participant.writeMembers(to: &$0) } }
      json.arrayIfAny("presented", body.presented) { json, presented in
        json.object {
          $0.memberIfAny("identity", presented.identity.shown?.description)
          $0.memberIfAny("trust", presented.trust.word)
          $0.memberIfAny("by", presented.by.word)
        }
      }
    case .conversationClassified(let body):
      if body.labelsSet || !body.labels.isEmpty { json.array("labels", body.labels) { $0.string($1) } }
      json.memberIfAny("topic", body.topic)
      json.memberIfAny("priority", body.priority.word)
      json.memberIfAny("language", body.language)
    default: break
    }
  }

  private func writeWorkFact(to json: inout CanonicalJSON) {
    switch self {
    case .workAttemptRecorded(let body):
      json.memberIfAny("step", body.step)
      json.memberIfAny("article", body.article)
      json.memberIfAny("outcome", body.outcome.word)
      json.memberIfAny("remark", body.remark)
    case .workFactStated(let body):
      json.memberIfAny("name", body.factName)
      json.memberIfAny("value", body.factValue)
      json.memberIfTrue("checked", body.checked)
      if body.hasSaidIn { json.reference("said_in", body.saidIn) }
    case .workQuestionAsked(let body):
      json.memberIfAny("question", body.question)
      json.memberIfAny("fact", body.factName)
      if body.hasAskedIn { json.reference("asked_in", body.askedIn) }
      if body.hasAnsweredBy { json.reference("answered_by", body.answeredBy) }
    case .workAskedAgain(let body):
      json.memberIfAny("question", body.question)
      json.memberIfAny("fact", body.factName)
      if body.hasAskedIn { json.reference("asked_in", body.askedIn) }
      if body.hasKnownFrom { json.reference("known_from", body.knownFrom) }
    default: writeHandoff(to: &json)
    }
  }

  private func writeHandoff(to json: inout CanonicalJSON) {
    switch self {
    case .handoffRequested(let body):
      json.member("handoff", hexString(body.handoffID))
      json.memberIfAny("from", body.giver.shownName)
      json.memberIfAny("to", body.receiver.shownName)
      json.memberIfAny("reason", body.reason.word)
      json.memberIfAny("note", body.note)
      json.member("through", body.throughPosition)
      if body.hasAnswerDue { json.member("answer_due", body.answerDue.shown.rfc3339()) }
    case .handoffSettled(let body):
      json.member("handoff", hexString(body.handoffID))
      json.memberIfAny("outcome", body.outcome.word)
      json.memberIfAny("by", body.receiver.shownName)
      if body.hasOfferedAt { json.member("offered_at", body.offeredAt.shown.rfc3339()) }
      json.memberIfAny("reason", body.reason)
    case .handoffBriefGiven(let body):
      json.member("handoff", hexString(body.handoffID))
      json.memberIfAny("to", body.receiver.shownName)
      json.member("through", body.throughPosition)
      json.arrayIfAny("sections", body.sections) { $0.string($1) }
      json.arrayIfAny("cuts", body.cuts) { json, cut in
        json.object {
          $0.member("section", cut.section)
          $0.member("entries", cut.entries)
          $0.member("first", cut.firstPosition)
          $0.member("last", cut.lastPosition)
        }
      }
    case .handoffContextRead(let body):
      json.member("handoff", hexString(body.handoffID))
      json.memberIfAny("by", body.receiver.shownName)
      json.member("through", body.throughPosition)
    default: break
    }
  }

  /// Records of the store itself stand in its own stream; should one reach a customer's, it says what it is about.
  private func writeRecordFact(to json: inout CanonicalJSON) {
    switch self {
    case .recordImport(let body):
      json.memberIfAny("format", body.format)
      json.member("accepted", body.itemsAccepted)
    case .recordExport(let body):
      json.memberIfAny("format", body.format)
      json.memberIfAny("scope", body.scope)
      json.memberIfAny("reason", body.reason)
    case .recordAccess(let body):
      json.memberIfAny("action", body.action)
      json.memberIfAny("purpose", body.purpose)
      json.memberIfAny("reason", body.reason)
    default: break
    }
  }
}

/// What the facts about two identities have in common.
struct TimelineLink {
  var first: LinkSide?
  var second: LinkSide?
  var trust: TrustRecord
  var evidence: [LinkEvidence]
  var reason: String
}

extension Event.Body {
  /// The two sides of a fact about two identities; nil for other kinds.
  var link: TimelineLink? {
    switch self {
    case .identityLinked(let body):
      TimelineLink(
        first: body.first, second: body.second, trust: body.trust, evidence: body.evidence,
        reason: body.reason)
    case .identitySuggested(let body):
      TimelineLink(
        first: body.first, second: body.second, trust: body.trust, evidence: body.evidence,
        reason: body.reason)
    case .identityRefused(let body):
      TimelineLink(
        first: body.first, second: body.second, trust: body.trust, evidence: body.evidence,
        reason: body.reason)
    case .identitySeparated(let body):
      TimelineLink(
        first: body.first, second: body.second, trust: body.trust, evidence: body.evidence,
        reason: body.reason)
    case .identityShared(let body):
      TimelineLink(
        first: body.first, second: body.second, trust: body.trust, evidence: body.evidence,
        reason: body.reason)
    case .identityReassigned(let body):
      TimelineLink(
        first: body.first, second: body.second, trust: body.trust, evidence: body.evidence,
        reason: body.reason)
    default: nil
    }
  }
}

extension LinkEvidence {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.memberIfAny("basis", basis.word)
      $0.memberIfAny("explanation", explanation)
      $0.memberIfAny("actor", actor)
    }
  }
}

extension CanonicalJSON {
  fileprivate mutating func reference(_ name: String, _ reference: EventReference) {
    object(name) {
      if !reference.eventID.isEmpty { $0.member("event", hexString(reference.eventID)) }
      $0.memberIfAny("system", reference.system)
      $0.memberIfAny("native_id", reference.nativeID)
    }
  }
}
