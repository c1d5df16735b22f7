import ParleyEnvelope
import ParleySchemas

// Calls: one line of what came of it, then what happened meanwhile.

extension TimelineTextWriter {
  mutating func write(_ call: TimelineCall, _ entry: TimelineEntry) {
    writeHead(entry, who(entry), extra: [TextPiece(words(call, entry), .voice)])
    if let times = times(call) { paragraph(times, .dim, indent: Self.contentIndent) }
    for step in call.steps {
      guard let words = words(step) else { continue }
      paragraph("\(clock(step.time)) \(words)", .dim, indent: Self.contentIndent, hanging: 6)
    }
    for media in call.media { write(media) }
  }

  func words(_ call: TimelineCall, _ entry: TimelineEntry) -> String {
    let way = entry.direction == .outbound ? "call out" : entry.direction == .inbound ? "call in" : "call"
    let queue = call.started?.queue ?? ""
    let waited = queue.isEmpty ? "" : ", queue \(VisibleText.line(queue))"
    guard let ended = call.ended else { return way + waited + ", not ended" }
    let disposition = ended.disposition.word.isEmpty ? "" : ", " + ended.disposition.word.spaced
    let cause =
      ended.cause.isEmpty || ended.disposition == .answered ? "" : " (\(VisibleText.line(ended.cause)))"
    return way + waited + disposition + cause
  }

  private func times(_ call: TimelineCall) -> String? {
    guard let ended = call.ended else { return nil }
    let parts = [
      ("talk", ended.talkMilliseconds), ("hold", ended.holdMilliseconds), ("ring", ended.ringMilliseconds),
      ("queue", ended.queueMilliseconds), ("total", ended.totalMilliseconds),
    ].filter { $0.1 > 0 }.map { "\($0.0) \(length(milliseconds: $0.1))" }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }

  func words(_ step: TimelineCall.Step) -> String? {
    switch step.change {
    case .leg(let leg):
      let who = leg.participant.name.isEmpty ? leg.participant.address : leg.participant.name
      let party = VisibleText.line(who.isEmpty ? "leg \(leg.leg)" : who)
      return
        "\(party) \(leg.state.word.spaced)\(leg.detail.isEmpty ? "" : " \(VisibleText.line(leg.detail))")"
    case .transferred(let transfer):
      let manner = transfer.manner.word.isEmpty ? "" : "\(transfer.manner.word) "
      let source = transfer.hasSourcePlace ? " from \(VisibleText.line(transfer.sourcePlace.shownName))" : ""
      let target = transfer.hasTargetPlace ? " to \(VisibleText.line(transfer.targetPlace.shownName))" : ""
      return "\(manner)transfer\(source)\(target)"
    case .recording(let recording):
      let consents = recording.consents.map { $0.consent.word.spaced }.filter { !$0.isEmpty }
      let consent = consents.isEmpty ? "" : ", consent \(consents.joined(separator: ", "))"
      return "recording \(recording.state.word)\(recording.announced ? ", announced" : "")\(consent)"
    }
  }
}
