import ArgumentParser
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyImport
import SwiftProtobuf

/// `parley import`: other systems' files in.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Imports mail: .eml files, mbox files, Maildirs.",
    discussion: """
      Directories are searched for files that hold mail; a file's content decides, not its name. Ends with how \
      many items were read, accepted, duplicate and rejected, and lists the mails whose date was not believed or \
      whose id another mail has. Importing the same files again adds nothing.

      Say which addresses are ours with --our-domain and --our-address: every other one is taken for a customer's. \
      That can't be corrected by importing again, as each mail is then a duplicate; --dry-run stores nothing and \
      names the address that stands in most mails.

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

  @Argument(
    help: "What the files are: eml, mbox or maildir. It is recorded; how each is read, its content decides.")
  var format: Format

  @OptionGroup var store: StoreArguments

  @Argument(help: "Files and directories; standard input is not read.", completion: .file())
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
      "Writes a line for every mail that was rejected or may be stored or not, and for every warning of one that was "
        + "stored (a date not believed, a defect, no sender, an id that another mail has) to a file, as JSON Lines.",
      valueName: "file"))
  var report: String?

  @Flag(help: "Reads everything and says what would happen, but stores nothing.")
  var dryRun = false

  @OptionGroup var segments: SegmentArguments

  @OptionGroup var answers: DurabilityArguments

  func run() async throws {
    System.catchInterrupts()
    let began = Timestamp.now
    let options = try mailOptions(now: began)
    try checkPaths()
    let writer = try ImportReportWriter(path: report)
    let opened = try await store.open(
      for: dryRun ? .reading : .appending, segmentEventsMax: segments.eventsMax,
      durability: answers.durability)
    var storer = ItemStorer(store: opened, mode: dryRun ? .dryRun : .storing, writer: writer)
    var addresses = MailAddressTally(options)
    var failure: (any Error)?
    do {
      try await takeItems(into: &storer, counting: &addresses, options)
      if storer.report.stored > 0 && !dryRun {
        try await opened.append(importRecord(storer.report, began: began, ended: Timestamp.now))
      }
      if !dryRun { try await opened.sync() }
    } catch {
      failure = error
    }
    await opened.close()
    try writer.close()
    say(storer, addresses)
    if let failure { throw failure }
    if System.isInterrupted { throw ExitStatus.interrupted }
    if storer.report.rejected > 0 { throw ExitStatus.rejected }
  }

  /// What came of it, also of an import that something ended early.
  private func say(_ storer: ItemStorer, _ addresses: MailAddressTally) {
    let summary = ImportSummary(
      storer.report, addresses: addresses, unknown: storer.unknown, isDryRun: dryRun, reportPath: report)
    (store.quiet ? summary.rejections : summary.lines).forEach(Diagnostics.write)
  }

  /// A domain that is none would make customers of us without a word.
  private func mailOptions(now: Timestamp) throws -> MailOptions {
    var options = MailOptions(now: now)
    options.account = account
    options.ourDomains = ourDomains
    options.ourAddresses = ourAddresses
    if let domain = ourDomains.first(where: { $0.hasPrefix("@") }) {
      throw CommandFailure(
        .usage, "--our-domain takes a domain, and was given one with an @",
        hint:
          "Drop the @, as in --our-domain \(domain.dropFirst().isEmpty ? "shop.example" : domain.dropFirst())."
      )
    }
    if ourDomains.contains(where: { $0.contains("@") }) {
      throw CommandFailure(
        .usage, "--our-domain takes a domain, and was given an address",
        hint: "--our-address names a single address that is ours.")
    }
    do { try options.validate() } catch {
      throw CommandFailure(
        .usage, "--our-domain or --our-address: \(error.message)",
        hint: "They are written as in --our-domain shop.example --our-address help@shop.example.")
    }
    return options
  }

  private func takeItems(
    into storer: inout ItemStorer, counting addresses: inout MailAddressTally, _ options: MailOptions
  ) async throws {
    var importer = MailImporter(path, options: options)
    var progress = store.progress("mail")
    defer { progress.clear() }
    while !System.isInterrupted, let item = importer.next() {
      addresses.count(item)
      try await storer.take(item)
      progress.add()
    }
    try await storer.finish()
  }

  /// A path that is not there is a mistake of whoever typed it, and nothing has been imported yet.
  private func checkPaths() throws {
    for path in path {
      guard path != "-" else {
        throw CommandFailure(
          .usage, "standard input is not read: mail is imported from files and directories",
          hint: "Put it into a file first; ./- names a file that is called -.")
      }
      guard System.canRead(path) else {
        throw CommandFailure(.cannotOpen, "\(path): \(System.errorText())")
      }
    }
  }

  private func importRecord(_ report: ImportReport, began: Timestamp, ended: Timestamp) throws -> NewEvent {
    var record = RecordImport()
    record.format = format.rawValue
    record.itemsRead = UInt64(report.read)
    record.itemsAccepted = UInt64(report.stored)
    record.itemsDuplicate = UInt64(report.duplicate)
    record.itemsRejected = UInt64(report.rejected)
    record.rejections = report.rejectedByCode.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      code, count in
      var rejection = RecordImport.Rejection()
      rejection.reason = code.rawValue
      rejection.items = UInt64(count)
      return rejection
    }
    record.startedAt.seconds = began.microseconds / 1_000_000
    record.endedAt.seconds = ended.microseconds / 1_000_000
    record.software = "parley \(RootCommand.configuration.version)"
    var event = NewEvent(record, from: .actor(.system("import")), at: ended)
    event.customer = try .system("import")
    event.channel = .system
    return event
  }
}
