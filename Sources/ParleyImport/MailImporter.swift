import ParleyEvents

/// Imports mail: `.eml` files, mbox files of any size, Maildirs, and directories of them.
///
/// One message is in memory at a time. Files are told by what is in them, never by their names, and every one is
/// accounted for: each item is accepted, with its events and the bytes to store before them, or rejected with its
/// reason and place. Nothing here knows a store.
///
/// ```swift
/// var importer = MailImporter(["mail/"], options: MailOptions(now: now))
/// while let item = importer.next() {
///   switch item.outcome {
///   case .accepted(let imported): …  // store imported.blobs, then append imported.events
///   case .rejected(let rejection): …
///   }
/// }
/// ```
public struct MailImporter: IteratorProtocol {
  private let options: MailOptions
  private let ours: OurAddresses
  private let reader: MailReader
  private var source: MailSource

  /// The mail at some paths, directories in the order of their names.
  public init(_ paths: [String], options: MailOptions) {
    self.options = options
    ours = OurAddresses(options)
    reader = MailReader(limits: options.limits)
    source = MailSource(paths, limits: options.limits)
  }

  /// The next item; nil when all were given.
  public mutating func next() -> ImportItem? {
    guard let found = source.next() else { return nil }
    switch found.content {
    case .rejected(let rejection): return ImportItem(place: found.place, rejected: rejection)
    case .message(let bytes): return item(found, bytes)
    }
  }

  private func item(_ found: MailSource.Found, _ bytes: [UInt8]) -> ImportItem {
    guard let mail = reader.read(bytes) else {
      return ImportItem(place: found.place, rejected: reason(bytes))
    }
    do {
      let arrival = MailArrival(fileTime: found.fileTime, envelopeSender: found.sender, raw: bytes)
      let (events, warnings) = try mail.imported(arrival, options, ours: ours)
      return ImportItem(place: found.place, accepted: events, warnings: warnings)
    } catch {
      return ImportItem(place: found.place, rejected: ImportRejection(.overLimit, error.message))
    }
  }

  private func reason(_ bytes: [UInt8]) -> ImportRejection {
    if MailSniffer.start(of: bytes) == bytes.count { return ImportRejection(.empty, "the message is empty") }
    return ImportRejection(
      .notMail, "no header field stands at the beginning, within \(options.limits.sniffBytesMax) bytes")
  }
}
