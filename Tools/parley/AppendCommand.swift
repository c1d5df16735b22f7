import ArgumentParser
import Parley

/// `parley append`: JSON Lines in, a receipt a line out.
struct AppendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Appends events from JSON Lines, with a receipt for each.",
    discussion: """
      Reads one event a line and writes one receipt a line, in the same order, only once the event is durable. \
      Its `status` is stored or duplicate (stored before), with the position; rejected, with the error; or \
      unknown. A line that can't be taken costs itself, not the others; the exit code is then 1. With --batch it \
      costs all of them, and every line's receipt says so.

      With --durability delayed a receipt comes once the event is written; all are durable when the command ends with \
      exit code 0 or 1.

      Unknown is a line that was on its way when the disk failed or was full: only opening the store again tells \
      whether it is stored. Nothing after it is taken, and the exit code is 3. Append the same again then: a line \
      with an `id` is stored once, however often it is appended; one without an id is another event each time.

      A member that a line's kind does not know is kept as an extension; the `warning` of the line's receipt says \
      which, and what may be meant, and so does the end. So it is with a display name that the kind has no place \
      for, which is not kept. Schemas/json-lines.md has all members, statuses and errors.

      Example:
        parley append support.parley chat.jsonl
        parley append support.parley --batch < call.jsonl > receipts.jsonl
      """)

  @OptionGroup var store: StoreArguments

  @Argument(help: "A file of JSON Lines; standard input when left out or -.", completion: .file())
  var file: String?

  @Flag(help: "Makes all lines, up to 65,536, one atomic append: all are stored, or none.")
  var batch = false

  @OptionGroup var segments: SegmentArguments

  @OptionGroup var answers: DurabilityArguments

  func run() async throws {
    System.catchInterrupts()
    var reader = try LineReader(path: file)
    let input = reader.name
    // Who writes through a pipe to standard input knows of it.
    let isWondering = input != LineReader.standardInputName || System.isTerminal(System.standardInput)
    if isWondering { reader.whileWaiting = { store.say("waiting for lines from \(input); Ctrl-C ends it") } }
    let opened = try await store.open(
      for: .appending, segmentEventsMax: segments.eventsMax, durability: answers.durability)
    var appender = LineAppender(
      store: opened, reader: reader, progress: store.progress("event", bytesTotal: reader.bytesTotal))
    var failure: (any Error)?
    do {
      try await batch ? appender.appendAtomically() : appender.appendEach()
      try await opened.sync()
    } catch {
      failure = error
    }
    await opened.close()
    appender.progress.clear()
    // A file that can't be read has no lines to sum up.
    if failure == nil || appender.tally.lines > 0 { store.say(appender.tally.summary) }
    (appender.unknownMembers.notes + appender.unkeptNames.notes).forEach(store.say)
    if appender.looksLikeMail { store.say("this looks like a mail: `parley import eml` takes mails") }
    if let failure { throw failure }
    if System.isInterrupted { throw ExitStatus.interrupted }
    if appender.tally.rejected > 0 { throw ExitStatus.rejected }
  }
}
