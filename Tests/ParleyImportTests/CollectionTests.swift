import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleyImport
import Testing

@Suite(.serialized, .enabled(if: Collection.isThere, Comment(rawValue: Collection.absent)))
struct CollectionTests {
  static let now = Timestamp.parse(rfc3339: "2026-11-22T12:00:00Z")!.time

  /// What `Tools/compare-mail-text` reads, a line for each item, when PARLEY_MAIL_DUMP names a file.
  func line(_ item: ImportItem) -> String {
    var fields = ["\"path\":" + json(item.place.path), "\"offset\":\(item.place.offset ?? 0)"]
    switch item.outcome {
    case .rejected(let rejection): fields.append("\"rejected\":" + json(rejection.code.rawValue))
    case .accepted(let imported):
      guard let event = imported.events.first, case .messageSent(let body) = event.body else { break }
      let texts = body.parts.map(\.text).filter { !$0.isEmpty }.map(json).joined(separator: ",")
      let defects = item.warnings.filter { $0.code == .defect }.map { json($0.message) }
      fields += [
        "\"subject\":" + json(body.subject), "\"from\":" + json(event.customer?.description ?? ""),
        "\"date\":" + json(event.occurredAt?.rfc3339() ?? ""), "\"stated\":" + json(body.statedAt),
        "\"raw\":\(body.hasRaw)", "\"texts\":[" + texts + "]",
        "\"defects\":[" + defects.joined(separator: ",") + "]",
      ]
    }
    return "{" + fields.joined(separator: ",") + "}\n"
  }

  @Test(arguments: [("spamassassin", 3_128, 3_128), ("mime-torture", 700, 500)])
  func everyFileIsAcceptedOrRejectedWithItsReason(folder: String, files count: Int, acceptedMin: Int) throws {
    let files = Collection.files(folder)
    #expect(files.count >= count)
    var importer = MailImporter(files, options: MailOptions(now: Self.now))
    var report = ImportReport()
    var output = ""
    var keptRaw = 0
    var bytes = 0
    let start = ContinuousClock.now
    while let item = importer.next() {
      switch item.outcome {
      case .accepted(let imported):
        report.count(item, .stored(events: imported.events.count))
        if case .messageSent(let body)? = imported.events.first?.body, body.hasRaw { keptRaw += 1 }
        bytes += imported.events.reduce(0) { $0 + $1.bodyBytes.count }
      case .rejected(let rejection): report.count(item, rejection)
      }
      output += line(item)
    }
    let spent = ContinuousClock.now - start
    let kinds =
      (report.warningsByCode.map { ($0.key.rawValue, $0.value) }
      + report.rejectedByCode.map { ($0.key.rawValue, $0.value) }).map { "\($0.0) \($0.1)" }.sorted()
    print(
      "\(folder): \(report.read) read, \(report.stored) accepted, \(report.events) events, \(bytes) bytes, ",
      "raw kept \(keptRaw), \(kinds), \(spent / max(1, report.read)) each")
    #expect(report.isComplete)
    #expect(report.read >= files.count)
    #expect(report.stored >= acceptedMin)
    if let dump = ProcessInfo.processInfo.environment["PARLEY_MAIL_DUMP"] {
      try output.write(toFile: "\(dump)-\(folder).jsonl", atomically: true, encoding: .utf8)
    }
  }
}
