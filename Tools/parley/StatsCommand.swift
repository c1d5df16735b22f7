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
}
