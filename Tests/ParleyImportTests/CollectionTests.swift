import Foundation
import ParleyEnvelope
import ParleyImport
import Testing

@Suite(.enabled(if: Collection.isThere, Comment(rawValue: Collection.absent)))
struct CollectionTests {
  /// What `Tools/compare-mail-text` reads, a line for each message, when PARLEY_MAIL_DUMP names a file.
  func line(_ place: ImportPlace, _ mail: Mail) -> String {
    let texts = mail.pieces.compactMap(\.text).map(json).joined(separator: ",")
    let fields = [
      "\"path\":" + json(place.path), "\"offset\":\(place.offset ?? 0)",
      "\"subject\":" + json(mail.subject ?? ""),
      "\"from\":" + json(mail.from.map(\.address).joined(separator: ",")),
      "\"date\":" + json(mail.date?.time.rfc3339() ?? ""), "\"texts\":[" + texts + "]",
      "\"defects\":[" + mail.defects.map { json("\($0)") }.sorted().joined(separator: ",") + "]",
    ]
    return "{" + fields.joined(separator: ",") + "}\n"
  }

  @Test(arguments: [("spamassassin", 3_128), ("mime-torture", 700)])
  func everyFileIsReadOrRejectedWithItsReason(folder: String, count: Int) throws {
    let files = Collection.files(folder)
    #expect(files.count >= count)
    var source = MailSource(files, limits: MailLimits())
    let reader = MailReader()
    var output = ""
    var read = 0
    let start = ContinuousClock.now
    while let found = source.next() {
      read += 1
      switch found.content {
      case .rejected(let rejection):
        output +=
          "{\"path\":" + json(found.place.path) + ",\"rejected\":" + json("\(rejection.code.rawValue)")
          + "}\n"
      case .message(let bytes):
        if let mail = reader.read(bytes) {
          output += line(found.place, mail)
        } else {
          output += "{\"path\":" + json(found.place.path) + ",\"rejected\":\"no_mail\"}\n"
        }
      }
    }
    print("\(folder): \(read) items in \(ContinuousClock.now - start)")
    #expect(read >= files.count)
    if let dump = ProcessInfo.processInfo.environment["PARLEY_MAIL_DUMP"] {
      try output.write(toFile: "\(dump)-\(folder).jsonl", atomically: true, encoding: .utf8)
    }
  }
}
