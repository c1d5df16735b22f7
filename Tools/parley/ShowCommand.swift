import ArgumentParser
import Parley

/// `parley show`: one event whole.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one event whole, with where it lies on disk.",
    discussion: """
      Example:
        parley show support.parley 1042
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Argument(help: "The event's position.")
  var position: PositionArgument

  @Option(help: "For people or for programs: text or json.")
  var format = ReportFormat.text
}
