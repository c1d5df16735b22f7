import ArgumentParser
import Parley

/// `parley customer`: who a customer is.
struct CustomerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer",
    abstract: "Lists a customer's identities, how each was joined, and what is only suggested.",
    discussion: """
      Example:
        parley customer support.parley email:ana@example.com
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Argument(help: "One of the customer's identities; - reads it from standard input.")
  var identity: String

  @Option(
    help: ArgumentHelp(
      "As it was known then: through a position, or at a time by the log's clock.", valueName: "moment"))
  var asOf: Moment?

  @Option(help: "For people or for programs: text or json.")
  var format = ReportFormat.text
}
