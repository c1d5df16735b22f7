import ArgumentParser
import Parley
import ParleyLog

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

  @OptionGroup var store: StoreArguments

  @Option(help: ReportFormat.help)
  var format = ReportFormat.text

  func run() async throws {
    let opened = try await store.open(for: .reading)
    var scan = EventScan(opened, progress: store.progress("event"))
    scan.order = .stream
    var figures = StoreFigures(opened)
    try scan.bodies { _, envelope, body in figures.count(envelope, bodyBytes: body.count) }
    try figures.countFiles()
    let output = Output()
    try output.write(line: format == .json ? figures.json : figures.text)
    try output.flush()
    try scan.reportDamage()
  }
}
