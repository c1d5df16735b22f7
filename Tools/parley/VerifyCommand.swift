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

  @OptionGroup var store: StoreArguments

  @Option(help: ListFormat.help)
  var format = ListFormat.text

  func run() async throws {
    let opened = try await store.openSilently(for: .reading)
    var verifier = StoreVerifier(opened, progress: store.progress("event"))
    let output = Output()
    let findings = try verifier.run()
    for finding in findings { try output.write(line: format == .text ? finding.text : finding.json) }
    try output.flush()
    store.say(verifier.summary)
    if findings.contains(where: { $0.weight == "damage" }) { throw ExitStatus.damage }
    if !findings.isEmpty { throw ExitStatus.rejected }
  }
}
