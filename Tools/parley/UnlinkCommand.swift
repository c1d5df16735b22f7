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

  @OptionGroup var store: StoreArguments

  @OptionGroup var pair: PairArguments

  @Option(help: ArgumentHelp("What shows that they do not belong together, in words.", valueName: "text"))
  var evidence = ""

  @Option(help: ArgumentHelp("Why they are separated.", valueName: "text"))
  var reason: String

  @OptionGroup var segments: SegmentArguments

  func validate() throws {
    if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason is empty: say why.") }
  }

  func run() async throws {
    let typed = try pair.values()
    let opened = try await store.open(for: .appending, segmentEventsMax: segments.eventsMax)
    let pair = try typed.resolved(by: opened)
    try await pair.noteUnknown(in: opened, store)
    let outcome = try await opened.unlink(
      pair.first, pair.second, by: pair.actor, evidence: evidence, reason: reason)
    await opened.close()
    switch outcome {
    case .joinedThroughOthers(let way):
      throw CommandFailure(
        .rejected, "they are joined through others: \(way.map(\.description).joined(separator: " – "))",
        hint: "Separate one of these pairs first.")
    case .separate(let links):
      store.say("separated \(pair.first) and \(pair.second): \(counted(links.count, "link")) ended")
    case .notJoined:
      store.say("\(pair.first) and \(pair.second) were not joined, and no rule will join them")
    }
  }
}
