public import ParleyEnvelope

// The kinds this version has a body for. `Schemas/kinds.md` says of every kind what it means.

extension EventKind {
  /// An identity was first seen, or its attributes changed.
  public static let identityObserved = EventKind(rawValue: 101)
  /// Two identities belong to one customer.
  public static let identityLinked = EventKind(rawValue: 102)
  /// Two identities may belong to one customer.
  public static let identitySuggested = EventKind(rawValue: 103)
  /// A link was asked for and not made.
  public static let identityRefused = EventKind(rawValue: 104)
  /// Two identities do not belong to one customer.
  public static let identitySeparated = EventKind(rawValue: 105)
  /// An identity is used by several customers, or no longer is.
  public static let identityShared = EventKind(rawValue: 106)
  /// An identity passed to somebody else.
  public static let identityReassigned = EventKind(rawValue: 107)
  /// An event in another stream involves this identity.
  public static let identityInvolved = EventKind(rawValue: 108)
  /// A person belongs to an organization for a time.
  public static let identityAffiliated = EventKind(rawValue: 109)
  /// A conversation or single events belong to another customer.
  public static let identityAttributionCorrected = EventKind(rawValue: 110)
  /// A conversation was first used.
  public static let conversationOpened = EventKind(rawValue: 201)
  /// It waits for somebody else, or is over.
  public static let conversationStatusChanged = EventKind(rawValue: 202)
  /// It continues, follows or was split from another one.
  public static let conversationRelated = EventKind(rawValue: 203)
  /// Somebody joined, left or presented an identity.
  public static let conversationParticipantChanged = EventKind(rawValue: 204)
  /// Labels, topic, priority, language.
  public static let conversationClassified = EventKind(rawValue: 205)
  /// Somebody wrote something.
  public static let messageSent = EventKind(rawValue: 301)
  /// A message has new content.
  public static let messageEdited = EventKind(rawValue: 302)
  /// A message was taken back.
  public static let messageRetracted = EventKind(rawValue: 303)
  /// One fact about a message's way to a recipient.
  public static let messageDeliveryUpdated = EventKind(rawValue: 304)
  /// Bytes were kept in the blob store.
  public static let mediaStored = EventKind(rawValue: 401)
  /// A call came in or went out.
  public static let callStarted = EventKind(rawValue: 501)
  /// Something happened to one party's line.
  public static let callLegChanged = EventKind(rawValue: 502)
  /// A party was connected to somebody else.
  public static let callTransferred = EventKind(rawValue: 503)
  /// Recording began, paused, went on or stopped.
  public static let callRecordingChanged = EventKind(rawValue: 504)
  /// The call is over.
  public static let callEnded = EventKind(rawValue: 505)
  /// Somebody posted, replied or quoted.
  public static let socialPosted = EventKind(rawValue: 601)
  /// Somebody liked, shared or reported.
  public static let socialEngagementChanged = EventKind(rawValue: 602)
  /// A step towards a solution was tried.
  public static let workAttemptRecorded = EventKind(rawValue: 811)
  /// Something about the customer or the matter is known.
  public static let workFactStated = EventKind(rawValue: 812)
  /// The customer was asked something.
  public static let workQuestionAsked = EventKind(rawValue: 813)
  /// The customer was asked what was already known.
  public static let workAskedAgain = EventKind(rawValue: 814)
  /// Somebody wants to pass a conversation on.
  public static let handoffRequested = EventKind(rawValue: 901)
  /// The request was answered, ran out or was taken back.
  public static let handoffSettled = EventKind(rawValue: 902)
  /// A receiver got a brief.
  public static let handoffBriefGiven = EventKind(rawValue: 903)
  /// A receiver showed to have read it.
  public static let handoffContextRead = EventKind(rawValue: 904)
  /// Somebody wrote something down for colleagues.
  public static let noteAdded = EventKind(rawValue: 2101)
  /// An import that stored something has ended.
  public static let recordImport = EventKind(rawValue: 2401)
  /// Data left the store in a file.
  public static let recordExport = EventKind(rawValue: 2402)
  /// Somebody checked the store.
  public static let recordVerification = EventKind(rawValue: 2403)
  /// Somebody looked at a customer's data.
  public static let recordAccess = EventKind(rawValue: 2404)
  /// Events kept long enough were erased.
  public static let recordRetentionRun = EventKind(rawValue: 2405)
  /// The state of the log was signed.
  public static let recordCheckpoint = EventKind(rawValue: 2406)
  /// A key was made, replaced or retired.
  public static let recordKeyChanged = EventKind(rawValue: 2407)
  /// The store came back from a backup.
  public static let recordRestored = EventKind(rawValue: 2408)
}
