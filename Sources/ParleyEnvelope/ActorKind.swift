/// What kind of party acted.
///
/// An open set: a code written by a newer version is kept and passed on.
public struct ActorKind: EnvelopeCode {
  /// The code as stored; 0 is unspecified.
  public var rawValue: UInt8

  /// A code as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names in the order of their codes, as written in JSON.
  public static let names = [
    "unspecified",
    "customer",
    "agent",
    "bot",
    "automation",
    "system",
    "third_party",
  ]

  /// A customer.
  public static let customer = ActorKind(rawValue: 1)
  /// A person who works for us.
  public static let agent = ActorKind(rawValue: 2)
  /// A conversational program.
  public static let bot = ActorKind(rawValue: 3)
  /// A rule or workflow.
  public static let automation = ActorKind(rawValue: 4)
  /// A machine.
  public static let system = ActorKind(rawValue: 5)
  /// Somebody else.
  public static let thirdParty = ActorKind(rawValue: 6)
}
