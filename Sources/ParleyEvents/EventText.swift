package import ParleyEnvelope
import ParleySchemas

/// One event by itself, in a timeline's words, for a person to read.
package struct EventText {
  private let event: Event
  private let entry: TimelineEntry?
  private var writer: TimelineTextWriter

  /// - Parameter identity: whose stream the event is recorded in, where that is known.
  package init(_ event: Event, of identity: Identity?, _ options: Timeline.TextOptions = .init()) {
    self.event = event
    var open = event
    // Whoever asks for an event by its position reads the store itself: nothing is hidden from them.
    open.envelope.visibility = .unspecified
    var input = TimelineInput(
      viewer: .system("parley"), through: event.position, instant: event.envelope.recordedAt)
    if let identity { input.events = [TimelineEvent(open, .own(identity))] }
    let timeline = Timeline(input)
    entry = timeline.entries.first.map { Self.withoutWay($0, of: event.kind) }
    var options = options
    options.bodyLinesMax = nil
    writer = TimelineTextWriter(timeline: timeline, options: options)
  }

  private static func withoutWay(_ entry: TimelineEntry, of kind: EventKind) -> TimelineEntry {
    guard case .call = entry.content, kind.isWithinCall else { return entry }
    var entry = entry
    entry.direction = .unspecified
    return entry
  }

  /// When an event counts as having happened, marked where that is the time of recording.
  package static func time(of envelope: Envelope, zone: UTCOffset) -> String {
    let time = EffectiveTime(of: envelope)
    let text = time.time.rfc3339(offset: zone)
    switch time.basis {
    case .occurred: return text
    case .recordedForUnknown: return text + " [no date, time of recording]"
    case .recordedForFuture:
      return text + " [dated \(envelope.occurredAt.rfc3339(offset: zone)), time of recording]"
    }
  }

  /// What happened, on one line; empty for what says it with a text of its own.
  package var summary: String {
    switch event.body {
    case .conversationOpened(let body): return VisibleText.line(body.subject)
    case .messageRetracted(let body):
      return "taken back" + (body.reason.isEmpty ? "" : " — \(VisibleText.line(body.reason))")
    case .messageDeliveryUpdated(let body):
      return body.state.word + (body.code.isEmpty ? "" : " \(VisibleText.line(body.code))")
    case .messageEdited: return ""
    default: return entry.map(summary) ?? ""
    }
  }

  private func summary(_ entry: TimelineEntry) -> String {
    switch entry.content {
    case .message, .gap: ""
    case .single(let body): writer.words(body)
    case .call(let call): call.steps.first.flatMap { writer.words($0) } ?? writer.words(call, entry)
    }
  }

  /// What it says, whole, with its attachments: nothing is folded. Lines with their ends; empty when the summary
  /// says it all.
  package var content: String {
    var writer = writer
    switch entry?.content {
    case .message(let message): writer.writeWhole(message.current)
    case .single(.messageEdited(let edit)): writer.write(body: ReadableText.of(edit.parts), indent: 0)
    case .single(.mediaStored(let media)): writer.write(media)
    case .call(let call): for media in call.media { writer.write(media) }
    default: break
    }
    return writer.output
  }
}

extension TimelineTextWriter {
  /// A message's text, then what is attached to it.
  fileprivate mutating func writeWhole(_ revision: TimelineMessage.Revision) {
    let text = ReadableText.of(revision.ownParts)
    if !text.isEmpty { write(body: text, indent: 0) }
    let owners = revision.owners
    let attached = revision.parts.indices.filter { index in
      owners[index] == nil
        && (revision.parts[index].hasBlob || revision.attached.contains { $0.part == index })
    }
    if !text.isEmpty, !attached.isEmpty { line([]) }
    for index in attached { writeAttachment(index, of: revision, depth: 0) }
  }
}

extension Participant {
  /// Who it is, on one line: the name, where there is one, and how it is reached.
  package var line: String {
    let name = VisibleText.line(name)
    let address = VisibleText.line(shownIdentity?.description ?? address)
    if name.isEmpty || address.isEmpty { return name + address }
    return "\(name) <\(address)>"
  }
}
