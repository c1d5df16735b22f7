import ArgumentParser
import Parley
import ParleyEvents

/// What commands that read a whole store in log order can be narrowed to.
struct ScanArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Only events of this conversation, SYSTEM/THREAD.", valueName: "conversation"))
  var conversation: String?

  /// A scan of the store from its beginning.
  func scan(_ store: ConversationStore, progress: Progress) throws -> EventScan {
    var scan = EventScan(store, progress: progress)
    scan.filter.conversation = try conversation.map {
      store.conversationID(of: try ConversationKey(parsing: $0))
    }
    return scan
  }
}
