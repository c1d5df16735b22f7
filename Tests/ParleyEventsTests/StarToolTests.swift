import Foundation
import ParleyEnvelope
import ParleyEvents
import Testing

/// What the tool makes of an archive is what an event line may be.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "needs python3"))
struct StarToolTests {
  @Test func anArchiveIsMarkedAsImportedSoThatNothingOfItIsLate() throws {
    let dialogue = """
      {"DialogueID":5,"AnonymizedUserWorkerID":"u","AnonymizedWizardWorkerID":"w","Events":[\
      {"Agent":"User","Text":"Hello","UnixTime":1589376446},{"Agent":"Wizard","UnixTime":1589376447},\
      {"Agent":"Wizard","Text":"Hello, how can I help?","UnixTime":1589376471}]}\n
      """
    let events = try Self.events(of: dialogue)
    #expect(events.count == 2)
    for event in events { #expect(event.flags == .imported) }
  }

  private static func events(of archive: String) throws -> [NewEvent] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("star-\(UUID()).jsonl")
    try Data(archive.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let tool = Process()
    tool.executableURL = package.appendingPathComponent("Tools/star-to-jsonl")
    tool.arguments = [file.path]
    let output = Pipe()
    tool.standardOutput = output
    tool.standardError = FileHandle.nullDevice
    try tool.run()
    let lines = try output.fileHandleForReading.readToEnd() ?? Data()
    tool.waitUntilExit()
    return try lines.split(separator: 10).map { try EventJSON.parse(Array($0)) }
  }
}
