import ArgumentParser
import Parley

/// `parley init`: creates a store.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Creates a store.",
    discussion: """
      The directory must not be there yet, or be empty. Its key is made now and kept in STORE/key, readable by \
      you alone: without the key the store's ids can't be made again, so keep a copy of it elsewhere.

      Example:
        parley init support.parley --region DE
      """)

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Option(
    help: ArgumentHelp(
      "Where phone numbers without a calling code belong, such as DE. Without it they stay local.",
      valueName: "country"))
  var region: String?

  @Flag(help: "Says nothing when all went well.")
  var quiet = false

  func run() async throws {
    let created = try await ConversationStore.create(at: store, StoreOptions(region: region))
    await created.close()
    if !quiet { Diagnostics.write("created \(store); keep a copy of \(store)/key elsewhere") }
  }
}
