import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents

/// `parley unlink`: two identities do not belong to one customer.
struct UnlinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlink",
    abstract: "Separates two identities: they do not belong to one customer.",
    discussion: """
      Ends every direct link between them, and keeps rules from joining them again. When they are joined through \
      others, it is refused and the path is named.

      Example:
        parley unlink support.parley email:ana@example.com phone:+493012345678 \\
          --reason "a family's phone"
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Argument(help: "One identity.")
  var first: String

  @Argument(help: "The other identity.")
  var second: String

  @Option(help: ArgumentHelp("What shows that they do not belong together, in words.", valueName: "text"))
  var evidence = ""

  @Option(help: ArgumentHelp("Why they are separated.", valueName: "text"))
  var reason: String

  @Option(help: ArgumentHelp("Who says so, as in agent:kim.", valueName: "actor"))
  var by = "agent:\(System.environment("USER") ?? "unknown")"

  @Flag(help: "Says nothing when all went well.")
  var quiet = false

  func run() async throws {
    let sides = (try identityValue(from: first), try identityValue(from: second))
    let actor = try Actor(parsing: by)
    let opened = try await ConversationStore.open(at: store)
    let outcome = try await opened.unlink(sides.0, sides.1, by: actor, evidence: evidence, reason: reason)
    await opened.close()
    switch outcome {
    case .joinedThroughOthers(let way):
      throw CommandFailure(
        .rejected, "they are joined through others: \(way.map(\.description).joined(separator: " – "))",
        hint: "Separate one of these pairs first.")
    case .separate(let links):
      if !quiet {
        Diagnostics.write("separated \(sides.0) and \(sides.1): \(counted(links.count, "link")) ended")
      }
    case .notJoined:
      if !quiet { Diagnostics.write("\(sides.0) and \(sides.1) were not joined, and no rule will join them") }
    }
  }
}
