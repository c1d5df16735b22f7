/// The messages of an mbox, one after the other, however large the file.
package struct MboxReader {
  /// One message of the file.
  package struct Message {
    /// Where its `From ` line begins.
    package var offset: UInt64
    /// The message, quoting undone; nil when it is over the limit.
    package var bytes: [UInt8]?
    /// The sender that the `From ` line names.
    package var sender: String?
  }

  private var lines: LineReader
  private let messageBytesMax: Int
  private var separator: LineReader.Line?
  private var acceptsPatches = false

  /// The messages in a stream that begins with a `From ` line.
  package init(_ lines: LineReader, messageBytesMax: Int) {
    self.lines = lines
    self.messageBytesMax = messageBytesMax
    separator = self.lines.line()
    acceptsPatches = separator.map { Mbox.isPatch($0.bytes[...]) } ?? false
  }

  /// The next message; nil at the end.
  package mutating func next() -> Message? {
    guard let start = separator else { return nil }
    separator = nil
    skipFurtherSeparators()
    var bytes: [UInt8] = []
    var isOver = false
    while let line = lines.line() {
      if endsMessage(line) {
        separator = line
        break
      }
      guard !isOver else { continue }
      let text = line.isStart ? Mbox.unquoted(line.bytes[...]) : line.bytes[...]
      isOver = bytes.count + text.count > messageBytesMax
      if isOver { bytes = [] } else { bytes += text }
    }
    return Message(
      offset: start.offset, bytes: isOver ? nil : withoutFinalEmptyLine(bytes),
      sender: Mbox.sender(start.bytes[...]))
  }

  /// Passes over `From ` lines at the head of a header: a file was an mbox twice.
  private mutating func skipFurtherSeparators() {
    while let line = lines.peek(), Mbox.begins(Mbox.withoutQuotes(line.bytes[...])) { _ = lines.line() }
  }

  private mutating func endsMessage(_ line: LineReader.Line) -> Bool {
    guard line.isStart, Mbox.isSeparator(line.bytes[...]), acceptsPatches || !Mbox.isPatch(line.bytes[...]),
      let following = lines.peek()
    else { return false }
    return MailSniffer.isField(following.bytes[...]) || Mbox.begins(Mbox.withoutQuotes(following.bytes[...]))
  }

  /// The empty line that the file's format puts behind every message is none of the message's.
  private func withoutFinalEmptyLine(_ bytes: [UInt8]) -> [UInt8] {
    for ending: [UInt8] in [[10, 13, 10, 13], [10, 10]] where bytes.reversed().starts(with: ending) {
      return Array(bytes.dropLast(ending.count / 2))
    }
    return bytes
  }
}
