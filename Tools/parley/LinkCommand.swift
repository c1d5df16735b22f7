import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents

/// `parley link`: two identities belong to one customer.
struct LinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Joins two identities: they belong to one customer.",
    discussion: """
      Recorded as a fact with its evidence, and can be taken back: no event moves. A link that contradicts what \
      is known is refused, with the reason.

      Example:
        parley link support.parley email:ana@example.com phone:+493012345678 \\
          --evidence "knew her order number" --by agent:kim
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Argument(help: "One identity.")
  var first: String

  @Argument(help: "The other identity.")
  var second: String

  @Option(help: ArgumentHelp("What shows that they belong together, in words.", valueName: "text"))
  var evidence: String

  @Option(help: ArgumentHelp("Why it is done now.", valueName: "text"))
  var reason = ""

  @Option(help: ArgumentHelp("Who says so, as in agent:kim.", valueName: "actor"))
  var by = "agent:\(System.environment("USER") ?? "unknown")"

  @Flag(help: "Says nothing when all went well.")
  var quiet = false

  func run() async throws {
    let sides = (try identityValue(from: first), try identityValue(from: second))
    let actor = try Actor(parsing: by)
    let opened = try await ConversationStore.open(at: store)
    let outcome = try await opened.link(sides.0, sides.1, by: actor, evidence: evidence, reason: reason)
    await opened.close()
    switch outcome {
    case .refused(let refusal):
      throw CommandFailure(
        .rejected, "the link was refused, and the refusal recorded: \(refusal.reason)",
        hint: "parley customer shows what each of the two is joined with.")
    case .linked: say("linked \(sides.0) and \(sides.1)")
    case .alreadyJoined: say("\(sides.0) and \(sides.1) were one customer already")
    case .suggested: say("\(sides.0) and \(sides.1) are listed as a suggestion")
    }
  }

  private func say(_ words: String) {
    if !quiet { Diagnostics.write(words) }
  }
}
