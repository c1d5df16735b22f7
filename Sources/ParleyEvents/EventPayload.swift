public import Foundation
public import ParleyEnvelope
public import ParleySchemas
public import SwiftProtobuf

/// What the bodies of all kinds have: fields 1 to 15 of the schemas.
public protocol EventPayload: SwiftProtobuf.Message, Hashable, Sendable {
  /// The kind whose body this is.
  static var kind: EventKind { get }
  /// The body that this message is.
  var eventBody: Event.Body { get }
  /// Where the event came from.
  var source: Parley_V1_Source { get set }
  /// Whether it says where it came from.
  var hasSource: Bool { get }
  /// Says nothing of where it came from.
  mutating func clearSource()
  /// The source's time as it stood there, when it was not believed.
  var statedAt: String { get set }
  /// The name of whoever acted, as the source gave it.
  var actorName: String { get set }
  /// The id of the event that brought this one about; empty when none.
  var causedBy: Data { get set }
  /// The id of the event that this one replaces; empty when none.
  var supersedes: Data { get set }
  /// What the source said and no field takes, sorted by key.
  var extensions: [Parley_V1_Extension] { get set }
  /// Who acted, when it was not a customer: `agent:kim`.
  var actor: String { get set }
}

// MARK: - The kinds' bodies

/// The body of `identity.observed`: an identity was first seen, or its attributes changed.
public typealias IdentityObserved = Parley_V1_IdentityObserved
/// The body of `identity.linked`: two identities belong to one customer.
public typealias IdentityLinked = Parley_V1_IdentityLinked
/// The body of `identity.suggested`: two identities may belong to one customer.
public typealias IdentitySuggested = Parley_V1_IdentitySuggested
/// The body of `identity.refused`: a link was asked for and not made.
public typealias IdentityRefused = Parley_V1_IdentityRefused
/// The body of `identity.separated`: two identities do not belong to one customer.
public typealias IdentitySeparated = Parley_V1_IdentitySeparated
/// The body of `identity.shared`: an identity is used by several customers, or no longer is.
public typealias IdentityShared = Parley_V1_IdentityShared
/// The body of `identity.reassigned`: an identity passed to somebody else.
public typealias IdentityReassigned = Parley_V1_IdentityReassigned
/// The body of `identity.involved`: an event in another stream involves this identity.
public typealias IdentityInvolved = Parley_V1_IdentityInvolved
/// The body of `identity.affiliated`: a person belongs to an organization for a time.
public typealias IdentityAffiliated = Parley_V1_IdentityAffiliated
/// The body of `identity.attribution_corrected`: a conversation or single events belong to another customer.
public typealias IdentityAttributionCorrected = Parley_V1_IdentityAttributionCorrected
/// The body of `conversation.opened`: a conversation was first used.
public typealias ConversationOpened = Parley_V1_ConversationOpened
/// The body of `conversation.status_changed`: it waits for somebody else, or is over.
public typealias ConversationStatusChanged = Parley_V1_ConversationStatusChanged
/// The body of `conversation.related`: it continues, follows or was split from another one.
public typealias ConversationRelated = Parley_V1_ConversationRelated
/// The body of `conversation.participant_changed`: somebody joined, left or presented an identity.
public typealias ConversationParticipantChanged = Parley_V1_ConversationParticipantChanged
/// The body of `conversation.classified`: labels, topic, priority, language.
public typealias ConversationClassified = Parley_V1_ConversationClassified
/// The body of `message.sent`: somebody wrote something.
public typealias MessageSent = Parley_V1_MessageSent
/// The body of `message.edited`: a message has new content.
public typealias MessageEdited = Parley_V1_MessageEdited
/// The body of `message.retracted`: a message was taken back.
public typealias MessageRetracted = Parley_V1_MessageRetracted
/// The body of `message.delivery_updated`: one fact about a message's way to a recipient.
public typealias MessageDeliveryUpdated = Parley_V1_MessageDeliveryUpdated
/// The body of `media.stored`: bytes were kept in the blob store.
public typealias MediaStored = Parley_V1_MediaStored
/// The body of `call.started`: a call came in or went out.
public typealias CallStarted = Parley_V1_CallStarted
/// The body of `call.leg_changed`: something happened to one party's line.
public typealias CallLegChanged = Parley_V1_CallLegChanged
/// The body of `call.transferred`: a party was connected to somebody else.
public typealias CallTransferred = Parley_V1_CallTransferred
/// The body of `call.recording_changed`: recording began, paused, went on or stopped.
public typealias CallRecordingChanged = Parley_V1_CallRecordingChanged
/// The body of `call.ended`: the call is over.
public typealias CallEnded = Parley_V1_CallEnded
/// The body of `social.posted`: somebody posted, replied or quoted.
public typealias SocialPosted = Parley_V1_SocialPosted
/// The body of `social.engagement_changed`: somebody liked, shared or reported.
public typealias SocialEngagementChanged = Parley_V1_SocialEngagementChanged
/// The body of `work.attempt_recorded`: a step towards a solution was tried.
public typealias WorkAttemptRecorded = Parley_V1_WorkAttemptRecorded
/// The body of `work.fact_stated`: something about the customer or the matter is known.
public typealias WorkFactStated = Parley_V1_WorkFactStated
/// The body of `work.question_asked`: the customer was asked something.
public typealias WorkQuestionAsked = Parley_V1_WorkQuestionAsked
/// The body of `work.asked_again`: the customer was asked what was already known.
public typealias WorkAskedAgain = Parley_V1_WorkAskedAgain
/// The body of `handoff.requested`: somebody wants to pass a conversation on.
public typealias HandoffRequested = Parley_V1_HandoffRequested
/// The body of `handoff.settled`: the request was answered, ran out or was taken back.
public typealias HandoffSettled = Parley_V1_HandoffSettled
/// The body of `handoff.brief_given`: a receiver got a brief.
public typealias HandoffBriefGiven = Parley_V1_HandoffBriefGiven
/// The body of `handoff.context_read`: a receiver showed to have read it.
public typealias HandoffContextRead = Parley_V1_HandoffContextRead
/// The body of `note.added`: somebody wrote something down for colleagues.
public typealias NoteAdded = Parley_V1_NoteAdded
/// The body of `record.import`: an import that stored something has ended.
public typealias RecordImport = Parley_V1_RecordImport
/// The body of `record.export`: data left the store in a file.
public typealias RecordExport = Parley_V1_RecordExport
/// The body of `record.verification`: somebody checked the store.
public typealias RecordVerification = Parley_V1_RecordVerification
/// The body of `record.access`: somebody looked at a customer's data.
public typealias RecordAccess = Parley_V1_RecordAccess
/// The body of `record.retention_run`: events kept long enough were erased.
public typealias RecordRetentionRun = Parley_V1_RecordRetentionRun
/// The body of `record.checkpoint`: the state of the log was signed.
public typealias RecordCheckpoint = Parley_V1_RecordCheckpoint
/// The body of `record.key_changed`: a key was made, replaced or retired.
public typealias RecordKeyChanged = Parley_V1_RecordKeyChanged
/// The body of `record.restored`: the store came back from a backup.
public typealias RecordRestored = Parley_V1_RecordRestored

extension Parley_V1_IdentityObserved: EventPayload {
  /// `identity.observed`.
  public static var kind: EventKind { .identityObserved }
  /// `Event.Body.identityObserved`.
  public var eventBody: Event.Body { .identityObserved(self) }
}
extension Parley_V1_IdentityLinked: EventPayload {
  /// `identity.linked`.
  public static var kind: EventKind { .identityLinked }
  /// `Event.Body.identityLinked`.
  public var eventBody: Event.Body { .identityLinked(self) }
}
extension Parley_V1_IdentitySuggested: EventPayload {
  /// `identity.suggested`.
  public static var kind: EventKind { .identitySuggested }
  /// `Event.Body.identitySuggested`.
  public var eventBody: Event.Body { .identitySuggested(self) }
}
extension Parley_V1_IdentityRefused: EventPayload {
  /// `identity.refused`.
  public static var kind: EventKind { .identityRefused }
  /// `Event.Body.identityRefused`.
  public var eventBody: Event.Body { .identityRefused(self) }
}
extension Parley_V1_IdentitySeparated: EventPayload {
  /// `identity.separated`.
  public static var kind: EventKind { .identitySeparated }
  /// `Event.Body.identitySeparated`.
  public var eventBody: Event.Body { .identitySeparated(self) }
}
extension Parley_V1_IdentityShared: EventPayload {
  /// `identity.shared`.
  public static var kind: EventKind { .identityShared }
  /// `Event.Body.identityShared`.
  public var eventBody: Event.Body { .identityShared(self) }
}
extension Parley_V1_IdentityReassigned: EventPayload {
  /// `identity.reassigned`.
  public static var kind: EventKind { .identityReassigned }
  /// `Event.Body.identityReassigned`.
  public var eventBody: Event.Body { .identityReassigned(self) }
}
extension Parley_V1_IdentityInvolved: EventPayload {
  /// `identity.involved`.
  public static var kind: EventKind { .identityInvolved }
  /// `Event.Body.identityInvolved`.
  public var eventBody: Event.Body { .identityInvolved(self) }
}
extension Parley_V1_IdentityAffiliated: EventPayload {
  /// `identity.affiliated`.
  public static var kind: EventKind { .identityAffiliated }
  /// `Event.Body.identityAffiliated`.
  public var eventBody: Event.Body { .identityAffiliated(self) }
}
extension Parley_V1_IdentityAttributionCorrected: EventPayload {
  /// `identity.attribution_corrected`.
  public static var kind: EventKind { .identityAttributionCorrected }
  /// `Event.Body.identityAttributionCorrected`.
  public var eventBody: Event.Body { .identityAttributionCorrected(self) }
}
extension Parley_V1_ConversationOpened: EventPayload {
  /// `conversation.opened`.
  public static var kind: EventKind { .conversationOpened }
  /// `Event.Body.conversationOpened`.
  public var eventBody: Event.Body { .conversationOpened(self) }
}
extension Parley_V1_ConversationStatusChanged: EventPayload {
  /// `conversation.status_changed`.
  public static var kind: EventKind { .conversationStatusChanged }
  /// `Event.Body.conversationStatusChanged`.
  public var eventBody: Event.Body { .conversationStatusChanged(self) }
}
extension Parley_V1_ConversationRelated: EventPayload {
  /// `conversation.related`.
  public static var kind: EventKind { .conversationRelated }
  /// `Event.Body.conversationRelated`.
  public var eventBody: Event.Body { .conversationRelated(self) }
}
extension Parley_V1_ConversationParticipantChanged: EventPayload {
  /// `conversation.participant_changed`.
  public static var kind: EventKind { .conversationParticipantChanged }
  /// `Event.Body.conversationParticipantChanged`.
  public var eventBody: Event.Body { .conversationParticipantChanged(self) }
}
extension Parley_V1_ConversationClassified: EventPayload {
  /// `conversation.classified`.
  public static var kind: EventKind { .conversationClassified }
  /// `Event.Body.conversationClassified`.
  public var eventBody: Event.Body { .conversationClassified(self) }
}
extension Parley_V1_MessageSent: EventPayload {
  /// `message.sent`.
  public static var kind: EventKind { .messageSent }
  /// `Event.Body.messageSent`.
  public var eventBody: Event.Body { .messageSent(self) }
}
extension Parley_V1_MessageEdited: EventPayload {
  /// `message.edited`.
  public static var kind: EventKind { .messageEdited }
  /// `Event.Body.messageEdited`.
  public var eventBody: Event.Body { .messageEdited(self) }
}
extension Parley_V1_MessageRetracted: EventPayload {
  /// `message.retracted`.
  public static var kind: EventKind { .messageRetracted }
  /// `Event.Body.messageRetracted`.
  public var eventBody: Event.Body { .messageRetracted(self) }
}
extension Parley_V1_MessageDeliveryUpdated: EventPayload {
  /// `message.delivery_updated`.
  public static var kind: EventKind { .messageDeliveryUpdated }
  /// `Event.Body.messageDeliveryUpdated`.
  public var eventBody: Event.Body { .messageDeliveryUpdated(self) }
}
extension Parley_V1_MediaStored: EventPayload {
  /// `media.stored`.
  public static var kind: EventKind { .mediaStored }
  /// `Event.Body.mediaStored`.
  public var eventBody: Event.Body { .mediaStored(self) }
}
extension Parley_V1_CallStarted: EventPayload {
  /// `call.started`.
  public static var kind: EventKind { .callStarted }
  /// `Event.Body.callStarted`.
  public var eventBody: Event.Body { .callStarted(self) }
}
extension Parley_V1_CallLegChanged: EventPayload {
  /// `call.leg_changed`.
  public static var kind: EventKind { .callLegChanged }
  /// `Event.Body.callLegChanged`.
  public var eventBody: Event.Body { .callLegChanged(self) }
}
extension Parley_V1_CallTransferred: EventPayload {
  /// `call.transferred`.
  public static var kind: EventKind { .callTransferred }
  /// `Event.Body.callTransferred`.
  public var eventBody: Event.Body { .callTransferred(self) }
}
extension Parley_V1_CallRecordingChanged: EventPayload {
  /// `call.recording_changed`.
  public static var kind: EventKind { .callRecordingChanged }
  /// `Event.Body.callRecordingChanged`.
  public var eventBody: Event.Body { .callRecordingChanged(self) }
}
extension Parley_V1_CallEnded: EventPayload {
  /// `call.ended`.
  public static var kind: EventKind { .callEnded }
  /// `Event.Body.callEnded`.
  public var eventBody: Event.Body { .callEnded(self) }
}
extension Parley_V1_SocialPosted: EventPayload {
  /// `social.posted`.
  public static var kind: EventKind { .socialPosted }
  /// `Event.Body.socialPosted`.
  public var eventBody: Event.Body { .socialPosted(self) }
}
extension Parley_V1_SocialEngagementChanged: EventPayload {
  /// `social.engagement_changed`.
  public static var kind: EventKind { .socialEngagementChanged }
  /// `Event.Body.socialEngagementChanged`.
  public var eventBody: Event.Body { .socialEngagementChanged(self) }
}
extension Parley_V1_WorkAttemptRecorded: EventPayload {
  /// `work.attempt_recorded`.
  public static var kind: EventKind { .workAttemptRecorded }
  /// `Event.Body.workAttemptRecorded`.
  public var eventBody: Event.Body { .workAttemptRecorded(self) }
}
extension Parley_V1_WorkFactStated: EventPayload {
  /// `work.fact_stated`.
  public static var kind: EventKind { .workFactStated }
  /// `Event.Body.workFactStated`.
  public var eventBody: Event.Body { .workFactStated(self) }
}
extension Parley_V1_WorkQuestionAsked: EventPayload {
  /// `work.question_asked`.
  public static var kind: EventKind { .workQuestionAsked }
  /// `Event.Body.workQuestionAsked`.
  public var eventBody: Event.Body { .workQuestionAsked(self) }
}
extension Parley_V1_WorkAskedAgain: EventPayload {
  /// `work.asked_again`.
  public static var kind: EventKind { .workAskedAgain }
  /// `Event.Body.workAskedAgain`.
  public var eventBody: Event.Body { .workAskedAgain(self) }
}
extension Parley_V1_HandoffRequested: EventPayload {
  /// `handoff.requested`.
  public static var kind: EventKind { .handoffRequested }
  /// `Event.Body.handoffRequested`.
  public var eventBody: Event.Body { .handoffRequested(self) }
}
extension Parley_V1_HandoffSettled: EventPayload {
  /// `handoff.settled`.
  public static var kind: EventKind { .handoffSettled }
  /// `Event.Body.handoffSettled`.
  public var eventBody: Event.Body { .handoffSettled(self) }
}
extension Parley_V1_HandoffBriefGiven: EventPayload {
  /// `handoff.brief_given`.
  public static var kind: EventKind { .handoffBriefGiven }
  /// `Event.Body.handoffBriefGiven`.
  public var eventBody: Event.Body { .handoffBriefGiven(self) }
}
extension Parley_V1_HandoffContextRead: EventPayload {
  /// `handoff.context_read`.
  public static var kind: EventKind { .handoffContextRead }
  /// `Event.Body.handoffContextRead`.
  public var eventBody: Event.Body { .handoffContextRead(self) }
}
extension Parley_V1_NoteAdded: EventPayload {
  /// `note.added`.
  public static var kind: EventKind { .noteAdded }
  /// `Event.Body.noteAdded`.
  public var eventBody: Event.Body { .noteAdded(self) }
}
extension Parley_V1_RecordImport: EventPayload {
  /// `record.import`.
  public static var kind: EventKind { .recordImport }
  /// `Event.Body.recordImport`.
  public var eventBody: Event.Body { .recordImport(self) }
}
extension Parley_V1_RecordExport: EventPayload {
  /// `record.export`.
  public static var kind: EventKind { .recordExport }
  /// `Event.Body.recordExport`.
  public var eventBody: Event.Body { .recordExport(self) }
}
extension Parley_V1_RecordVerification: EventPayload {
  /// `record.verification`.
  public static var kind: EventKind { .recordVerification }
  /// `Event.Body.recordVerification`.
  public var eventBody: Event.Body { .recordVerification(self) }
}
extension Parley_V1_RecordAccess: EventPayload {
  /// `record.access`.
  public static var kind: EventKind { .recordAccess }
  /// `Event.Body.recordAccess`.
  public var eventBody: Event.Body { .recordAccess(self) }
}
extension Parley_V1_RecordRetentionRun: EventPayload {
  /// `record.retention_run`.
  public static var kind: EventKind { .recordRetentionRun }
  /// `Event.Body.recordRetentionRun`.
  public var eventBody: Event.Body { .recordRetentionRun(self) }
}
extension Parley_V1_RecordCheckpoint: EventPayload {
  /// `record.checkpoint`.
  public static var kind: EventKind { .recordCheckpoint }
  /// `Event.Body.recordCheckpoint`.
  public var eventBody: Event.Body { .recordCheckpoint(self) }
}
extension Parley_V1_RecordKeyChanged: EventPayload {
  /// `record.key_changed`.
  public static var kind: EventKind { .recordKeyChanged }
  /// `Event.Body.recordKeyChanged`.
  public var eventBody: Event.Body { .recordKeyChanged(self) }
}
extension Parley_V1_RecordRestored: EventPayload {
  /// `record.restored`.
  public static var kind: EventKind { .recordRestored }
  /// `Event.Body.recordRestored`.
  public var eventBody: Event.Body { .recordRestored(self) }
}
