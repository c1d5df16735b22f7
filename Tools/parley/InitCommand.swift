import ArgumentParser
import Parley

/// `parley init`: creates a store.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Creates a store.",
    discussion: """
      The directory must not be there yet, or be empty. Its key is made now and kept in STORE/key, readable by \
      you alone; with --key-file it is the one in that file, which is made when it is not there. Without the key \
      nobody finds a customer in the store: keep a copy of it elsewhere.

      Example:
        parley init support.parley --region DE
        parley init support.parley --key-file /secure/support.key
      """)

  @OptionGroup var store: StoreArguments

  @Option(
    help: ArgumentHelp(
      "Where phone numbers without a calling code belong, such as DE. Without it they stay local.",
      valueName: "country"))
  var region: String?

  func run() async throws {
    try await store.create(StoreOptions(region: region))
    let key = store.keyFile ?? "\(store.directory)/key"
    store.say("created \(store.directory); keep a copy of \(key) elsewhere")
  }
}
