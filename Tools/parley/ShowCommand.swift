import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// `parley show`: one event whole.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one event whole, its envelope, and where it lies on disk.",
    discussion: """
      Example:
        parley show support.parley 1042
        parley show support.parley 1042 --format json
      """)

  @OptionGroup var store: StoreArguments

  @Argument(help: "The event's position, as in 1042.")
  var position: PositionArgument

  @Option(help: ReportFormat.help)
  var format = ReportFormat.text

  func run() async throws {
    let opened = try await store.open(for: .reading)
    let position = position.position
    guard position < opened.head else {
      throw CommandFailure(
        .rejected,
        "there is no position \(position) yet: the store holds \(counted(Int(opened.head.rawValue), "event"))"
      )
    }
    let output = Output()
    try write(try await opened.event(at: position), of: opened, to: output)
    try output.flush()
  }

  private func write(_ event: Event, of store: ConversationStore, to output: Output) throws {
    let line = EventJSON.line(event, names: store.names)
    let envelope = EnvelopeJSON.line(event.position, event.envelope)
    let place = try store.log.place(of: event.position).map { EventPlaceReport($0) }
    guard format == .json else {
      try output.write(line: line)
      try output.write(line: envelope)
      if let place { try output.write(line: place.text) }
      return
    }
    var json = JSONText()
    json.add("event", raw: line)
    json.add("envelope", raw: envelope)
    if let place { json.add("place", raw: place.json) }
    try output.write(line: json.line)
  }
}
