import ArgumentParser
import Parley
import ParleyLog

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

  func validate() throws {
    // What an unset variable of a shell leaves; as a path it would be the directory one is in.
    if directory.isEmpty { throw ValidationError("<store> is empty: name the store's directory.") }
  }

  /// The store, opened with the key where one was named, and said what is wrong with it that nobody else would tell.
  ///
  /// - Parameter segmentEventsMax: events after which a segment is rolled.
  func open(
    for access: StoreAccess, segmentEventsMax: Int = LogLimits.segmentEventsMax,
    durability: Durability = .sync
  ) async throws -> ConversationStore {
    let store = try await openSilently(
      for: access, segmentEventsMax: segmentEventsMax, durability: durability)
    switch access {
    case .appending: try warn(of: store)
    case .reading:
      for finding in try store.log.unshownEvents() {
        Diagnostics.write("\(finding.file): \(finding.message)")
      }
    }
    return store
  }

  /// The same for who tells all of it.
  func openSilently(
    for access: StoreAccess, segmentEventsMax: Int = LogLimits.segmentEventsMax,
    durability: Durability = .sync
  ) async throws -> ConversationStore {
    let key = try keyFile.map { try KeyFile(path: $0).read() }
    do throws(StoreError) {
      return try await IOThreads.shared.run { [directory] () throws(StoreError) in
        try ConversationStore.open(
          in: .posix(at: directory), for: access, key: key, durability: durability,
          segmentEventsMax: segmentEventsMax)
      }
    } catch {
      var failure = failure(error)
      switch access {
      case .appending where error.code == .readOnly:
        failure.hint = "Commands that only read do with a store that may not be written."
      // No command that reads says more, `parley verify` neither.
      case .reading where error.code == .damaged: failure.hint = nil
      default: break
      }
      throw failure
    }
  }

  /// Says what is damaged that opening for appending meets, whoever wants to hear it: appending goes on behind it, and
  /// nobody else would tell.
  private func warn(of store: ConversationStore) throws {
    let log = store.log
    let hidden = try log.hiddenEvents(through: store.last).filter { hidden in
      !log.damages.contains { $0.positions.overlaps(hidden.positions) }
    }
    let damages = log.damages + hidden
    guard let first = damages.first else { return }
    let more = damages.count > 1 ? " and \(grouped(damages.count - 1)) more" : ""
    Diagnostics.write(
      "damaged: \(first)\(more); what can be read is kept; what was there is stored again if it comes again; "
        + "`parley verify` lists all of it")
  }

  /// Creates the store, with the key where one was named: in its file, or made there.
  func create(_ options: StoreOptions) async throws {
    // The key first: a store whose key was lost on the way would be no store.
    let file = keyFile.map(KeyFile.init)
    let key = try file?.readOrMake()
    do { try await ConversationStore.create(at: directory, options, key: key?.key).close() } catch {
      if let key, key.isNew { file?.remove() }
      throw failure(error)
    }
  }

  /// Why the store can't be opened or created, and which store.
  private func failure(_ error: StoreError) -> CommandFailure {
    if error.code == .wrongKey, let keyFile { return KeyFile(path: keyFile).failure(error) }
    var failure = CommandFailure(error)
    if error.code == .disk {
      failure.hint = nil
      if System.isFile(directory) { failure.message = "a file, and a store is a directory" }
    }
    if failure.status != .usage { failure.message = "\(directory): \(failure.message)" }
    return failure
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
