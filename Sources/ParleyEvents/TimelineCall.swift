public import ParleyEnvelope
public import ParleySchemas

/// A call as one entry: who was on it, what happened to their lines, what is left of it.
public struct TimelineCall: Hashable, Sendable {
  /// One change during a call.
  public struct Step: Hashable, Sendable {
    /// What changed.
    public enum Change: Hashable, Sendable {
      /// Something happened to one party's line.
      case leg(CallLegChanged)
      /// A party was connected to somebody else.
      case transferred(CallTransferred)
      /// Recording began, paused, went on or stopped.
      case recording(CallRecordingChanged)
    }

    /// The event that says so.
    public var position: Position
    /// When.
    public var time: EffectiveTime
    /// What.
    public var change: Change
  }

  /// The source's id of the call.
  public var call: String
  /// How it began, if an event says so.
  public var started: CallStarted?
  /// What happened meanwhile, in timeline order.
  public var steps: [Step] = []
  /// How it ended, if it has.
  public var ended: CallEnded?
  /// When it ended.
  public var endTime: EffectiveTime?
  /// Recordings, voicemails and transcripts.
  public var media: [TimelineMedia] = []

  /// Whether anybody of us spoke with the customer: it ended as answered, or a leg was answered and it did not end
  /// otherwise.
  public var isAnswered: Bool {
    if let ended, ended.disposition != .unspecified { return ended.disposition == .answered }
    return steps.contains { if case .leg(let leg) = $0.change { leg.state == .answered } else { false } }
  }

  /// Whether a message was left.
  public var isVoicemail: Bool {
    ended?.disposition == .voicemail || media.contains { $0.media.sort == .voicemail }
  }
}
