import ArgumentParser
import Parley

/// `parley stats`: how much of what a store holds.
struct StatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Counts what a store holds, and the bytes it takes.",
    discussion: """
      Reads every envelope.

      Example:
        parley stats support.parley
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Option(help: "For people or for programs: text or json.")
  var format = ReportFormat.text

  @Flag(help: "Shows no progress.")
  var quiet = false

  func run() async throws {
    let opened = try await ConversationStore.open(at: store, for: .reading)
    var scan = EventScan(opened, progress: Progress("events", isQuiet: quiet))
    var figures = StoreFigures(opened)
    try scan.bodies { _, envelope, body in figures.count(envelope, bodyBytes: body.count) }
    try figures.countFiles()
    let output = Output()
    try output.write(line: format == .json ? figures.json : figures.text)
    try output.flush()
    try scan.reportDamage()
  }
}
