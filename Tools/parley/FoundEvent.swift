import ParleyEnvelope
import ParleyEvents

/// An event that `parley find` came upon: an identity, a conversation, or a place in the log.
struct FoundEvent {
  private let event: Event
  private let identity: String
  private let conversation: String
  private let snippet: String

  init(_ event: Event, names: some EventNames, around text: SearchText?) {
    self.event = event
    let known = names.identity(of: event.envelope.stream)
    identity = known?.description ?? event.envelope.stream.description
    conversation = names.conversation(of: event.envelope.conversation)?.description ?? ""
    snippet = Snippet(of: event, recordedUnder: known).text(around: text)
  }

  /// What kind of thing was found.
  private var noun: String {
    switch event.kind {
    case .identityObserved: "identity"
    case .conversationOpened: "conversation"
    default: "event"
    }
  }

  /// One line for people.
  func text(zone: UTCOffset) -> String {
    let time = EventText.time(of: event.envelope, zone: zone)
    var parts = [noun, String(event.position.rawValue), time, event.kind.name, who]
    if !conversation.isEmpty { parts.append(conversation) }
    if !snippet.isEmpty { parts.append(snippet) }
    return parts.map { VisibleText.line($0) }.joined(separator: "  ")
  }

  /// Whose stream it is recorded in, and who acted there, when that was somebody else.
  private var who: String {
    let actor = actor
    let isOutbound = event.envelope.direction == .outbound
    if actor.isEmpty { return isOutbound ? "→ \(identity)" : identity }
    return isOutbound ? "\(actor) → \(identity)" : "\(actor) on \(identity)"
  }

  /// One of us or a machine, as in `agent:kim`; empty when a customer acted, or nobody is named.
  private var actor: String { event.body.payload?.actor ?? "" }

  /// One line for programs.
  var json: String {
    var json = JSONText()
    json.add("found", noun)
    json.add("position", event.position.rawValue)
    json.add("kind", event.kind.name)
    json.add("identity", identity)
    if !conversation.isEmpty { json.add("conversation", conversation) }
    if !actor.isEmpty { json.add("by", actor) }
    json.add("direction", event.envelope.direction.name)
    if event.envelope.precision != .unknown {
      json.add("at", event.envelope.occurredAt.rfc3339(offset: event.envelope.utcOffset))
    }
    json.add("recordedAt", event.envelope.recordedAt.rfc3339())
    if !snippet.isEmpty { json.add("text", snippet) }
    return json.line
  }
}
