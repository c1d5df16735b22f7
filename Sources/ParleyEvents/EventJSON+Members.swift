package import ParleyEnvelope

extension EventJSON {
  /// Whether a line of a kind has a member of that name: the envelope's, or one of the kind's own. Any other is kept
  /// as an extension.
  package static func hasMember(_ name: String, of kind: EventKind) -> Bool {
    if name == "text" { return kindsWithText.contains(kind) }
    return lineMembers.contains(name) || BodyJSON.hasMember(name, kind)
  }

  /// The members of an event's line that give a display name for which its body has no place.
  package static func membersWithUnkeptNames(_ event: NewEvent) -> [String] {
    let isNamed = !event.fromName.isEmpty || event.recipients.contains { !$0.name.isEmpty }
    guard isNamed, event.storedBody == nil else { return [] }
    let body = event.completedBody
    var kept: [Participant.Role: Set<String>] = [.from: [body.payload?.actorName ?? ""]]
    for participant in body.participants { kept[participant.role, default: []].insert(participant.name) }
    func isUnkept(_ name: String, _ role: Participant.Role) -> Bool {
      !name.isEmpty && kept[role]?.contains(name) != true
    }
    let sender = isUnkept(event.fromName, .from) ? ["from"] : []
    return sender
      + recipientMembers.filter { _, role in
        event.recipients.contains { $0.role == role && isUnkept($0.name, role) }
      }.map(\.name)
  }
}
