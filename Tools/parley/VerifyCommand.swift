import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyLog

/// `parley verify`: checks everything there is to check.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every byte of a store and lists every finding.",
    discussion: """
      Writes one finding a line to standard output, and the sum to standard error. Exit code 0: nothing \
      found; 1: something that mends itself or loses nothing; 4: damage. Changes nothing.

      Example:
        parley verify support.parley
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Option(help: "For people or for programs: text or json.")
  var format = ReportFormat.text

  @Flag(help: "Shows no progress.")
  var quiet = false

  func run() async throws {
    let opened = try await ConversationStore.open(at: store, for: .reading)
    var verifier = StoreVerifier(opened, progress: Progress("events", isQuiet: quiet))
    let output = Output()
    let findings = try verifier.run()
    for finding in findings { try output.write(line: format == .json ? finding.json : finding.text) }
    try output.flush()
    if !quiet { Diagnostics.write(verifier.summary) }
    if findings.contains(where: { $0.weight == "damage" }) { throw ExitStatus.damage }
    if !findings.isEmpty { throw ExitStatus.rejected }
  }
}
