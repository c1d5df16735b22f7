import ParleyEnvelope
import ParleyEvents

/// An envelope as one line of JSON: every field that is set, ids as hexadecimal digits.
enum EnvelopeJSON {
  static func line(_ position: Position, _ envelope: Envelope) -> String {
    var json = JSONText()
    json.add("position", position.rawValue)
    json.add("kind", envelope.kind.name)
    json.add("version", envelope.bodyVersion)
    addIDs(envelope, to: &json)
    addTimes(envelope, to: &json)
    addCodes(envelope, to: &json)
    if !envelope.previous.isNone { json.add("previous", envelope.previous.rawValue) }
    if envelope.sourceOrder > 0 { json.add("order", envelope.sourceOrder) }
    // What tells whoever reads it as an event that there is none in it.
    json.add("envelopeOnly", raw: "true")
    return json.line
  }

  private static func addIDs(_ envelope: Envelope, to json: inout JSONText) {
    json.add("event", envelope.event.description)
    json.add("stream", envelope.stream.description)
    if !envelope.conversation.isNone { json.add("conversation", envelope.conversation.description) }
    if !envelope.actor.isNone { json.add("actor", envelope.actor.description) }
    if !envelope.caseID.isNone { json.add("case", envelope.caseID.description) }
    if envelope.touchpoint != .none {
      let digits = String(envelope.touchpoint.rawValue, radix: 16)
      json.add("touchpoint", String(repeating: "0", count: 16 - digits.count) + digits)
    }
  }

  private static func addTimes(_ envelope: Envelope, to json: inout JSONText) {
    if envelope.precision != .unknown {
      json.add("at", envelope.occurredAt.rfc3339(offset: envelope.utcOffset))
    }
    json.add("recordedAt", envelope.recordedAt.rfc3339())
    json.add("precision", envelope.precision.name)
  }

  private static func addCodes(_ envelope: Envelope, to json: inout JSONText) {
    json.add("channel", envelope.channel.name)
    json.add("actorKind", envelope.actorKind.name)
    json.add("direction", envelope.direction.name)
    json.add("visibility", envelope.visibility.name)
    if !envelope.flags.isEmpty { json.add("flags", raw: JSONText.list(flagNames(envelope.flags))) }
  }

  private static func flagNames(_ flags: EventFlags) -> [String] {
    let names = ["automated", "late", "imported", "proactive"]
    return (0..<8).filter { flags.rawValue & 1 << $0 != 0 }
      .map { JSONText.quoted($0 < names.count ? names[$0] : "flag-\($0)") }
  }
}
