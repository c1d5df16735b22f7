public import ParleyEnvelope

/// Somebody on our side, or a machine, that acts: an agent, a bot, a rule. Customers act by their identities.
public struct Actor: Hashable, Sendable {
  /// What kind of actor.
  public var kind: ActorKind
  /// An id chosen once, opaque to us: a login, a number.
  public var name: String

  /// An actor from kind and id.
  public init(_ kind: ActorKind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  /// A person who works for us.
  public static func agent(_ name: String) -> Actor { Actor(.agent, name) }
  /// A conversational program.
  public static func bot(_ name: String) -> Actor { Actor(.bot, name) }
  /// A rule or workflow.
  public static func automation(_ name: String) -> Actor { Actor(.automation, name) }
  /// A machine.
  public static func system(_ name: String) -> Actor { Actor(.system, name) }
  /// Somebody who is neither a customer nor one of us.
  public static func thirdParty(_ name: String) -> Actor { Actor(.thirdParty, name) }

  /// The kinds that an actor can be, as they stand before the colon.
  package static let kinds: [ActorKind] = [.agent, .bot, .automation, .system, .thirdParty]

  /// An actor from its text form, `agent:kim`.
  public init(parsing text: some StringProtocol) throws(EventError) {
    guard let (kind, name) = Self.split(text) else {
      let kinds = Self.kinds.map(\.name).joined(separator: ", ")
      throw EventError(
        .invalidActor, "found no kind of actor; expected one of \(kinds) and a colon, as in agent:kim")
    }
    self.init(kind, String(name))
    try validate()
  }

  /// Whether a text begins as an actor's does, with one of `kinds` and a colon.
  package static func begins(_ text: some StringProtocol) -> Bool { split(text) != nil }

  private static func split<Text: StringProtocol>(_ text: Text) -> (kind: ActorKind, name: Text.SubSequence)?
  {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
      let kind = ActorKind(name: text[..<colon]), kinds.contains(kind)
    else { return nil }
    return (kind, text[text.utf8.index(after: colon)...])
  }

  package func validate() throws(EventError) {
    guard Self.kinds.contains(kind) else {
      throw EventError(.invalidActor, "an actor is of kind \(kind.name); a customer acts by an identity")
    }
    guard !name.isEmpty else { throw EventError(.invalidActor, "an actor's id is empty; name it") }
    try KeyLimits.check(name, what: "an actor's id")
  }

  /// What the store hashes to make the actor's id.
  package func keyInput() -> [UInt8] { KeyInput(purpose: "parley-actor/v1", [kind.name, name]).bytes }
}

extension Actor: CustomStringConvertible {
  /// `agent:kim`.
  public var description: String { "\(kind.name):\(name)" }
}
