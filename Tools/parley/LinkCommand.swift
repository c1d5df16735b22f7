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
      is known is refused, with the reason. It is an agent's word: no bot or rule gives it.

      Example:
        parley link support.parley email:ana@example.com phone:+493012345678 \\
          --evidence "knew her order number" --by agent:kim
      """)

  @OptionGroup var store: StoreArguments

  @OptionGroup var pair: PairArguments

  @Option(help: ArgumentHelp("What shows that they belong together, in words.", valueName: "text"))
  var evidence: String

  @Option(help: ArgumentHelp("Why it is done now.", valueName: "text"))
  var reason = ""

  @OptionGroup var segments: SegmentArguments

  func validate() throws {
    if evidence.allSatisfy(\.isWhitespace) {
      throw ValidationError("--evidence is empty: say what shows it.")
    }
  }

  func run() async throws {
    let typed = try pair.values()
    guard typed.actor.kind == .agent else {
      throw CommandFailure(
        .usage, "a link needs an agent who has checked it; \(typed.actor.kind.name) is none",
        hint: "--by agent:NAME says who it is.")
    }
    let opened = try await store.open(for: .appending, segmentEventsMax: segments.eventsMax)
    let pair = try typed.resolved(by: opened)
    try await pair.noteUnknown(in: opened, store)
    let outcome = try await opened.link(
      pair.first, pair.second, by: pair.actor, evidence: evidence, reason: reason)
    await opened.close()
    switch outcome {
    case .refused(let refusal):
      throw CommandFailure(
        .rejected, "the link was refused, and the refusal recorded: \(refusal.reason)",
        hint: "parley customer shows what each of the two is joined with.")
    case .linked: store.say("linked \(pair.first) and \(pair.second)")
    case .alreadyJoined: store.say("\(pair.first) and \(pair.second) were one customer already")
    case .suggested: store.say("\(pair.first) and \(pair.second) are listed as a suggestion")
    }
  }
}
