import ParleyEnvelope
import ParleySchemas

// What is so now, in a few lines above what happened. Every line names positions, so that it can be looked up.

extension TimelineTextWriter {
  /// How many lines of one sort the header has at most; the rest is counted.
  private static let linesOfSortMax = 5

  mutating func writeHeader() {
    writeIdentities()
    writeSummary()
    list("waiting", timeline.unanswered.reversed(), .warning, more: "older") { $0.unansweredLine($1) }
    list("open", timeline.openShown, more: "older") { $0.openLine($1) }
    list("known", timeline.facts) { $0.factLine($1) }
    list("tried", timeline.attempts) { $0.attemptLine($1) }
    list("asked", timeline.questions) { "\(VisibleText.line($1.question)) \($0.cite($1.position))" }
    list("handoff", timeline.handoffs) { $0.handoffLine($1) }
    list("maybe", timeline.suggestions, .dim) { $0.suggestionLine($1) }
  }

  mutating func writeOmitted() {
    let omitted = timeline.omitted
    guard omitted.total > 0 else { return }
    let hint = options.internalHint.isEmpty ? "" : " (\(options.internalHint))"
    let words = [
      (omitted.earlier, "earlier"), (omitted.later, "later"), (omitted.otherChannels, "in other channels"),
      (omitted.internalEntries, "internal" + hint),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    line([])
    paragraph("… not shown: " + words.joined(separator: ", "), .dim, indent: 0)
  }

  private mutating func writeIdentities() {
    for (index, identity) in timeline.identities.enumerated() {
      let name = VisibleText.line(
        identity.displayName.isEmpty ? timeline.senderNames[identity.identity] ?? "" : identity.displayName)
      let how = identity.joins.min { $0.position < $1.position }.map(joinWords) ?? ""
      let known = (name.isEmpty ? [] : [name]) + (how.isEmpty ? [] : [how])
      let text = TerminalText.cut(VisibleText.line(identity.identity.description), width: options.width - 2)
      let rest = known.isEmpty ? "" : "  " + known.joined(separator: ", ")
      let room = options.width - 2 - TerminalText.columns(text)
      line([
        TextPiece(index == 0 ? "" : "+ ", .dim), TextPiece(text, .customer),
        TextPiece(room > 8 ? TerminalText.cut(rest, width: room) : "", .dim),
      ])
    }
  }

  private func joinWords(_ join: TimelineIdentity.Join) -> String {
    let how =
      switch join.how {
      case "agent": "joined by an agent,"
      case "handoff": "joined by a handoff,"
      default: VisibleText.line(join.how)
      }
    return "\(how) \(moment(join.at)) \(cite(join.position))"
  }

  private mutating func writeSummary() {
    let total = timeline.entries.count + timeline.omitted.total
    let conversations = timeline.conversations.count
    let through = timeline.position.isNone ? "nothing recorded" : "through \(cite(timeline.position))"
    let entries = counted(total, "entry", "entries")
    let shown = timeline.omitted.total > 0 ? ", \(timeline.entries.count) of them shown" : ""
    paragraph(
      "\(entries) in \(counted(conversations, "conversation", "conversations"))\(shown), \(through), \(zoneWords)",
      .dim, indent: 0)
  }

  private mutating func list<Item>(
    _ word: String, _ items: [Item], _ style: TerminalStyle = .heading, more moreWord: String = "more",
    _ text: (TimelineTextWriter, Item) -> String
  ) {
    for (index, item) in items.prefix(Self.linesOfSortMax).enumerated() {
      let lines = TerminalText.wrapped(text(self, item), width: options.width - 9)
      for (lineIndex, part) in lines.enumerated() {
        let head = index == 0 && lineIndex == 0 ? word : ""
        line([TextPiece(TerminalText.padded(head, width: 9), style), TextPiece(part)])
      }
    }
    let more = items.count - Self.linesOfSortMax
    if more > 0 { line([TextPiece("         … \(more) \(moreWord)", .dim)]) }
  }

  // MARK: - Lines

  private func unansweredLine(_ item: TimelineUnanswered) -> String {
    let conversation =
      conversations[item.conversation].map { " in \($0.channel.shortWord) “\($0.title)”" } ?? ""
    return "since \(moment(item.since))\(conversation) \(cite(item.positions))"
  }

  private func openLine(_ item: TimelineConversation) -> String {
    let status = item.status == .unspecified ? "" : ", \(item.status.word.spaced)"
    let server = item.server.map { ", with \(VisibleText.line($0.who)) \(cite($0.position))" } ?? ""
    return "\(item.channel.shortWord) “\(item.title)”\(status)\(server)"
  }

  private func factLine(_ item: TimelineFact) -> String {
    let checked = item.isChecked ? " (checked)" : ""
    return "\(VisibleText.line(item.name)) = \(VisibleText.line(item.value))\(checked) \(cite(item.position))"
  }

  private func attemptLine(_ item: TimelineAttempt) -> String {
    let outcome = item.outcome == .unspecified ? "" : ": \(item.outcome.word)"
    return "\(VisibleText.line(item.step))\(outcome) \(cite(item.position))"
  }

  private func handoffLine(_ item: TimelineHandoff) -> String {
    let outcome = item.outcome == .unspecified ? "open" : item.outcome.word.spaced
    let note = item.note.isEmpty ? "" : " “\(VisibleText.line(item.note))”"
    return
      "\(VisibleText.line(item.giver)) → \(VisibleText.line(item.receiver)), \(outcome)\(note) \(cite(item.positions))"
  }

  private func suggestionLine(_ item: TimelineSuggestion) -> String {
    let evidence = item.evidence.isEmpty ? "" : ": \(VisibleText.line(item.evidence))"
    return "\(VisibleText.line(item.identity.description))\(evidence) \(cite(item.position))"
  }

  /// Positions as they are looked up: `#12 #14 … #40`.
  func cite(_ positions: [Position]) -> String {
    guard positions.count > 4, let last = positions.last else {
      return positions.map(cite).joined(separator: " ")
    }
    return positions.prefix(2).map(cite).joined(separator: " ") + " … " + cite(last)
  }

  func cite(_ position: Position) -> String { position.isNone ? "" : "#\(position.rawValue)" }
}

extension Timeline {
  /// How long nothing must have happened in a conversation of an archive to go unlisted: 30 days, in microseconds.
  private static let idleMicroseconds: Int64 = 30 * 86_400_000_000

  /// The open conversations worth a line, the one in which something happened last first: those with a status or
  /// with somebody who serves, but for an archive's without a status that ended long ago.
  fileprivate var openShown: [TimelineConversation] {
    let shown = openConversations.enumerated().filter { _, conversation in
      guard conversation.status == .unspecified else { return true }
      guard conversation.server != nil else { return false }
      return !conversation.isImported || !isIdle(conversation)
    }
    // Of two with the same time the one that began later: a sort keeps no order by itself.
    return shown.sorted {
      ($0.element.lastTime ?? .earliest, $0.offset) > ($1.element.lastTime ?? .earliest, $1.offset)
    }.map(\.element)
  }

  private func isIdle(_ conversation: TimelineConversation) -> Bool {
    guard let last = conversation.lastTime else { return false }
    return instant.microseconds &- last.microseconds > Self.idleMicroseconds
  }
}
