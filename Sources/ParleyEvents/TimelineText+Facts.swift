import ParleyEnvelope
import ParleySchemas

// Events that stand for themselves: one line each. A kind without a line here is shown by its name.

extension TimelineTextWriter {
  mutating func write(_ body: Event.Body, _ entry: TimelineEntry) {
    switch body {
    case .mediaStored(let media):
      writeHead(entry, who(entry), extra: [TextPiece(media.sort.word.spaced, .dim)])
      write(media)
    case .unknown(let kind, let bytes):
      let size = counted(bytes.count, "byte", "bytes")
      writeLine(entry, "‹\(kind.name): this version can't read it, \(size)›", .warning)
    default:
      let style: TerminalStyle = entry.kind.changesWhoServes ? .heading : .dim
      let actor = isActorShown(entry) ? [TextPiece(whoWords(entry.actor), .dim)] : []
      writeLine(entry, "· " + words(body), style, extra: actor)
      if case .messageEdited(let edit) = body { write(body: ReadableText.of(edit.parts)) }
    }
  }

  private func isActorShown(_ entry: TimelineEntry) -> Bool {
    !entry.actor.actor.isEmpty || !entry.actor.name.isEmpty
  }

  func words(_ body: Event.Body) -> String {
    identityWords(body) ?? conversationWords(body) ?? workWords(body) ?? handoffWords(body) ?? orphanWords(
      body)
      ?? body.kind.name
  }

  private func identityWords(_ body: Event.Body) -> String? {
    let sides = [body.link?.first, body.link?.second].compactMap { $0?.identity.shown?.description }
    let both = VisibleText.line(sides.joined(separator: " and "))
    let reason = tail(body.link?.reason ?? "")
    switch body {
    case .identityLinked(let link):
      return "linked \(both)\(link.trust.word.isEmpty ? "" : ", \(link.trust.word)")\(reason)"
    case .identitySuggested: return "maybe one customer: \(both)\(reason)"
    case .identityRefused(let link): return "not linked: \(both), \(link.ground.word.spaced)\(reason)"
    case .identitySeparated: return "separated \(both)\(reason)"
    case .identityShared(let link):
      return "\(both) \(link.ended ? "no longer shared" : "is shared by several")\(reason)"
    case .identityReassigned: return "passed to somebody else: \(both)\(reason)"
    case .identityObserved(let body):
      return "first seen: \(VisibleText.line(body.identity.shown?.description ?? ""))"
    case .identityInvolved(let body):
      let event = Bytes16(body.eventID).map { " \($0)" } ?? ""
      return "\(body.role == .unspecified ? "" : "\(body.role.word.spaced) ")in event\(event)"
    case .identityAffiliated(let body):
      let role = body.role.isEmpty ? "" : " as \(VisibleText.line(body.role))"
      return "belongs to \(VisibleText.line(body.memberOf.shown?.description ?? ""))\(role)"
    case .identityAttributionCorrected(let body):
      let right = body.hasRightSide ? body.rightSide.identity.shown?.description ?? "" : "nobody"
      return "attribution corrected to \(VisibleText.line(right))\(tail(body.reason))"
    default: return nil
    }
  }

  private func conversationWords(_ body: Event.Body) -> String? {
    switch body {
    case .conversationOpened: return "opened"
    case .conversationStatusChanged(let body):
      let until = body.hasSnoozedUntil ? " until \(moment(body.snoozedUntil.shown))" : ""
      return "\(body.status.word.spaced)\(until)\(tail(body.reason))"
    case .conversationRelated(let body):
      let other = Bytes16(body.conversationID).flatMap { conversations[ConversationID(rawValue: $0)] }
      let name =
        other.map { "\($0.channel.shortWord) “\($0.title)”" } ?? VisibleText.line(body.otherKey.thread)
      return "\(body.ended ? "no longer " : "")\(body.relation.word.spaced) \(name)\(tail(body.reason))"
    case .conversationParticipantChanged(let body): return participantWords(body)
    case .conversationClassified(let body):
      let labels = body.labels.isEmpty ? [] : ["labels " + body.labels.joined(separator: ", ")]
      let rest = [("topic", body.topic), ("priority", body.priority.word), ("language", body.language)]
        .filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }
      return VisibleText.line("classified: " + (labels + rest).joined(separator: ", "))
    default: return nil
    }
  }

  private func participantWords(_ body: ConversationParticipantChanged) -> String {
    let presented = body.presented.map { item in
      let trust = item.trust.word.isEmpty ? "" : " (\(item.trust.word))"
      return VisibleText.line(item.identity.shown?.description ?? "") + trust
    }
    guard body.change != .presentedIdentity else { return "presented " + presented.joined(separator: ", ") }
    let name = body.participant.name.isEmpty ? body.participant.address : body.participant.name
    let role =
      body.participant.role.word.isEmpty || body.change != .roleChanged
      ? "" : " to \(body.participant.role.word)"
    let shown = presented.isEmpty ? "" : ", presented \(presented.joined(separator: ", "))"
    return "\(VisibleText.line(name)) \(body.change.word.spaced)\(role)\(shown)"
  }

  private func workWords(_ body: Event.Body) -> String? {
    switch body {
    case .workAttemptRecorded(let body):
      let outcome = body.outcome == .unspecified ? "" : ": \(body.outcome.word)"
      return "tried \(VisibleText.line(body.step))\(outcome)\(tail(body.remark))"
    case .workFactStated(let body):
      let checked = body.checked ? " (checked)" : ""
      return "known: \(VisibleText.line(body.factName)) = \(VisibleText.line(body.factValue))\(checked)"
    case .workQuestionAsked(let body):
      return "\(body.hasAnsweredBy ? "answered" : "asked"): \(VisibleText.line(body.question))"
    case .workAskedAgain(let body): return "asked again: \(VisibleText.line(body.question))"
    default: return nil
    }
  }

  private func handoffWords(_ body: Event.Body) -> String? {
    switch body {
    case .handoffRequested(let body):
      let giver = body.hasGiver ? VisibleText.line(body.giver.shownName) + " " : ""
      let reason = body.reason == .unspecified ? "" : ", \(body.reason.word.spaced)"
      return "handoff \(giver)→ \(VisibleText.line(body.receiver.shownName))\(reason)\(tail(body.note))"
    case .handoffSettled(let body):
      let by = body.hasReceiver ? " by \(VisibleText.line(body.receiver.shownName))" : ""
      return "handoff \(body.outcome.word.spaced)\(by)\(tail(body.reason))"
    case .handoffBriefGiven(let body): return "brief given, through #\(body.throughPosition)"
    case .handoffContextRead(let body): return "context read, through #\(body.throughPosition)"
    default: return nil
    }
  }

  private func orphanWords(_ body: Event.Body) -> String? {
    switch body {
    case .messageEdited: "edit of a message that is not in this timeline"
    case .messageRetracted: "a message that is not in this timeline was taken back"
    case .messageDeliveryUpdated(let body): "\(body.state.word): a message that is not in this timeline"
    case .socialEngagementChanged(let body):
      "\(body.removed ? "took back: " : "")\(body.act == .emoji ? VisibleText.line(body.symbol) : body.act.word)"
    default: nil
    }
  }

  private func tail(_ text: String) -> String { text.isEmpty ? "" : " — \(VisibleText.line(text))" }
}

extension EventKind {
  /// Whether an event of this kind can change who serves the customer: it must not be overlooked.
  fileprivate var changesWhoServes: Bool {
    [.conversationParticipantChanged, .conversationRelated, .handoffRequested, .handoffSettled].contains(self)
  }
}
