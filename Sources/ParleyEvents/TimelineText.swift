public import ParleyEnvelope
import ParleySchemas

extension Timeline {
  /// How a timeline is put on a terminal.
  public struct TextOptions: Hashable, Sendable {
    /// Whether the terminal shows colors.
    public enum Color: Hashable, Sendable {
      /// Colors of the terminal's own theme.
      case on
      /// None: for files and pipes.
      case off
    }

    /// Columns of the terminal, at least 40.
    public var width: Int
    /// The distance from UTC in which times are shown.
    public var zone: UTCOffset
    /// Colors.
    public var color: Color
    /// Lines shown of one body; nil shows all, quoted mail and signatures included.
    public var bodyLinesMax: Int?
    /// How to see the entries that only we may see, where they are left out; empty says nothing.
    public var internalHint = ""
    /// How to see what is folded, said where the first lines of a body are; empty says nothing.
    public var foldedHint = ""

    /// Options for reading on a terminal of 80 columns.
    public init(width: Int = 80, zone: UTCOffset = .utc, color: Color = .off, bodyLinesMax: Int? = 12) {
      self.width = max(width, 40)
      self.zone = zone
      self.color = color
      self.bodyLinesMax = bodyLinesMax
    }
  }

  /// The timeline for a person to read on a terminal: what is so now, then what happened, by day and conversation.
  ///
  /// Long bodies and quoted mail are folded, with what is left out counted; characters that can't be seen or would
  /// drive the terminal become marks; what is late or oddly dated says so.
  public func text(_ options: TextOptions = TextOptions()) -> String {
    var writer = TimelineTextWriter(timeline: self, options: options)
    return writer.run()
  }
}

/// Writes a timeline line by line.
struct TimelineTextWriter {
  let timeline: Timeline
  let options: Timeline.TextOptions
  let conversations: [ConversationID: TimelineConversation]
  private(set) var output = ""
  private var day: String?
  private var group: Group?
  /// Whether the heading says for every entry under it that it is late.
  private(set) var isLatenessSaid = false
  /// Whether it was said how to see what is folded.
  private var isFoldingSaid = false

  /// What stands under one heading: a conversation's entries, or those of a channel that belong to none.
  private struct Group: Equatable {
    var conversation: ConversationID
    var channel: Channel?

    init(_ entry: TimelineEntry) {
      conversation = entry.conversation
      channel = entry.conversation.isNone ? entry.channel : nil
    }
  }

  init(timeline: Timeline, options: Timeline.TextOptions) {
    self.timeline = timeline
    self.options = options
    conversations = Dictionary(
      timeline.conversations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func run() -> String {
    writeHeader()
    writeOmitted()
    for (index, entry) in timeline.entries.enumerated() {
      startDay(of: entry)
      startConversation(at: index)
      write(entry)
    }
    return output
  }

  // MARK: - Lines

  /// One line of styled pieces; blanks at its end are dropped.
  mutating func line(_ pieces: [TextPiece], indent: Int = 0) {
    var pieces = pieces
    while let last = pieces.last {
      let blanks = last.text.reversed().prefix { $0 == " " }.count
      pieces[pieces.count - 1].text.removeLast(blanks)
      guard pieces[pieces.count - 1].text.isEmpty else { break }
      pieces.removeLast()
    }
    if !pieces.isEmpty { output += String(repeating: " ", count: indent) }
    for piece in pieces { output += styled(piece) }
    output += "\n"
  }

  /// A paragraph in one style, broken into lines.
  mutating func paragraph(_ text: String, _ style: TerminalStyle = .plain, indent: Int, hanging: Int = 0) {
    let lines = TerminalText.wrapped(text, width: options.width - indent - hanging)
    for (index, line) in lines.enumerated() {
      self.line([TextPiece(line, style)], indent: indent + (index == 0 ? 0 : hanging))
    }
  }

  /// What was folded, and the first time how to see it.
  mutating func writeFolded(_ words: String, indent: Int) {
    let isHinted = !isFoldingSaid && !options.foldedHint.isEmpty
    isFoldingSaid = true
    paragraph(isHinted ? "\(words) (\(options.foldedHint))" : words, .dim, indent: indent)
  }

  func styled(_ piece: TextPiece) -> String {
    piece.style.applied(to: piece.text, isOn: options.color == .on)
  }

  // MARK: - Days and conversations

  private mutating func startDay(of entry: TimelineEntry) {
    // What has no date stands under its neighbor's day.
    guard !entry.isUndated || day == nil else { return }
    guard !entry.isUndated else { return group == nil ? line([]) : () }
    let day = dayLine(entry.time)
    guard day != self.day else { return }
    self.day = day
    group = nil
    output += output.isEmpty ? "" : "\n"
    let rule = String(repeating: "─", count: max(0, options.width - TerminalText.columns(day) - 4))
    line([TextPiece("── ", .dim), TextPiece(day, .heading), TextPiece(" " + rule, .dim)])
  }

  private mutating func startConversation(at index: Int) {
    let entry = timeline.entries[index]
    let group = Group(entry)
    guard group != self.group else { return }
    if self.group != nil { line([]) }
    self.group = group
    let late = lateness(from: index)
    isLatenessSaid = late != nil
    writeHeading(entry)
    if let late { paragraph("[\(late)]", .warning, indent: Self.contentIndent) }
  }

  /// What to say once for all entries that will stand under the heading before an entry: when there are several,
  /// all late, and recorded within an hour. Nil when each has to say it.
  private func lateness(from index: Int) -> String? {
    let first = timeline.entries[index]
    guard first.marks.contains(.late) else { return nil }
    let (group, day) = (Group(first), dayLine(first.time))
    let run = timeline.entries[index...].prefix {
      Group($0) == group && !$0.isUndated && dayLine($0.time) == day
    }
    let times = run.map(\.recordedAt)
    guard run.count > 1, run.allSatisfy({ $0.marks.contains(.late) }), let earliest = times.min(),
      let latest = times.max(), latest.microseconds &- earliest.microseconds < 3_600_000_000
    else { return nil }
    let words = "late, recorded \(recorded(earliest, on: first.time.time))"
    let end = moment(latest)
    return moment(earliest) == end ? words : words + " to \(end.suffix(5))"
  }

  private mutating func writeHeading(_ entry: TimelineEntry) {
    let conversation = conversations[entry.conversation]
    let channel = conversation.map(\.channel).flatMap { $0.isUnstated ? nil : $0 } ?? entry.channel
    let head = TextPiece(" " + TerminalText.padded(channel.shortWord, width: 7), channel.style)
    guard let conversation else { return line([head]) }
    let room = options.width - 8
    let title = TerminalText.cut(conversation.title, width: room)
    let state = stateWords(conversation)
    let left = room - TerminalText.columns(title) - 3
    let tail = state.isEmpty || left < 8 ? "" : " · " + TerminalText.cut(state, width: left)
    line([head, TextPiece(title, .heading), TextPiece(tail, .dim)])
  }

  private func stateWords(_ conversation: TimelineConversation) -> String {
    var words: [String] = []
    if conversation.status != .unspecified { words.append(conversation.status.word.spaced) }
    if conversation.origin != conversation.id, let origin = conversations[conversation.origin] {
      words.append("continues \(origin.channel.shortWord)")
    }
    if let server = conversation.server { words.append("with \(VisibleText.line(server.who))") }
    return words.joined(separator: ", ")
  }
}

/// A piece of a line in one style.
struct TextPiece {
  var text: String
  var style: TerminalStyle

  init(_ text: String, _ style: TerminalStyle = .plain) {
    self.text = text
    self.style = style
  }
}

// MARK: - Words

extension TimelineConversation {
  /// What to call the conversation: its subject, else its thread.
  var title: String {
    if !subject.isEmpty { return VisibleText.line(subject) }
    guard let key else { return "conversation " + id.description.prefix(8) }
    return VisibleText.line(key.system.isEmpty ? key.thread : "\(key.system)/\(key.thread)")
  }
}

extension Channel {
  var isUnstated: Bool { rawValue == 0 }

  /// At most six letters.
  var shortWord: String {
    switch self {
    case .unspecified: "–"
    case .email: "mail"
    case .messaging: "msg"
    case .voice: "call"
    case .community: "forum"
    case .inPerson: "visit"
    case .webForm: "form"
    default: name
    }
  }

  var style: TerminalStyle {
    switch self {
    case .email, .letter, .webForm: .email
    case .voice, .video, .inPerson: .voice
    case .chat, .messaging, .sms: .chat
    case .social, .community: .social
    default: .machine
    }
  }
}

extension String {
  /// A code's word with blanks for its underscores.
  var spaced: String { String(map { $0 == "_" ? " " : $0 }) }
}
