public import ParleyEnvelope
import SwiftProtobuf

extension Event {
  /// What an event says: the message of its kind, or its bytes where this version knows no message for it.
  public enum Body: Hashable, Sendable {
    /// An identity was first seen, or its attributes changed.
    case identityObserved(IdentityObserved)
    /// Two identities belong to one customer.
    case identityLinked(IdentityLinked)
    /// Two identities may belong to one customer.
    case identitySuggested(IdentitySuggested)
    /// A link was asked for and not made.
    case identityRefused(IdentityRefused)
    /// Two identities do not belong to one customer.
    case identitySeparated(IdentitySeparated)
    /// An identity is used by several customers, or no longer is.
    case identityShared(IdentityShared)
    /// An identity passed to somebody else.
    case identityReassigned(IdentityReassigned)
    /// An event in another stream involves this identity.
    case identityInvolved(IdentityInvolved)
    /// A person belongs to an organization for a time.
    case identityAffiliated(IdentityAffiliated)
    /// A conversation or single events belong to another customer.
    case identityAttributionCorrected(IdentityAttributionCorrected)
    /// A conversation was first used.
    case conversationOpened(ConversationOpened)
    /// It waits for somebody else, or is over.
    case conversationStatusChanged(ConversationStatusChanged)
    /// It continues, follows or was split from another one.
    case conversationRelated(ConversationRelated)
    /// Somebody joined, left or presented an identity.
    case conversationParticipantChanged(ConversationParticipantChanged)
    /// Labels, topic, priority, language.
    case conversationClassified(ConversationClassified)
    /// Somebody wrote something.
    case messageSent(MessageSent)
    /// A message has new content.
    case messageEdited(MessageEdited)
    /// A message was taken back.
    case messageRetracted(MessageRetracted)
    /// One fact about a message's way to a recipient.
    case messageDeliveryUpdated(MessageDeliveryUpdated)
    /// Bytes were kept in the blob store.
    case mediaStored(MediaStored)
    /// A call came in or went out.
    case callStarted(CallStarted)
    /// Something happened to one party's line.
    case callLegChanged(CallLegChanged)
    /// A party was connected to somebody else.
    case callTransferred(CallTransferred)
    /// Recording began, paused, went on or stopped.
    case callRecordingChanged(CallRecordingChanged)
    /// The call is over.
    case callEnded(CallEnded)
    /// Somebody posted, replied or quoted.
    case socialPosted(SocialPosted)
    /// Somebody liked, shared or reported.
    case socialEngagementChanged(SocialEngagementChanged)
    /// A step towards a solution was tried.
    case workAttemptRecorded(WorkAttemptRecorded)
    /// Something about the customer or the matter is known.
    case workFactStated(WorkFactStated)
    /// The customer was asked something.
    case workQuestionAsked(WorkQuestionAsked)
    /// The customer was asked what was already known.
    case workAskedAgain(WorkAskedAgain)
    /// Somebody wants to pass a conversation on.
    case handoffRequested(HandoffRequested)
    /// The request was answered, ran out or was taken back.
    case handoffSettled(HandoffSettled)
    /// A receiver got a brief.
    case handoffBriefGiven(HandoffBriefGiven)
    /// A receiver showed to have read it.
    case handoffContextRead(HandoffContextRead)
    /// Somebody wrote something down for colleagues.
    case noteAdded(NoteAdded)
    /// An import that stored something has ended.
    case recordImport(RecordImport)
    /// Data left the store in a file.
    case recordExport(RecordExport)
    /// Somebody checked the store.
    case recordVerification(RecordVerification)
    /// Somebody looked at a customer's data.
    case recordAccess(RecordAccess)
    /// Events kept long enough were erased.
    case recordRetentionRun(RecordRetentionRun)
    /// The state of the log was signed.
    case recordCheckpoint(RecordCheckpoint)
    /// A key was made, replaced or retired.
    case recordKeyChanged(RecordKeyChanged)
    /// The store came back from a backup.
    case recordRestored(RecordRestored)
    /// A kind, a body version or bytes that this version cannot read, kept as they are.
    case unknown(EventKind, [UInt8])
  }
}

extension Event.Body {
  /// The kind whose body this is.
  public var kind: EventKind {
    switch self {
    case .identityObserved: .identityObserved
    case .identityLinked: .identityLinked
    case .identitySuggested: .identitySuggested
    case .identityRefused: .identityRefused
    case .identitySeparated: .identitySeparated
    case .identityShared: .identityShared
    case .identityReassigned: .identityReassigned
    case .identityInvolved: .identityInvolved
    case .identityAffiliated: .identityAffiliated
    case .identityAttributionCorrected: .identityAttributionCorrected
    case .conversationOpened: .conversationOpened
    case .conversationStatusChanged: .conversationStatusChanged
    case .conversationRelated: .conversationRelated
    case .conversationParticipantChanged: .conversationParticipantChanged
    case .conversationClassified: .conversationClassified
    case .messageSent: .messageSent
    case .messageEdited: .messageEdited
    case .messageRetracted: .messageRetracted
    case .messageDeliveryUpdated: .messageDeliveryUpdated
    case .mediaStored: .mediaStored
    case .callStarted: .callStarted
    case .callLegChanged: .callLegChanged
    case .callTransferred: .callTransferred
    case .callRecordingChanged: .callRecordingChanged
    case .callEnded: .callEnded
    case .socialPosted: .socialPosted
    case .socialEngagementChanged: .socialEngagementChanged
    case .workAttemptRecorded: .workAttemptRecorded
    case .workFactStated: .workFactStated
    case .workQuestionAsked: .workQuestionAsked
    case .workAskedAgain: .workAskedAgain
    case .handoffRequested: .handoffRequested
    case .handoffSettled: .handoffSettled
    case .handoffBriefGiven: .handoffBriefGiven
    case .handoffContextRead: .handoffContextRead
    case .noteAdded: .noteAdded
    case .recordImport: .recordImport
    case .recordExport: .recordExport
    case .recordVerification: .recordVerification
    case .recordAccess: .recordAccess
    case .recordRetentionRun: .recordRetentionRun
    case .recordCheckpoint: .recordCheckpoint
    case .recordKeyChanged: .recordKeyChanged
    case .recordRestored: .recordRestored
    case .unknown(let kind, _): kind
    }
  }

  /// The message, whatever its kind; nil for an unknown one.
  public var payload: (any EventPayload)? {
    switch self {
    case .identityObserved(let payload): payload
    case .identityLinked(let payload): payload
    case .identitySuggested(let payload): payload
    case .identityRefused(let payload): payload
    case .identitySeparated(let payload): payload
    case .identityShared(let payload): payload
    case .identityReassigned(let payload): payload
    case .identityInvolved(let payload): payload
    case .identityAffiliated(let payload): payload
    case .identityAttributionCorrected(let payload): payload
    case .conversationOpened(let payload): payload
    case .conversationStatusChanged(let payload): payload
    case .conversationRelated(let payload): payload
    case .conversationParticipantChanged(let payload): payload
    case .conversationClassified(let payload): payload
    case .messageSent(let payload): payload
    case .messageEdited(let payload): payload
    case .messageRetracted(let payload): payload
    case .messageDeliveryUpdated(let payload): payload
    case .mediaStored(let payload): payload
    case .callStarted(let payload): payload
    case .callLegChanged(let payload): payload
    case .callTransferred(let payload): payload
    case .callRecordingChanged(let payload): payload
    case .callEnded(let payload): payload
    case .socialPosted(let payload): payload
    case .socialEngagementChanged(let payload): payload
    case .workAttemptRecorded(let payload): payload
    case .workFactStated(let payload): payload
    case .workQuestionAsked(let payload): payload
    case .workAskedAgain(let payload): payload
    case .handoffRequested(let payload): payload
    case .handoffSettled(let payload): payload
    case .handoffBriefGiven(let payload): payload
    case .handoffContextRead(let payload): payload
    case .noteAdded(let payload): payload
    case .recordImport(let payload): payload
    case .recordExport(let payload): payload
    case .recordVerification(let payload): payload
    case .recordAccess(let payload): payload
    case .recordRetentionRun(let payload): payload
    case .recordCheckpoint(let payload): payload
    case .recordKeyChanged(let payload): payload
    case .recordRestored(let payload): payload
    case .unknown: nil
    }
  }

  /// A body from the message of its kind.
  public init(_ payload: some EventPayload) { self = payload.eventBody }

  /// The message type of a kind; nil where this version has none.
  package static func payloadType(of kind: EventKind) -> (any EventPayload.Type)? {
    switch kind {
    case .identityObserved: IdentityObserved.self
    case .identityLinked: IdentityLinked.self
    case .identitySuggested: IdentitySuggested.self
    case .identityRefused: IdentityRefused.self
    case .identitySeparated: IdentitySeparated.self
    case .identityShared: IdentityShared.self
    case .identityReassigned: IdentityReassigned.self
    case .identityInvolved: IdentityInvolved.self
    case .identityAffiliated: IdentityAffiliated.self
    case .identityAttributionCorrected: IdentityAttributionCorrected.self
    case .conversationOpened: ConversationOpened.self
    case .conversationStatusChanged: ConversationStatusChanged.self
    case .conversationRelated: ConversationRelated.self
    case .conversationParticipantChanged: ConversationParticipantChanged.self
    case .conversationClassified: ConversationClassified.self
    case .messageSent: MessageSent.self
    case .messageEdited: MessageEdited.self
    case .messageRetracted: MessageRetracted.self
    case .messageDeliveryUpdated: MessageDeliveryUpdated.self
    case .mediaStored: MediaStored.self
    case .callStarted: CallStarted.self
    case .callLegChanged: CallLegChanged.self
    case .callTransferred: CallTransferred.self
    case .callRecordingChanged: CallRecordingChanged.self
    case .callEnded: CallEnded.self
    case .socialPosted: SocialPosted.self
    case .socialEngagementChanged: SocialEngagementChanged.self
    case .workAttemptRecorded: WorkAttemptRecorded.self
    case .workFactStated: WorkFactStated.self
    case .workQuestionAsked: WorkQuestionAsked.self
    case .workAskedAgain: WorkAskedAgain.self
    case .handoffRequested: HandoffRequested.self
    case .handoffSettled: HandoffSettled.self
    case .handoffBriefGiven: HandoffBriefGiven.self
    case .handoffContextRead: HandoffContextRead.self
    case .noteAdded: NoteAdded.self
    case .recordImport: RecordImport.self
    case .recordExport: RecordExport.self
    case .recordVerification: RecordVerification.self
    case .recordAccess: RecordAccess.self
    case .recordRetentionRun: RecordRetentionRun.self
    case .recordCheckpoint: RecordCheckpoint.self
    case .recordKeyChanged: RecordKeyChanged.self
    case .recordRestored: RecordRestored.self
    default: nil
    }
  }
}
