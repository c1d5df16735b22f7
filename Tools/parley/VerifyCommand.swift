import ArgumentParser
import Parley

/// `parley verify`: checks everything there is to check.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every byte of a store and lists every finding.",
    discussion: """
      Writes one finding a line to standard output, and the sum to standard error. Exit code 0: nothing found; \
      4: damage. Changes nothing.

      Example:
        parley verify support.parley
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Option(help: "For people or for programs: text or json.")
  var format = ReportFormat.text

  @Flag(help: "Shows no progress.")
  var quiet = false
}
