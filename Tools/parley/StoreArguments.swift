import ArgumentParser
import Parley

/// The store that a command works on, where its key is, and how much the command says beside its data: what every
/// command takes.
struct StoreArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The store's directory.", valueName: "store"), completion: .directory)
  var directory: String

  @Option(
    help: ArgumentHelp("The file of the store's key, when it is not kept in STORE/key.", valueName: "file"),
    completion: .file())
  var keyFile: String?

  @Flag(help: "Writes data and errors only: no progress, no sums, no confirmations.")
  var quiet = false

  /// The store, opened with the key where one was named.
  func open(for access: StoreAccess) async throws -> ConversationStore {
    guard let keyFile else { return try await ConversationStore.open(at: directory, for: access) }
    let file = KeyFile(path: keyFile)
    let key = try file.read()
    do {
      return try await ConversationStore.open(at: directory, for: access, key: key)
    } catch {
      throw error.code == .wrongKey ? file.failure(error) : error
    }
  }

  /// Progress of so many items, which nobody sees with `--quiet`.
  func progress(_ noun: String, bytesTotal: Int = 0) -> Progress {
    Progress(noun, bytesTotal: bytesTotal, isQuiet: quiet)
  }

  /// Says something on standard error, unless nobody wants to hear it.
  func say(_ words: String) {
    if !quiet { Diagnostics.write(words) }
  }
}
