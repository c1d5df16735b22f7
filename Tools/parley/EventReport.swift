import ParleyEnvelope
import ParleyEvents
import ParleySchemas

/// One event for a person: when, where, who to whom, about what, and every word of it.
struct EventReport {
  private let event: Event
  private let zone: UTCOffset
  private let identity: Identity?
  private let conversation: ConversationKey?
  private let words: EventText

  /// Columns of a text that goes to a file or another program: lines of mail stay as they are.
  private static let columnsOfFiles = 10_000

  /// - Parameter width: the terminal's columns; nil breaks no lines.
  init(_ event: Event, names: some EventNames, zone: UTCOffset, width: Int?) {
    self.event = event
    self.zone = zone
    identity = names.identity(of: event.envelope.stream)
    conversation = names.conversation(of: event.envelope.conversation)
    words = EventText(event, of: identity, .init(width: width ?? Self.columnsOfFiles, zone: zone))
  }

  /// The lines, with an empty one behind each part.
  var text: String {
    let content = words.content
    return Table(rows.filter { !$0.value.isEmpty }).text + "\n\n" + (content.isEmpty ? "" : content + "\n")
  }

  private var rows: [(name: String, value: String)] {
    [("position", "\(event.position)"), ("kind", event.kind.name)] + whenAndWhere + who
      + [("subject", VisibleText.line(subject)), ("what", words.summary)]
  }

  private var whenAndWhere: [(name: String, value: String)] {
    let envelope = event.envelope
    let channel = envelope.channel == .unspecified ? "" : envelope.channel.name
    return [
      ("at", EventText.time(of: envelope, zone: zone)),
      ("recorded", envelope.recordedAt.rfc3339(offset: zone)),
      channel.isEmpty
        ? ("direction", direction)
        : ("channel", [channel, direction].filter { !$0.isEmpty }.joined(separator: ", ")),
      ("conversation", VisibleText.line(conversation?.description ?? "")),
      ("recorded under", VisibleText.line(identity?.description ?? "\(envelope.stream)")),
    ]
  }

  /// Nothing within a call, and where none is known.
  private var direction: String {
    let direction = event.envelope.direction
    return event.kind.isWithinCall || direction == .unspecified ? "" : direction.name
  }

  private var who: [(name: String, value: String)] {
    let parties = participants
    return [("by", parties.contains { $0.role == .from } ? "" : actor.line)]
      + Self.roles.map { role, name in
        (name, parties.filter { $0.role == role }.map(\.line).joined(separator: ", "))
      }
  }

  /// One of us or a machine who acted.
  private var actor: Participant {
    var actor = Participant()
    actor.actor = event.body.payload?.actor ?? ""
    actor.name = event.body.payload?.actorName ?? ""
    return actor
  }

  private static let roles: [(Participant.Role, String)] = [
    (.from, "from"), (.to, "to"), (.cc, "cc"), (.bcc, "bcc"), (.replyTo, "reply to"), (.present, "present"),
  ]

  /// Who took part, as the event names them; of a message that names nobody, whoever the stream and the actor are.
  private var participants: [Participant] {
    switch event.body {
    case .messageSent(let message): completed(message.participants)
    case .callStarted(let call): completed(call.participants)
    case .socialPosted(let post): completed(post.hasAuthor ? [post.author] : [])
    default: []
    }
  }

  private func completed(_ named: [Participant]) -> [Participant] {
    var parties = named
    let isCustomers = actor.actor.isEmpty && event.envelope.direction != .outbound
    if !named.contains(where: { $0.role == .from }) {
      parties.append(isCustomers ? customer(as: .from, name: actor.name) : actor)
      parties[parties.count - 1].role = .from
    }
    let isAddressed = named.contains { [.to, .cc, .bcc].contains($0.role) }
    if event.envelope.direction == .outbound, !isAddressed { parties.append(customer(as: .to)) }
    return parties
  }

  private func customer(as role: Participant.Role, name: String = "") -> Participant {
    guard let identity else { return Participant() }
    return Participant(.identity(identity), as: role, name: name)
  }

  private var subject: String {
    switch event.body {
    case .messageSent(let message): message.subject
    case .messageEdited(let message): message.subject
    default: ""
    }
  }
}
