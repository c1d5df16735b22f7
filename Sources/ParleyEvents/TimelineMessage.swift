public import ParleyEnvelope
public import ParleySchemas

/// A message, post or note as it stands now, with everything that happened to it.
public struct TimelineMessage: Hashable, Sendable {
  /// Which of the three it is.
  public enum Form: Hashable, Sendable {
    /// Written to somebody.
    case message
    /// Posted in public, at this address.
    case post(url: String, audience: SocialPosted.Audience)
    /// Written down for colleagues.
    case note(isPinned: Bool)
  }

  /// The content as it stood from one moment on.
  public struct Revision: Hashable, Sendable {
    /// The event that made it so.
    public var position: Position
    /// When.
    public var time: EffectiveTime
    /// The subject.
    public var subject: String
    /// The content in the source's order, that of attached mails included.
    public var parts: [ContentPart]
    /// The mails attached to it, by the parts that are theirs.
    public var attached: [AttachedMail] = []
  }

  /// That it was taken back.
  public struct Retraction: Hashable, Sendable {
    /// The event that says so.
    public var position: Position
    /// When.
    public var time: EffectiveTime
    /// For whom.
    public var scope: MessageRetracted.Scope
    /// Why.
    public var reason: String
  }

  /// One fact about its way to a recipient.
  public struct DeliveryFact: Hashable, Sendable {
    /// The event that says so.
    public var position: Position
    /// When.
    public var time: EffectiveTime
    /// To whom, `nil` when not stated.
    public var recipient: Identity?
    /// What became of it.
    public var state: MessageDeliveryUpdated.State
    /// The channel's own code.
    public var code: String
    /// The channel's own words.
    public var diagnostic: String
  }

  /// Somebody's like, share or report of a post.
  public struct Engagement: Hashable, Sendable {
    /// The event that says so.
    public var position: Position
    /// When.
    public var time: EffectiveTime
    /// Who.
    public var actor: TimelineActor
    /// What.
    public var act: SocialEngagementChanged.Act
    /// The emoji.
    public var symbol: String
    /// Whether it was taken back.
    public var isRemoved: Bool
  }

  /// Which of message, post and note it is.
  public var form: Form
  /// The contents it had, the first one first. Without parts when it was taken back for everybody.
  public var revisions: [Revision]
  /// From, to and the others that the viewer may see.
  public var participants: [Participant]
  /// Whether there are participants that are not shown.
  public var hidesParticipants: Bool
  /// The entry it answers, when that is in the timeline.
  public var inReplyTo: Position?
  /// That it was taken back, if it was.
  public var retraction: Retraction?
  /// Every delivery fact, in timeline order.
  public var deliveries: [DeliveryFact] = []
  /// Every engagement, in timeline order.
  public var engagements: [Engagement] = []
  /// Files that belong to it and were stored by events of their own.
  public var media: [TimelineMedia] = []

  /// The content as it stands now.
  public var current: Revision { revisions[revisions.count - 1] }
  /// Whether nothing of it is to be shown to anybody.
  public var isRetracted: Bool { retraction.map { $0.scope != .senderOnly } ?? false }
}

/// A file, recording or transcript that an event of its own stored.
public struct TimelineMedia: Hashable, Sendable {
  /// The event that stored it.
  public var position: Position
  /// When.
  public var time: EffectiveTime
  /// What was stored.
  public var media: MediaStored
}

// MARK: - Delivery

extension TimelineMessage {
  /// What became of a message on its way to one recipient.
  public struct DeliverySum: Hashable, Sendable {
    /// To whom, `nil` when not stated.
    public var recipient: Identity?
    /// The sum of the facts.
    public var state: MessageDeliveryUpdated.State
    /// The code of the fact that decided.
    public var code: String
  }

  /// The facts summed up per recipient, in the order of their first facts.
  ///
  /// The rule: the last fact decides when it is a failure (failed, bounced, expired); else the furthest of queued,
  /// sent, delivered, read. So a bounce after `delivered` is a bounce, and a late `sent` does not undo `read`.
  public var deliverySums: [DeliverySum] {
    var order: [Identity?] = []
    var sums: [Identity?: DeliverySum] = [:]
    for fact in deliveries {
      let sum = DeliverySum(recipient: fact.recipient, state: fact.state, code: fact.code)
      guard let before = sums[fact.recipient] else {
        order.append(fact.recipient)
        sums[fact.recipient] = sum
        continue
      }
      let isFurther = fact.state.rawValue >= before.state.rawValue
      if fact.state.isFailure || before.state.isFailure || isFurther { sums[fact.recipient] = sum }
    }
    return order.compactMap { sums[$0] }
  }
}

extension MessageDeliveryUpdated.State {
  /// Whether the message did not arrive.
  var isFailure: Bool { self == .failed || self == .bounced || self == .expired }
}
