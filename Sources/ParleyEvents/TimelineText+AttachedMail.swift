import ParleyEnvelope
import ParleySchemas

// Mails attached to a message: named, and folded, because they are somebody else's words.

extension TimelineTextWriter {
  /// An attached mail: what it is, its text where nothing is folded or where the message has no words of its own, and
  /// the files in it.
  mutating func write(_ mail: AttachedMail, of revision: TimelineMessage.Revision, depth: Int, indent: Int) {
    let text = ReadableText.of(mail.parts.map { revision.parts[$0] })
    let isFolded = options.bodyLinesMax != nil && revision.hasOwnWords
    paragraph("⎘ attached mail" + words(mail, isFolded ? text : ""), .dim, indent: indent, hanging: 2)
    if !isFolded { write(body: text, .dim, indent: indent + 2) }
    for part in mail.parts { writeAttachment(part, of: revision, depth: depth + 1) }
  }

  private func words(_ mail: AttachedMail, _ folded: String) -> String {
    let from = mail.from.isEmpty ? "" : " from \(VisibleText.line(mail.from))"
    let subject = mail.subject.isEmpty ? "" : ", subject “\(VisibleText.line(mail.subject))”"
    let lines = folded.split(separator: "\n").count { !$0.allSatisfy(\.isWhitespace) }
    return from + subject + (lines == 0 ? "" : " … " + counted(lines, "line", "lines"))
  }
}

extension TimelineMessage.Revision {
  /// Whether the message says anything beside what is attached to it.
  fileprivate var hasOwnWords: Bool { !ReadableText.of(ownParts).allSatisfy(\.isWhitespace) }
}
