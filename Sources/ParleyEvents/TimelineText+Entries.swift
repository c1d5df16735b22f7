import ParleyEnvelope
import ParleySchemas

// One entry: a line with time, who and what is unusual, and its content below.

extension TimelineTextWriter {
  /// Where content begins: behind the time.
  static let contentIndent = 8

  mutating func write(_ entry: TimelineEntry) {
    switch entry.content {
    case .message(let message): write(message, entry)
    case .call(let call): write(call, entry)
    case .single(let body): write(body, entry)
    case .gap(let gap):
      writeLine(entry, words(gap), .warning)
    }
  }

  /// The entry's first line: time, who, marks and the position at the right edge. Marks that find no room there
  /// stand below.
  mutating func writeHead(_ entry: TimelineEntry, _ who: TextPiece, extra: [TextPiece] = []) {
    var marks = (extra + markPieces(entry))[...]
    writeHead(entry, who, &marks)
    for mark in marks { paragraph(mark.text, mark.style, indent: Self.contentIndent) }
  }

  /// The first line, with the marks that find room on it taken from those given.
  private mutating func writeHead(
    _ entry: TimelineEntry, _ who: TextPiece, _ marks: inout ArraySlice<TextPiece>
  ) {
    let room = headRoom(entry)
    let whoCut = TextPiece(TerminalText.cut(who.text, width: room), who.style)
    let pieces = [whoCut] + Self.fitting(&marks, room: room - TerminalText.columns(whoCut.text))
    let used = pieces.reduce(0) { $0 + TerminalText.columns($1.text) }
    let time = TextPiece("  " + (entry.isUndated ? "  –  " : clock(entry.time)) + " ", .dim)
    let blanks = String(repeating: " ", count: room - used + 2)
    line([time] + pieces + [TextPiece(blanks + cite(entry.position), .dim)])
  }

  /// The columns between the time and the position.
  private func headRoom(_ entry: TimelineEntry) -> Int {
    options.width - Self.contentIndent - cite(entry.position).count - 2
  }

  /// The marks that fit into a room, with the blanks before them, taken from those given.
  private static func fitting(_ marks: inout ArraySlice<TextPiece>, room: Int) -> [TextPiece] {
    var pieces: [TextPiece] = []
    var left = room
    while let mark = marks.first, TerminalText.columns(mark.text) + 2 <= left {
      pieces += [TextPiece("  "), mark]
      left -= TerminalText.columns(mark.text) + 2
      marks.removeFirst()
    }
    return pieces
  }

  /// An entry that is one line of text, or a few. Marks stand behind the text.
  mutating func writeLine(
    _ entry: TimelineEntry, _ text: String, _ style: TerminalStyle, extra: [TextPiece] = []
  ) {
    let lines = TerminalText.wrapped(text, width: headRoom(entry))
    guard let last = lines.last, lines.count > 1 else {
      return writeHead(entry, TextPiece(lines[0], style), extra: extra)
    }
    let indent = Self.contentIndent + 2
    var noMarks: ArraySlice<TextPiece> = []
    writeHead(entry, TextPiece(lines[0], style), &noMarks)
    for middle in lines[1..<(lines.count - 1)] { line([TextPiece(middle, style)], indent: indent) }
    var marks = (extra + markPieces(entry))[...]
    let room = options.width - indent - TerminalText.columns(last)
    line([TextPiece(last, style)] + Self.fitting(&marks, room: room), indent: indent)
    for mark in marks { paragraph(mark.text, mark.style, indent: indent) }
  }

  // MARK: - Marks

  private func markPieces(_ entry: TimelineEntry) -> [TextPiece] {
    let marks = entry.marks
    var words: [String] = []
    if marks.contains(.late), !isLatenessSaid {
      words.append("late, recorded \(recorded(entry.recordedAt, on: entry.time.time))")
    }
    if marks.contains(.timeUnknown) { words.append("no date, time of recording") }
    if marks.contains(.timeInFuture) { words.append("dated \(moment(entry.occurredAt)), time of recording") }
    if marks.contains(.timeEstimated) {
      let stated = VisibleText.line(entry.statedAt)
      words.append(
        stated.isEmpty ? "date estimated" : "date estimated, stated “\(TerminalText.cut(stated, width: 40))”")
    }
    var pieces = words.map { TextPiece("[\($0)]", .warning) }
    if marks.contains(.automated) { pieces.append(TextPiece("[automated]", .dim)) }
    if case .involved(let involvement)? = entry.reason, involvement.role != .from, involvement.role != .to {
      pieces.append(
        TextPiece("[\(involvement.role.word.isEmpty ? "involved" : involvement.role.word)]", .dim))
    }
    if case .attributed(let identity)? = entry.reason {
      pieces.append(TextPiece("[moved here from \(VisibleText.line(identity.description))]", .warning))
    }
    return pieces
  }

  /// When an entry was recorded: the time alone when it was on the day under which it stands.
  func recorded(_ recorded: Timestamp, on day: Timestamp) -> String {
    let words = moment(recorded)
    return moment(day).hasPrefix(words.dropLast(5)) ? String(words.suffix(5)) : words
  }

  private func words(_ gap: TimelineGap) -> String {
    let count = gap.first.distance(to: gap.last) + 1
    let which = count == 1 ? "position \(gap.first)" : "positions \(gap.first) to \(gap.last)"
    let what =
      switch gap.reason {
      case .damaged: "\(which) can't be read: damaged"
      case .erased: "\(which): erased"
      case .restricted: "\(which): restricted"
      case .attributedElsewhere: "\(which): belongs to another customer"
      }
    return gap.explanation.isEmpty ? what : "\(what), \(VisibleText.line(gap.explanation))"
  }

  // MARK: - Who

  /// Who acted, in the color of their side.
  func who(_ entry: TimelineEntry) -> TextPiece {
    let style: TerminalStyle =
      switch entry.actor.kind {
      case .customer: .customer
      case .agent: .us
      case .bot, .automation, .system: .machine
      default: entry.direction == .inbound ? .customer : .plain
      }
    return TextPiece(whoWords(entry.actor), style)
  }

  func whoWords(_ actor: TimelineActor) -> String {
    let known =
      actor.name.isEmpty && actor.actor.isEmpty ? actor.identity.flatMap { timeline.senderNames[$0] } : nil
    let name = VisibleText.line(known ?? actor.name)
    let id = VisibleText.line(actor.actor.isEmpty ? actor.identity?.description ?? "" : actor.actor)
    let mixed = MixedScript.isMixed(actor.identity?.value ?? "") ? " ‹mixed scripts›" : ""
    if name.isEmpty { return (id.isEmpty ? actor.kind.name.spaced : id) + mixed }
    return (id.isEmpty || !actor.actor.isEmpty && name == actor.actor ? name : "\(name) <\(id)>") + mixed
  }
}

/// Whether a word mixes letters of scripts that look alike: the trick of a forged sender.
package enum MixedScript {
  /// Latin beside Cyrillic, Greek, Armenian or Cherokee letters.
  package static func isMixed(_ text: String) -> Bool {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return false }
    var hasLatin = false
    var hasOther = false
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F: hasLatin = true
      case 0x370...0x52F, 0x531...0x58F, 0x13A0...0x13FF: hasOther = true
      default: break
      }
    }
    return hasLatin && hasOther
  }
}
