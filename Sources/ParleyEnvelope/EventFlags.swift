/// Yes-or-no facts about an event that need no decoding of its body.
public struct EventFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  /// The bits as stored.
  public var rawValue: UInt8

  /// The bits as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Made by a program without a person deciding on it, such as an out-of-office reply.
  public static let automated = EventFlags(rawValue: 1)
  /// Known to be recorded after later events of the same conversation.
  public static let late = EventFlags(rawValue: 2)
  /// Brought in from another system's archive rather than recorded as it happened.
  public static let imported = EventFlags(rawValue: 4)
  /// Begun by us.
  public static let proactive = EventFlags(rawValue: 8)
}
