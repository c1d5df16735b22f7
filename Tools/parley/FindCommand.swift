import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents

/// `parley find`: identities, conversations and positions that match.
struct FindCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Finds identities, conversations and events that hold a text.",
    discussion: """
      Reads the whole store, as there is no index yet, and says how much it read. Upper and lower case are the \
      same, and so are letters with and without accents, and white space is any other, line ends too; a phone number \
      is found however it is parted, a national one by the store's region too. An identity is found with all that \
      is recorded under it. What is found comes in log order, as JSON Lines with --format jsonl.

      Example:
        parley find support.parley "order 4711"
        parley find support.parley --native-id webchat/m-17
      """)

  @OptionGroup var store: StoreArguments

  @Argument(
    help: "The text, anywhere in an event: in its words, names, subjects or ids, or in whom it is from or to."
  )
  var text: String?

  @Option(help: ArgumentHelp("Only events with this id in their source, SYSTEM/ID or ID.", valueName: "id"))
  var nativeId: String?

  @Option(help: ArgumentHelp("Only events by this actor, as in agent:kim.", valueName: "actor"))
  var actor: String?

  @Option(help: ArgumentHelp("Only events of somebody with this in their name.", valueName: "name"))
  var name: String?

  @OptionGroup var narrowed: ScanArguments

  @Option(help: ListFormat.help)
  var format = ListFormat.text

  @Option(parsing: .unconditional, help: ZoneArgument.help, transform: ZoneArgument.init(typed:))
  var zone = ZoneArgument.utc

  func validate() throws {
    guard ![text, nativeId, name].contains("") else {
      throw ValidationError("What to find is empty: everything would be found, or nothing.")
    }
    guard [text, nativeId, actor, name, narrowed.conversation].contains(where: { $0 != nil }) else {
      throw ValidationError("Say what to find: a text, or --native-id, --actor, --name or --conversation.")
    }
  }

  func run() async throws {
    let actor = try actor.map { try Actor(typed: $0, for: "--actor") }
    let opened = try await store.open(for: .reading)
    let output = Output()
    var finder = Finder(
      text: text, nativeID: nativeId, name: name, normalization: opened.normalization, names: opened.names)
    var scan = try narrowed.scan(opened, progress: store.progress("event"))
    scan.filter.actor = actor.map { opened.actorID(of: $0) }
    let filter = scan.filter
    scan.filter.alsoAdmitted = text == nil ? [] : [.identityObserved]
    var found = 0
    try scan.bodies { position, envelope, bytes in
      guard finder.mayMatch(bytes, envelope) else { return }
      let event = Event(position: position, envelope: envelope, bodyBytes: bytes)
      finder.learn(from: event)
      guard filter.admits(envelope), finder.matches(event) else { return }
      found += 1
      try output.write(line: line(FoundEvent(event, names: opened.names, around: finder.text)))
    }
    try output.flush()
    store.say("\(grouped(found)) found; read \(counted(scan.eventsRead, "event"))")
    try scan.reportDamage()
  }

  private func line(_ found: FoundEvent) -> String {
    format == .text ? found.text(zone: zone.offset) : found.json
  }
}
