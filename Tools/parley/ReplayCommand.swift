import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// `parley replay`: events in log order or by stream, as JSON Lines.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Writes events in the order they were recorded, as JSON Lines.",
    discussion: """
      All conditions combine. The lines go straight back into `parley append`, also into another store. Memory \
      stays bounded whatever the store's size. --format text gives a line for people instead.

      The bytes of attachments are not in the lines: they stay in the store's blobs, and `parley verify` names \
      every one that another store lacks.

      Example:
        parley replay support.parley --channel email --since 2026-11-01T00:00:00Z
        parley replay support.parley | parley append other.parley
      """)

  @OptionGroup var store: StoreArguments

  @Option(
    parsing: .unconditional, help: ArgumentHelp("From this position on.", valueName: "position"),
    transform: PositionArgument.init(typed:))
  var from: PositionArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Up to, but not including, this position.", valueName: "position"),
    transform: PositionArgument.init(typed:))
  var to: PositionArgument?

  @Option(
    help: ArgumentHelp("Only what was recorded at this time or later.", valueName: "time"),
    transform: TimeArgument.init(typed:))
  var since: TimeArgument?

  @Option(
    help: ArgumentHelp("Only what was recorded before this time.", valueName: "time"),
    transform: TimeArgument.init(typed:))
  var until: TimeArgument?

  @Option(help: ArgumentHelp("Only events recorded under this identity.", valueName: "identity"))
  var stream: String?

  @Option(
    help: ArgumentHelp("Only this kind, as in message.sent. May be repeated.", valueName: "kind"),
    completion: .list(EventKind.named.map(\.name)), transform: KindArgument.init(typed:))
  var kind: [KindArgument] = []

  @Option(
    help: ChannelArgument.help, completion: .list(Array(Channel.names.dropFirst())),
    transform: ChannelArgument.init(typed:))
  var channel: [ChannelArgument] = []

  @OptionGroup var narrowed: ScanArguments

  @Option(help: OrderArgument.help)
  var order = OrderArgument.position

  @Flag(
    help:
      "Envelopes alone: times, kinds and keyed ids, nothing readable about people. They can't be read back.")
  var envelopes = false

  @Flag(help: "Leaves out the exact bytes that some bodies need to come back the same.")
  var readable = false

  @Option(help: ListFormat.help)
  var format = ListFormat.jsonl

  @Option(parsing: .unconditional, help: ZoneArgument.help, transform: ZoneArgument.init(typed:))
  var zone = ZoneArgument.utc

  func validate() throws {
    if let from, let to, from.position > to.position {
      throw ValidationError("--from is behind --to: nothing lies between them.")
    }
    try TimeArgument.checkOrder(since: since, until: until)
    guard format == .text, envelopes || readable else { return }
    throw ValidationError("--envelopes and --readable are about JSON Lines, not --format text.")
  }

  func run() async throws {
    let opened = try await store.open(for: .reading)
    let output = Output()
    // Lines that run over a terminal are progress enough.
    let progress = Progress("event", isQuiet: store.quiet || output.isTerminal)
    var scan = try narrowed.scan(opened, progress: progress)
    scan.from = from?.position ?? .start
    scan.to = to?.position ?? .none
    scan.order = order.order
    try await narrow(&scan.filter, in: opened)
    if envelopes {
      try scan.envelopes { position, envelope in
        try output.write(line: EnvelopeJSON.line(position, envelope))
      }
    } else {
      let names = opened.names
      var events = 0
      var attachments = 0
      var lines = LineRenderer(output, line: line(names))
      try scan.events { event in
        names.learn(from: event)
        try lines.take(event)
        let blobs = event.body.blobs.count
        attachments += blobs
        events += blobs > 0 ? 1 : 0
      }
      try lines.finish()
      try output.flush()
      if events > 0, format != .text { store.say(Self.note(events: events, attachments: attachments)) }
    }
    try output.flush()
    try scan.reportDamage()
  }

  /// What the lines do not hold.
  private static func note(events: Int, attachments: Int) -> String {
    "\(counted(events, "event")) \(events == 1 ? "names" : "name") \(counted(attachments, "attachment")): "
      + "their bytes are not in the lines, they stay in the store's blobs"
  }

  private func line(_ names: StoreNames) -> @Sendable (Event) -> String {
    let (format, offset) = (format, zone.offset)
    let style: EventJSON.Style = readable ? .readable : .exact
    return { event in
      if format == .text { return FoundEvent(event, names: names, around: nil).text(zone: offset) }
      return EventJSON.line(event, names: names, style: style)
    }
  }

  private func narrow(_ filter: inout EnvelopeFilter, in store: ConversationStore) async throws {
    filter.since = since?.time
    filter.until = until?.time
    filter.kinds = Set(kind.map(\.kind))
    filter.channels = Set(channel.map(\.channel))
    guard let stream else { return }
    let identity = try IdentityReader.identity(stream)
    try await store.require(identity)
    filter.stream = store.stream(of: identity)
  }
}
