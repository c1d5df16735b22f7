import ParleyEnvelope
import ParleySchemas

// Messages, posts and notes.

extension TimelineTextWriter {
  mutating func write(_ message: TimelineMessage, _ entry: TimelineEntry) {
    writeHead(entry, who(entry), extra: pieces(message, entry))
    writeSubject(message, entry)
    if message.isRetracted {
      let at = message.retraction.map { " \(moment($0.time.time))" } ?? ""
      let by = message.retraction?.scope == .operator ? " by the channel" : ""
      return paragraph("‹taken back\(by)\(at)›", .dim, indent: Self.contentIndent)
    }
    let style: TerminalStyle = if case .note = message.form { .internal } else { .plain }
    let body = ReadableText.of(message.current.ownParts)
    if body.allSatisfy(\.isWhitespace), !message.hasFiles {
      paragraph("(no text)", .dim, indent: Self.contentIndent)
    }
    write(body: body, style)
    if case .post(let url, _) = message.form, !url.isEmpty {
      paragraph(VisibleText.line(url), .dim, indent: Self.contentIndent)
    }
    writeAttachments(message)
    writeEngagements(message.engagements)
  }

  private func pieces(_ message: TimelineMessage, _ entry: TimelineEntry) -> [TextPiece] {
    var pieces: [TextPiece] = []
    switch message.form {
    case .message: break
    case .post(_, let audience):
      pieces.append(TextPiece(audience == .everyone ? "public post" : "post", .social))
    case .note(let isPinned): pieces.append(TextPiece(isPinned ? "pinned note" : "note", .internal))
    }
    if case .message = message.form, !entry.isPublic { pieces.append(TextPiece("internal", .internal)) }
    if let to = recipients(message, entry) { pieces.append(TextPiece(to, .dim)) }
    let edits = message.revisions.count - 1
    if edits > 0 { pieces.append(TextPiece(edits == 1 ? "edited" : "edited \(edits) times", .dim)) }
    if message.retraction?.scope == .senderOnly {
      pieces.append(TextPiece("taken back for the sender", .dim))
    }
    return pieces + message.deliverySums.summed.map { TextPiece($0.words, $0.isFailure ? .warning : .dim) }
  }

  /// To whom, where that is more than the customer or us.
  private func recipients(_ message: TimelineMessage, _ entry: TimelineEntry) -> String? {
    let receivers = message.participants.filter { [.to, .cc, .bcc].contains($0.role) }
    guard receivers.count > 1 || message.hidesParticipants else { return nil }
    let names = receivers.prefix(3).map { participant in
      let text = participant.name.isEmpty ? participant.address : participant.name
      return (participant.role == .to ? "" : participant.role.word + " ") + VisibleText.line(text)
    }
    let more = receivers.count > 3 ? ["\(receivers.count - 3) more"] : []
    guard !names.isEmpty else { return nil }
    let words = "→ " + (names + more).joined(separator: ", ")
    // What finds no room on the first line has one of its own.
    return TerminalText.cut(words, width: options.width - Self.contentIndent)
  }

  /// The subject, where it is not the conversation's.
  private mutating func writeSubject(_ message: TimelineMessage, _ entry: TimelineEntry) {
    let subject = message.current.subject
    guard !subject.isEmpty else { return }
    let known = conversations[entry.conversation]?.subject ?? ""
    guard subject.withoutReply != known.withoutReply else { return }
    paragraph(VisibleText.line(subject), .heading, indent: Self.contentIndent)
  }

  /// A body, folded as the options say.
  mutating func write(
    body: String, _ style: TerminalStyle = .plain, indent: Int = contentIndent
  ) {
    var limits = BodyFold.Limits(linesMax: options.bodyLinesMax)
    limits.foldsQuotes = options.bodyLinesMax != nil
    var own: [Substring] = []
    for line in BodyFold.lines(of: VisibleText.marked(body), limits: limits) {
      if case .own(let text) = line {
        own.append(text)
        continue
      }
      writeOwn(&own, style, indent: indent)
      switch line {
      case .own: break
      case .quoted(let text): writeBodyLine(text, .dim, indent: indent)
      case .folded(let text): writeFolded(text, indent: indent)
      }
    }
    writeOwn(&own, style, indent: indent)
  }

  /// The writer's own lines up to here.
  private mutating func writeOwn(_ lines: inout [Substring], _ style: TerminalStyle, indent: Int) {
    for text in HardWrap.joined(lines, width: options.width - indent) {
      writeBodyLine(text[...], style, indent: indent)
    }
    lines = []
  }

  /// A line of a body keeps its own indentation, in its continuations too.
  private mutating func writeBodyLine(_ text: Substring, _ style: TerminalStyle, indent: Int) {
    for part in TerminalText.wrapped(text, width: options.width - indent) {
      line([TextPiece(part, style)], indent: part.isEmpty ? 0 : indent)
    }
  }

  // MARK: - Attachments and engagements

  private mutating func writeAttachments(_ message: TimelineMessage) {
    let owners = message.current.owners
    for index in message.current.parts.indices where owners[index] == nil {
      writeAttachment(index, of: message.current, depth: 0)
    }
    let known = Set(message.current.parts.map(\.blob.digest))
    for media in message.media where !known.contains(media.media.blob.digest) { write(media) }
  }

  /// A file, or an attached mail with what is in it.
  mutating func writeAttachment(_ index: Int, of revision: TimelineMessage.Revision, depth: Int) {
    let part = revision.parts[index]
    // Mails attached to each other a hundred deep still have room for their lines.
    let indent = Self.contentIndent + 2 * min(depth, 4)
    if let mail = revision.attached.first(where: { $0.part == index }) {
      write(mail, of: revision, depth: depth, indent: indent)
    } else if part.hasBlob {
      writeFile(part.blob, part.isCutText ? "cut here; whole text in the blob" : "attached", indent: indent)
    }
  }

  mutating func write(_ media: TimelineMedia) { write(media.media) }

  mutating func write(_ media: MediaStored) {
    writeFile(
      media.blob, media.sort == .attachment ? "attached" : media.sort.word, media.durationMilliseconds)
    guard !media.utterances.isEmpty else { return }
    let words = media.utterances.map { utterance in
      let speaker = utterance.speaker.name.isEmpty ? utterance.speaker.address : utterance.speaker.name
      return speaker.isEmpty ? utterance.words : "\(speaker): \(utterance.words)"
    }
    write(body: words.joined(separator: "\n"))
  }

  private mutating func writeFile(
    _ blob: BlobReference, _ word: String, _ milliseconds: UInt64 = 0, indent: Int = contentIndent
  ) {
    let name = blob.fileName.isEmpty ? "unnamed" : VisibleText.line(blob.fileName)
    let size = blob.size > 0 || !blob.digest.isEmpty ? byteCount(blob.size) : ""
    let duration = milliseconds > 0 ? length(milliseconds: milliseconds) : ""
    let details = [blob.mediaType, size, duration].filter { !$0.isEmpty }.joined(separator: ", ")
    let text =
      "⎘ \(word.isEmpty ? "file" : word) \(name)\(details.isEmpty ? "" : " (\(VisibleText.line(details)))")"
    paragraph(text, .dim, indent: indent, hanging: 2)
  }

  private mutating func writeEngagements(_ engagements: [TimelineMessage.Engagement]) {
    var counts: [(word: String, count: Int)] = []
    for engagement in engagements {
      let act = engagement.act == .emoji ? VisibleText.line(engagement.symbol) : engagement.act.word
      let word = engagement.isRemoved ? "\(act) taken back" : act
      if let index = counts.firstIndex(where: { $0.word == word }) {
        counts[index].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    guard !counts.isEmpty else { return }
    let words = counts.map { $0.count == 1 ? $0.word : "\($0.word) ×\($0.count)" }
    paragraph("↳ " + words.joined(separator: ", "), .dim, indent: Self.contentIndent)
  }

  private func byteCount(_ bytes: UInt64) -> String {
    if bytes < 1000 { return "\(bytes) B" }
    if bytes < 1_000_000 { return "\((bytes + 500) / 1000) kB" }
    let tenths = (bytes + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }
}

extension TimelineMessage {
  /// Whether there are files or mails to name below its text.
  fileprivate var hasFiles: Bool {
    !media.isEmpty || !current.attached.isEmpty || current.parts.contains(where: \.hasBlob)
  }
}

/// Delivery states of several recipients in a few words.
private struct DeliveryWords {
  var state: MessageDeliveryUpdated.State
  var count: Int
  var code: String

  var isFailure: Bool { state.isFailure }
  var words: String {
    let number = count > 1 ? " ×\(count)" : ""
    return
      "\(isFailure ? "✗" : "✓") \(state.word)\(number)\(code.isEmpty ? "" : " " + VisibleText.line(code))"
  }
}

extension [TimelineMessage.DeliverySum] {
  /// One for each state, failures first; a code only where all agree on it.
  fileprivate var summed: [DeliveryWords] {
    var words: [DeliveryWords] = []
    for sum in self where sum.state != .unspecified {
      if let index = words.firstIndex(where: { $0.state == sum.state }) {
        words[index].count += 1
        if words[index].code != sum.code { words[index].code = "" }
      } else {
        words.append(DeliveryWords(state: sum.state, count: 1, code: sum.state.isFailure ? sum.code : ""))
      }
    }
    return words.filter(\.isFailure) + words.filter { !$0.isFailure }
  }
}

extension Participant {
  /// How it is reached: its identity, the actor, or what the source had.
  var address: String {
    if let identity = shownIdentity { return identity.value }
    return actor.isEmpty ? stated : actor
  }
}

extension String {
  /// A subject without what answering and forwarding put in front.
  var withoutReply: String {
    var rest = self[...]
    while true {
      let trimmed = rest.drop { $0 == " " }
      let prefix = ["Re:", "RE:", "re:", "Aw:", "AW:", "Fwd:", "FWD:", "Fw:", "FW:", "WG:"].first {
        trimmed.hasPrefix($0)
      }
      guard let prefix else { return String(trimmed) }
      rest = trimmed.dropFirst(prefix.count)
    }
  }
}
