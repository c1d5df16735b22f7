import ParleyEnvelope
import ParleySchemas

// What an event can't do without: `Schemas/kinds.md` lists it, and a test holds the two together.

extension Event.Body {
  /// The member without which the body says nothing, when it is not there; several where any of them would do.
  var missing: [String]? {
    switch self {
    case .messageSent: nil
    case .messageEdited(let body): Self.unless(body.hasEdited, "edited")
    case .messageRetracted(let body): Self.unless(body.hasRetracted, "retracted")
    case .messageDeliveryUpdated(let body): Self.unless(body.state != .unspecified, "state")
    case .mediaStored(let body): Self.unless(body.hasBlob || !body.utterances.isEmpty, "blob", "utterances")
    case .callLegChanged(let body): Self.unless(body.state != .unspecified, "state")
    case .callRecordingChanged(let body): Self.unless(body.state != .unspecified, "state")
    case .socialEngagementChanged(let body):
      Self.unless(body.act != .unspecified, "act")
        ?? Self.unless(body.act != .emoji || !body.symbol.isEmpty, "symbol")
    case .noteAdded(let body): Self.unless(!body.parts.isEmpty, "text", "parts")
    default: missingOfIdentity ?? missingOfConversation ?? missingOfWork ?? missingOfHandoff
    }
  }

  private var missingOfIdentity: [String]? {
    switch self {
    case .identityObserved(let body): Self.unless(body.identity.isStated, "identity")
    case .identityShared(let body): Self.unless(body.first.isStated, "first")
    case .identityReassigned(let body): Self.unless(body.first.isStated, "first")
    case .identityLinked(let body): Self.missingSide(body)
    case .identitySuggested(let body): Self.missingSide(body)
    case .identityRefused(let body): Self.missingSide(body)
    case .identitySeparated(let body): Self.missingSide(body)
    case .identityInvolved(let body): Self.unless(!body.eventID.isEmpty, "eventId")
    case .identityAffiliated(let body):
      Self.unless(body.person.isStated, "person") ?? Self.unless(body.memberOf.isStated, "memberOf")
    case .identityAttributionCorrected(let body):
      Self.unless(
        !body.conversationID.isEmpty || !body.eventIds.isEmpty || !body.undone.isEmpty,
        "conversationId", "eventIds", "undone")
    default: nil
    }
  }

  private static func missingSide(_ link: some LinkBody) -> [String]? {
    unless(link.first.isStated, "first") ?? unless(link.second.isStated, "second")
  }

  private var missingOfConversation: [String]? {
    switch self {
    case .conversationOpened(let body): Self.unless(!body.key.thread.isEmpty, "conversation")
    case .conversationStatusChanged(let body): Self.unless(body.status != .unspecified, "status")
    case .conversationRelated(let body):
      Self.unless(body.relation != .unspecified, "relation")
        ?? Self.unless(
          !body.conversationID.isEmpty || !body.otherKey.thread.isEmpty, "conversationId", "otherKey")
    case .conversationParticipantChanged(let body):
      Self.unless(body.change != .unspecified, "change")
        ?? Self.unless(body.change != .presentedIdentity || !body.presented.isEmpty, "presented")
    case .conversationClassified(let body):
      Self.unless(
        body.labelsSet || !body.labels.isEmpty || !body.topic.isEmpty || body.priority != .unspecified
          || !body.language.isEmpty,
        "labels", "labelsSet", "topic", "priority", "language")
    default: nil
    }
  }

  private var missingOfWork: [String]? {
    switch self {
    case .workAttemptRecorded(let body): Self.unless(!body.step.isEmpty, "step")
    case .workFactStated(let body): Self.unless(!body.factName.isEmpty, "factName")
    case .workQuestionAsked(let body):
      Self.unless(!body.question.isEmpty || !body.factName.isEmpty, "question", "factName")
    case .workAskedAgain(let body):
      Self.unless(!body.question.isEmpty || !body.factName.isEmpty, "question", "factName")
    default: nil
    }
  }

  private var missingOfHandoff: [String]? {
    switch self {
    case .handoffRequested(let body):
      Self.unless(!body.handoffID.isEmpty, "handoffId") ?? Self.unless(body.hasReceiver, "receiver")
    case .handoffSettled(let body):
      Self.unless(!body.handoffID.isEmpty, "handoffId")
        ?? Self.unless(body.outcome != .unspecified, "outcome")
    case .handoffBriefGiven(let body): Self.unless(!body.handoffID.isEmpty, "handoffId")
    case .handoffContextRead(let body): Self.unless(!body.handoffID.isEmpty, "handoffId")
    default: nil
    }
  }

  private static func unless(_ isThere: Bool, _ names: String...) -> [String]? { isThere ? nil : names }
}

extension IdentityRecord {
  fileprivate var isStated: Bool { !value.isEmpty }
}

extension LinkSide {
  fileprivate var isStated: Bool { identity.isStated || !streamID.isEmpty }
}
