import ParleyEvents
import ParleySchemas

/// A piece of what an event says: around what was looked for, else its beginning.
struct Snippet {
  /// Characters that are shown.
  static let charactersMax = 80

  private let event: Event
  private let identity: Identity?

  /// - Parameter identity: whose stream the event is recorded in.
  init(of event: Event, recordedUnder identity: Identity?) {
    self.event = event
    self.identity = identity
  }

  /// One line; empty for what says nothing.
  func text(around wanted: SearchText?) -> String {
    var first = ""
    for words in sayings() where !words.isEmpty {
      let line = VisibleText.line(words)
      guard let wanted else { return Self.cut(line, to: 0..<0) }
      if let range = wanted.range(in: line) { return Self.cut(line, to: range) }
      if first.isEmpty { first = line }
    }
    return Self.cut(first, to: 0..<0)
  }

  private static func cut(_ line: String, to range: Range<Int>) -> String {
    guard line.count > charactersMax else { return line }
    let isNearFront = range.upperBound <= charactersMax
    let start = isNearFront ? 0 : max(0, range.lowerBound - charactersMax / 2)
    let shown = line.dropFirst(start).prefix(charactersMax)
    return (start > 0 ? "…" : "") + shown + (start + shown.count < line.count ? "…" : "")
  }

  /// What the event says, the most telling first.
  private func sayings() -> [String] {
    switch event.body {
    case .messageSent(let message):
      texts(message.parts) + [message.subject] + message.participants.map(\.line)
        + message.parts.map(\.blob.fileName)
    case .messageEdited(let message): texts(message.parts) + [message.subject]
    case .socialPosted(let post): texts(post.parts)
    case .noteAdded(let note): texts(note.parts)
    case .identityObserved(let observed): [observed.displayName]
    default: [EventText(event, of: identity).summary]
    }
  }

  private func texts(_ parts: [ContentPart]) -> [String] {
    [ReadableText.of(parts)] + parts.map { ReadableText.of([$0]) }
  }
}
