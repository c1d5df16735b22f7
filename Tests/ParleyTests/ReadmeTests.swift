import Foundation
import Parley
import Testing

/// The lines of the README, compiled and run.
@Suite struct ReadmeTests {
  @Test func theLinesOfTheReadmeRun() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.path
    let sentAt = Timestamp.parse(rfc3339: "2024-11-22T09:00:00+01:00")?.time
    await (try ConversationStore.create(at: path)).close()

    let store = try await ConversationStore.open(at: path)
    let ana = try Identity.email("Ana@Example.com")
    let chat = store.conversation(.chat, "webchat", thread: "c-991")
    let asked = try await store.append(
      .message("Where is order 4711?", from: ana, in: chat, id: "m-17", at: sentAt))
    let seen = try await store.timeline(of: ana, for: .agent("kim", purpose: .support), last: 50)
    try await store.append(.reply("On its way.", by: .agent("kim"), to: asked), if: .nothingNew(since: seen))
    print(seen.text())
    let visitor = try Identity.visitor("shop.example", "4051")
    try await store.link(ana, visitor, by: .agent("kim"), evidence: "knew the order number")
    for try await event in store.events(from: .start) { print(event.position, event.kind) }

    #expect(seen.entries.count == 1)
    #expect(seen.text().contains("Where is order 4711?"))
    let after = try await store.timeline(of: visitor, for: .agent("kim", purpose: .support))
    #expect(after.identities.map(\.identity) == [ana, visitor])
    #expect(after.entries.count >= 2)
    await store.close()
  }

  @Test func theReadmesLinesAreTheOnesThatRunHere() throws {
    let here = URL(filePath: #filePath)
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let blocks = readme.components(separatedBy: "```swift\n").dropFirst()
    let lines = try #require(blocks.first?.components(separatedBy: "```").first).split(separator: "\n")
    let source = try String(contentsOf: here, encoding: .utf8).filter { !$0.isWhitespace }
    #expect(lines.count >= 6)
    for line in lines { #expect(source.contains(line.filter { !$0.isWhitespace }), "\(line)") }
  }
}
