import ArgumentParser
import Parley

/// `parley append`: JSON Lines in, a receipt a line out.
struct AppendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Appends events from JSON Lines, with a receipt for each.",
    discussion: """
      Reads one event a line and writes one receipt a line, in the same order, only once the event is durable: \
      its position and whether it was stored now or before, or the error. A line that can't be taken costs \
      itself, not the others; the exit code is then 1. Appending the same lines again adds nothing.

      Example:
        parley append support.parley chat.jsonl
        parley append support.parley --batch < call.jsonl > receipts.jsonl
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Argument(help: "A file of JSON Lines; standard input when left out or -.", completion: .file())
  var file: String?

  @Flag(help: "Makes all lines one atomic append: all are stored, or none.")
  var batch = false

  @Flag(help: "Shows no progress.")
  var quiet = false

  func run() async throws {
    System.catchInterrupts()
    let reader = try LineReader(path: file)
    let opened = try await ConversationStore.open(at: store)
    var appender = LineAppender(
      store: opened, reader: reader, progress: Progress("events", isQuiet: quiet))
    let tally = try await batch ? appender.appendAtomically() : appender.appendEach()
    await opened.close()
    if !quiet { Diagnostics.write(tally.summary) }
    if System.isInterrupted { throw ExitStatus.interrupted }
    if tally.rejected > 0 { throw ExitStatus.rejected }
  }
}
