import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// `parley show`: one event whole.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one event whole, and where it lies on disk.",
    discussion: """
      For people with the whole text; --format json has the event as its line, its envelope and its place.

      With --blobs the attachments that the event names, and the mail as it came where it was kept, are written to \
      files of a directory: under the names they came with, made safe, or else named by their digest. No file is \
      overwritten, and the bytes are checked. Exit code 1: some are not in the store; 4: some are damaged.

      Example:
        parley show support.parley 1042
        parley show support.parley 1042 --format json
        parley show support.parley 1042 --blobs attachments/
      """)

  @OptionGroup var store: StoreArguments

  @Argument(help: "The event's position, as in 1042.", transform: PositionArgument.init(typed:))
  var position: PositionArgument

  @Option(help: ReportFormat.help)
  var format = ReportFormat.text

  @Option(parsing: .unconditional, help: ZoneArgument.help, transform: ZoneArgument.init(typed:))
  var zone = ZoneArgument.utc

  @Option(
    help: ArgumentHelp(
      "Writes the event's attachments to files of this directory, which is made when it is not there.",
      valueName: "directory"), completion: .directory)
  var blobs: String?

  func run() async throws {
    let opened = try await store.open(for: .reading)
    let position = position.position
    try opened.require(position)
    let output = Output()
    let event = try await opened.event(at: position)
    let files = try blobs.map { try BlobFiles(of: opened, in: $0).write(event) }
    try write(event, files, of: opened, to: output)
    try output.flush()
    try report(files ?? [])
  }

  /// Says what could not be written. Throws the exit code for it.
  private func report(_ files: [BlobFiles.Outcome]) throws {
    if blobs != nil, files.isEmpty { store.say("the event names no attachments") }
    var status: ExitStatus?
    for file in files {
      switch file.state {
      case .written: continue
      case .missing: status = status ?? .rejected
      case .damaged: status = .damage
      }
      Diagnostics.write(file.text)
    }
    if let status { throw status }
  }

  private func write(
    _ event: Event, _ files: [BlobFiles.Outcome]?, of store: ConversationStore, to output: Output
  ) throws {
    let place = try store.log.place(of: event.position).map { EventPlaceReport($0) }
    guard format == .json else {
      let width = output.isTerminal ? System.terminalColumns() : nil
      let report = EventReport(event, names: store.names, zone: zone.offset, width: width)
      try output.write(report.text)
      if let place { try output.write(line: place.text) }
      for file in files ?? [] {
        if case .written = file.state { try output.write(line: "blob      \(file.text)") }
      }
      return
    }
    var json = JSONText()
    json.add("event", raw: EventJSON.line(event, names: store.names))
    json.add("envelope", raw: EnvelopeJSON.line(event.position, event.envelope))
    if let place { json.add("place", raw: place.json) }
    if let files { json.add("blobs", raw: JSONText.list(files.map(\.json))) }
    try output.write(line: json.line)
  }
}
