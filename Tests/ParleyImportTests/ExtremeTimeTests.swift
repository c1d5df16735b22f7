import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleyImport
import Testing

/// Dates as only broken clocks and forgers write them: the mail is taken, its time is not.
@Suite struct ExtremeTimeTests {
  static let extremes = [
    "Mon, 1 Jan 0000 00:00:00 +0000", "Mon, 1 Jan 0001 00:00:00 +0100", "1 Jan 0001 00:00:00 +9959",
    "1 Jan 0102 00:00:00 +0000", "Fri, 31 Dec 9999 23:59:59 -0800", "31 Dec 9999 23:59:60 +0000",
    "22 Nov 99999 09:00:00 +0000", "22 Nov -2026 09:00:00 +0000", "-1 Nov 2026 09:00:00 +0000",
    "22 Nov 18446744073709551616 09:00:00 +0000", "9223372036854775808", "-9223372036854775809",
    "22 Nov 2026 99999999999999999999:00:00 +0000", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59.9999999999999999999999-23:59", "1 Jan 1970 00:00:00 +0000",
  ]

  func item(_ mail: [UInt8], fileTime: Date? = nil) throws -> (event: NewEvent, warnings: [ImportWarning]) {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("parley-\(UUID().uuidString)")
      .path
    try Data(mail).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    if let fileTime {
      try FileManager.default.setAttributes([.modificationDate: fileTime], ofItemAtPath: path)
    }
    var importer = MailImporter([path], options: MailOptions(now: MailTimeTests.now))
    let next = importer.next()
    let item = try #require(next)
    guard case .accepted(let imported) = item.outcome, let event = imported.events.first else {
      Issue.record("\(item.outcome)")
      throw CancellationError()
    }
    return (event, item.warnings)
  }

  static let fileTime = Date(timeIntervalSince1970: 1_793_000_000)

  @Test(arguments: extremes) func anExtremeDateIsNotBelieved(text: String) throws {
    let (event, warnings) = try item(
      lines(
        "Received: by x; Sun, 22 Nov 2026 09:00:00 +0000", "From: a@example.com", "Date: \(text)", "", "Hi"))
    #expect(event.occurredAt?.rfc3339() == "2026-11-22T09:00:00Z")
    #expect(event.precision == .estimated)
    #expect(warnings.map(\.code) == [.timeNotBelieved])
    guard case .messageSent(let body) = event.body else { throw CancellationError() }
    #expect(body.statedAt == text)
  }

  @Test(arguments: extremes) func anExtremeReceivedGivesWayToTheNextOne(text: String) throws {
    let (event, warnings) = try item(
      lines(
        "Received: by y; \(text)", "Received: by x; Sun, 22 Nov 2026 09:00:00 +0000", "From: a@example.com",
        "",
        "Hi"))
    #expect(event.occurredAt?.rfc3339() == "2026-11-22T09:00:00Z")
    #expect(event.precision == .estimated)
    #expect(warnings.map(\.code) == [.timeNotBelieved])
  }

  @Test(arguments: extremes) func whereAllAreExtremeTheFilesTimeIsTaken(text: String) throws {
    let mail = lines("Received: by y; \(text)", "From: a@example.com", "Date: \(text)", "", "Hi")
    let (event, warnings) = try item(mail, fileTime: Self.fileTime)
    #expect(event.occurredAt == Timestamp(seconds: 1_793_000_000))
    #expect(event.precision == .estimated)
    #expect(warnings.map(\.code) == [.timeNotBelieved])
  }

  @Test(arguments: extremes) func anExtremeReceivedDoesNotSpeakAgainstADate(text: String) throws {
    let (event, warnings) = try item(
      lines(
        "Received: by y; \(text)", "From: a@example.com", "Date: Sun, 22 Nov 2026 09:00:00 +0000", "", "Hi"))
    #expect(event.occurredAt?.rfc3339() == "2026-11-22T09:00:00Z")
    #expect(warnings.isEmpty)
  }

  @Test(arguments: [-62_200_000_000, -1, 0, 253_500_000_000] as [Double])
  func aFilesTimeBeforeThereWasMailOrAfterTomorrowIsNoEstimate(seconds: Double) throws {
    let (event, warnings) = try item(
      lines("From: a@example.com", "", "Hi"), fileTime: Date(timeIntervalSince1970: seconds))
    #expect(event.occurredAt == MailTimeTests.now)
    #expect(event.precision == .unknown)
    #expect(warnings.map(\.code) == [.timeNotBelieved])
  }
}
