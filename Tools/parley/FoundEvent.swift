import ParleyEnvelope
import ParleyEvents

/// An event that `parley find` came upon: an identity, a conversation, or a place in the log.
struct FoundEvent {
  private let event: Event
  private let identity: String
  private let conversation: String
  private let snippet: String

  /// Characters of the text that are shown around what was looked for.
  static let snippetCharacters = 80

  init(_ event: Event, names: some EventNames, around text: String?) {
    self.event = event
    identity = names.identity(of: event.envelope.stream)?.description ?? event.envelope.stream.description
    conversation = names.conversation(of: event.envelope.conversation)?.description ?? ""
    snippet = Self.snippet(of: event, around: text)
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
    let time = event.envelope.occurredAt.rfc3339(offset: zone)
    var parts = [noun, String(event.position.rawValue), time, event.kind.name, identity]
    if !conversation.isEmpty { parts.append(conversation) }
    if !snippet.isEmpty { parts.append(snippet) }
    return parts.map { VisibleText.line($0) }.joined(separator: "  ")
  }

  /// One line for programs.
  var json: String {
    var json = JSONText()
    json.add("found", noun)
    json.add("position", event.position.rawValue)
    json.add("kind", event.kind.name)
    json.add("identity", identity)
    if !conversation.isEmpty { json.add("conversation", conversation) }
    json.add("at", event.envelope.occurredAt.rfc3339(offset: event.envelope.utcOffset))
    if !snippet.isEmpty { json.add("text", snippet) }
    return json.line
  }

  private static func snippet(of event: Event, around wanted: String?) -> String {
    let words = words(of: event)
    guard words.count > snippetCharacters else { return words }
    let lower = words.lowercased()
    guard let wanted = wanted?.lowercased(), !wanted.isEmpty, let offset = lower.firstOffset(of: wanted),
      offset > snippetCharacters / 2
    else { return words.prefix(snippetCharacters) + "…" }
    return "…" + words.dropFirst(offset - snippetCharacters / 2).prefix(snippetCharacters) + "…"
  }

  private static func words(of event: Event) -> String {
    let parts: [ContentPart]
    switch event.body {
    case .messageSent(let message): parts = message.parts
    case .messageEdited(let message): parts = message.parts
    case .socialPosted(let post): parts = post.parts
    case .noteAdded(let note): parts = note.parts
    default: return ""
    }
    return VisibleText.line(parts.first { !$0.text.isEmpty }?.text ?? "")
  }
}

extension String {
  /// How many characters stand before a text.
  fileprivate func firstOffset(of wanted: String) -> Int? {
    var rest = self[...]
    var offset = 0
    while !rest.isEmpty {
      if rest.hasPrefix(wanted) { return offset }
      rest = rest.dropFirst()
      offset += 1
    }
    return nil
  }
}
