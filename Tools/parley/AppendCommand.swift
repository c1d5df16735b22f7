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
      itself, not the others; the exit code is then 1. A line with an `id` is stored once, however often it is \
      appended; one without an id is another event each time.

      Example:
        parley append support.parley chat.jsonl
        parley append support.parley --batch < call.jsonl > receipts.jsonl
      """)

  @OptionGroup var store: StoreArguments

  @Argument(help: "A file of JSON Lines; standard input when left out or -.", completion: .file())
  var file: String?

  @Flag(help: "Makes all lines one atomic append: all are stored, or none.")
  var batch = false

  func run() async throws {
    System.catchInterrupts()
    let reader = try LineReader(path: file)
    let opened = try await store.open(for: .appending)
    var appender = LineAppender(
      store: opened, reader: reader, progress: store.progress("events", bytesTotal: reader.bytesTotal))
    let tally = try await batch ? appender.appendAtomically() : appender.appendEach()
    await opened.close()
    store.say(tally.summary)
    if System.isInterrupted { throw ExitStatus.interrupted }
    if tally.rejected > 0 { throw ExitStatus.rejected }
  }
}
