import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// `parley show`: one event whole.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one event whole: what it says, and its envelope.",
    discussion: """
      Example:
        parley show support.parley 1042
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Argument(help: "The event's position.")
  var position: PositionArgument

  @Option(help: "For people or for programs: text or json.")
  var format = ReportFormat.text

  func run() async throws {
    let opened = try await ConversationStore.open(at: store, for: .reading)
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
    guard format == .text else { return try output.write(line: line) }
    try output.write(line: line)
    try output.write(line: EnvelopeJSON.line(event.position, event.envelope))
  }
}
