package import ParleyEnvelope

extension EventJSON {
  /// Whether a line of a kind has a member of that name: the envelope's, or one of the kind's own. Any other is kept
  /// as an extension.
  package static func hasMember(_ name: String, of kind: EventKind) -> Bool {
    if name == "text" { return kindsWithText.contains(kind) }
    return lineMembers.contains(name) || BodyJSON.hasMember(name, kind)
  }
}
