import ArgumentParser
import Parley

/// `parley import`: other systems' files in.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Imports mail: .eml files, mbox files, Maildirs.",
    discussion: """
      Directories are searched for files that hold mail; a file's content decides, not its name. Ends with how \
      many items were read, accepted, duplicate and rejected, and lists the mails whose date was not believed. \
      Importing the same files again adds nothing. Without --our-domain and --our-address every mail counts as \
      a customer's.

      Example:
        parley import eml support.parley mails/ --our-domain shop.example
        parley import mbox support.parley archive.mbox --report rejected.jsonl
      """)

  /// What the files are.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case eml
    case mbox
    case maildir
  }

  @Argument(help: "What the files are: eml, mbox or maildir.")
  var format: Format

  @Argument(help: "The store's directory.", completion: .directory)
  var store: String

  @Argument(help: "Files and directories.", completion: .file())
  var path: [String]

  @Option(
    name: .customLong("our-domain"),
    help: ArgumentHelp(
      "A domain whose addresses are ours, not a customer's. May be repeated.", valueName: "domain"))
  var ourDomains: [String] = []

  @Option(
    name: .customLong("our-address"),
    help: ArgumentHelp("An address that is ours. May be repeated.", valueName: "address"))
  var ourAddresses: [String] = []

  @Option(
    help: ArgumentHelp(
      "The mailbox the mails come from, where message ids are unique only within one.", valueName: "name"))
  var account = ""

  @Option(
    help: ArgumentHelp(
      "Writes every rejection and every date not believed to a file, as JSON Lines.", valueName: "file"))
  var report: String?

  @Flag(help: "Reads everything and says what would happen, but stores nothing.")
  var dryRun = false

  @Flag(help: "Shows no progress.")
  var quiet = false
}
