import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents

/// `parley timeline`: a customer's timeline, from any of its identities.
struct TimelineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timeline",
    abstract: "Shows everything between us and a customer, over all channels, in the order it happened.",
    discussion: """
      Any of the customer's identities gives the same timeline. On a terminal it shows the last 50 entries and \
      says how many more there are. Of a long text the first lines are shown, and quoted mail is folded; --full \
      shows all of it, as `parley show` does for one event: #1042 at the right edge is its position.

      Example:
        parley timeline support.parley email:ana@example.com
        parley timeline support.parley visitor:shop.example/4051 --last 10
        parley timeline support.parley email:ana@example.com --full
        parley timeline support.parley account:eu/4711 --since 2026-11-22T00:00:00Z
        parley timeline support.parley phone:+493012345678 --as-of 1042 --format json
      """)

  /// How many entries a terminal gets unless told otherwise.
  static let lastOnTerminal = 50

  @OptionGroup var store: StoreArguments

  @Argument(
    help: "One of the customer's identities, as in email:ana@example.com; - reads it from standard input.")
  var identity: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Only so many of the newest entries.", valueName: "count"),
    transform: CountArgument.init(typed:))
  var last: CountArgument?

  @Option(parsing: .unconditional, help: Moment.help, transform: Moment.init(typed:))
  var asOf: Moment?

  @Option(
    help: ArgumentHelp("Only what happened at this time or later.", valueName: "time"),
    transform: TimeArgument.init(typed:))
  var since: TimeArgument?

  @Option(
    help: ArgumentHelp("Only what happened before this time.", valueName: "time"),
    transform: TimeArgument.init(typed:))
  var until: TimeArgument?

  @Option(
    help: ChannelArgument.help, completion: .list(Array(Channel.names.dropFirst())),
    transform: ChannelArgument.init(typed:))
  var channel: [ChannelArgument] = []

  @Flag(help: "Shows also what stays among us, such as notes.")
  var `internal` = false

  @Flag(help: "Shows every text whole: nothing is folded, quoted mail included.")
  var full = false

  @Option(help: ReportFormat.help)
  var format = ReportFormat.text

  @Option(parsing: .unconditional, help: ZoneArgument.help, transform: ZoneArgument.init(typed:))
  var zone = ZoneArgument.utc

  func validate() throws {
    try TimeArgument.checkOrder(since: since, until: until)
  }

  func run() async throws {
    let wanted = try IdentityReader.identity(identity)
    let opened = try await store.open(for: .reading)
    try await opened.require(wanted)
    let output = Output()
    let position = try asOf.map { try opened.position(at: $0) }
    if let position { try opened.require(wanted, asOf: position) }
    let whole = try await opened.timeline(of: wanted, for: .commandLine, asOf: position)
    let shown = whole.windowed(window(for: output))
    if format == .json {
      try output.write(bytes: shown.json())
    } else {
      try output.write(shown.text(textOptions(for: output)))
    }
    try output.flush()
    try Diagnostics.report(
      whole.entries.compactMap { if case .gap(let gap) = $0.content { gap } else { nil } })
  }

  private func window(for output: Output) -> TimelineWindow {
    let onTerminal = output.isTerminal && format == .text ? Self.lastOnTerminal : nil
    return TimelineWindow(
      last: last?.count ?? onTerminal, since: since?.time, until: until?.time,
      channels: channel.isEmpty ? nil : Set(channel.map(\.channel)),
      internalEntries: `internal` ? .included : .excluded)
  }

  private func textOptions(for output: Output) -> Timeline.TextOptions {
    var options = Timeline.TextOptions(
      width: System.terminalColumns() ?? Self.columnsOfFiles, zone: zone.offset,
      color: output.hasColor ? .on : .off)
    options.internalHint = "--internal shows them"
    options.foldedHint = "--full shows them"
    if full { options.bodyLinesMax = nil }
    return options
  }

  /// The width of a text that goes to a file or another program.
  private static let columnsOfFiles = 100
}
