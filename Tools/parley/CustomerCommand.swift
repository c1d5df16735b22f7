import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents

/// `parley customer`: who a customer is.
struct CustomerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer",
    abstract: "Lists a customer's identities, how each was joined, and what is only suggested.",
    discussion: """
      Example:
        parley customer support.parley email:ana@example.com
      """)

  @OptionGroup var store: StoreArguments

  @Argument(help: "One of the customer's identities; - reads it from standard input.")
  var identity: String

  @Option(parsing: .unconditional, help: Moment.help, transform: Moment.init(typed:))
  var asOf: Moment?

  @Option(help: ReportFormat.help)
  var format = ReportFormat.text

  @Option(parsing: .unconditional, help: ZoneArgument.help, transform: ZoneArgument.init(typed:))
  var zone = ZoneArgument.utc

  func run() async throws {
    let wanted = try IdentityReader.identity(identity)
    let opened = try await store.open(for: .reading)
    try await opened.require(wanted)
    let position = try asOf.map { try opened.position(at: $0) }
    if let position { try opened.require(wanted, asOf: position) }
    let customer = try await opened.customer(of: wanted, asOf: position)
    let report = CustomerReport(customer, zone: zone.offset, actors: actors(of: customer, in: opened))
    let output = Output()
    try output.write(line: format == .json ? report.json : report.text)
    try output.flush()
    try Diagnostics.report(customer.gaps)
  }

  /// Who asked for each link, by the position of its event.
  private func actors(of customer: Customer, in store: ConversationStore) -> [Position: String] {
    let links = customer.links + customer.suggestions + customer.refusals.map(\.link)
    var actors: [Position: String] = [:]
    for link in links {
      // A link whose event can't be read is among the gaps.
      actors[link.position] = (try? store.eventBlocking(at: link.position))?.body.payload?.actor
    }
    return actors
  }
}
