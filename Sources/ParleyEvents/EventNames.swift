public import ParleyEnvelope

/// The readable names behind the keyed ids of envelopes, as far as they are known.
public protocol EventNames {
  /// The identity that a stream is recorded under.
  func identity(of stream: StreamID) -> Identity?
  /// A conversation's thread.
  func conversation(of id: ConversationID) -> ConversationKey?
  /// A case's number.
  func caseKey(of id: CaseID) -> CaseKey?
  /// The name of a touchpoint that an event of a conversation has.
  func touchpoint(of id: TouchpointID, in conversation: ConversationID) -> Touchpoint?
}

/// Names learned from the events that state them: `identity.observed` and `conversation.opened`, which a store
/// records before any other event of a stream or conversation.
public struct LearnedNames: EventNames, Sendable {
  private var identities: [StreamID: Identity] = [:]
  private var conversations: [ConversationID: ConversationKey] = [:]
  private var touchpoints: [TouchpointID: Touchpoint] = [:]

  /// No names.
  public init() {}

  /// Takes the names that an event states, if it states any.
  public mutating func learn(from event: Event) {
    switch event.body {
    case .identityObserved(let observed):
      if let identity = Identity(observed.identity) { identities[event.envelope.stream] = identity }
    case .conversationOpened(let opened):
      let key = ConversationKey(opened.key)
      if (try? key.validate()) != nil { conversations[event.envelope.conversation] = key }
      if event.envelope.touchpoint != .none, !opened.touchpointName.isEmpty {
        touchpoints[event.envelope.touchpoint] = Touchpoint(opened.touchpointName)
      }
    default: break
    }
  }

  /// The identity that a stream is recorded under.
  public func identity(of stream: StreamID) -> Identity? { identities[stream] }
  /// A conversation's thread.
  public func conversation(of id: ConversationID) -> ConversationKey? { conversations[id] }
  /// Nil: no event states a case's number yet.
  public func caseKey(of id: CaseID) -> CaseKey? { nil }
  /// A touchpoint's name, whichever conversation stated it.
  public func touchpoint(of id: TouchpointID, in conversation: ConversationID) -> Touchpoint? {
    touchpoints[id]
  }
}
