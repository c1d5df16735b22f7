import Foundation
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import ParleySimulation
import Testing

/// Bytes outside the log that an event names are looked for, once each.
@Suite struct MissingBlobTests {
  let world: StoreWorld
  var store: ConversationStore { world.store }

  init() throws { world = try StoreWorld() }

  /// The name of bytes that were never kept.
  static func absent(_ number: UInt8) -> BlobReference {
    made(BlobReference()) { $0.digest = Data(repeating: number, count: 32) }
  }

  static func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var value = value
    change(&value)
    return value
  }

  @discardableResult
  private func append(_ id: String, _ body: some EventPayload) throws -> Position {
    var event = NewEvent(body, from: .identity(StoreWorld.ana), in: StoreWorld.mail)
    event.source = SourceKey(system: "email", nativeID: id)
    return try store.appendBlocking([event])[0].position
  }

  private func message(_ blob: BlobReference) -> MessageSent {
    Self.made(MessageSent()) { $0.parts = [.blob(blob)] }
  }

  @Test func aBlobThatIsThereIsNoFinding() async throws {
    let kept = try await store.keep([1, 2, 3])
    try append("m1", message(kept))
    #expect(try store.verifyBlocking().isEmpty)
  }

  @Test func aBlobThatIsGoneIsDamageThatNamesItsFileAndItsEvent() async throws {
    let kept = try await store.keep([1, 2, 3])
    let position = try append("m1", message(kept))
    try append("m2", message(kept))
    let digest = try #require(BlobDigest([UInt8](kept.digest)))
    try world.storage.remove(BlobStore.path(of: digest))
    let findings = try store.verifyBlocking()
    #expect(findings.map(\.weight) == [.damage])
    #expect(findings.map(\.file) == ["blobs/\(digest.hex.prefix(2))/\(digest.hex)"])
    #expect(findings.map(\.positions) == [[position..<position.advanced(by: 1)]])
    #expect(findings.first?.message.contains("at position \(position) and 1 more") == true)
  }

  @Test func everyWayToNameABlobCounts() throws {
    try append("m1", message(Self.absent(1)))
    try append("m2", Self.made(MessageSent()) { $0.raw = Self.absent(2) })
    try append("m3", Self.made(MediaStored()) { $0.blob = Self.absent(3) })
    try append("m4", Self.made(NoteAdded()) { $0.parts = [.blob(Self.absent(4))] })
    try append("m5", Self.made(SocialPosted()) { $0.parts = [.blob(Self.absent(5))] })
    let edit = Self.made(MessageEdited()) { edit in
      edit.edited = Self.made(EventReference()) { $0.nativeID = "m1" }
      edit.parts = [.blob(Self.absent(6))]
    }
    try append("m6", edit)
    let found = try store.verifyBlocking().map { String($0.file.prefix(10)) }
    #expect(found == (1...6).map { "blobs/0\($0)/0" })
  }

  @Test(arguments: [2, 3]) func beyondTheMostThatAreNamedOnlyTheirNumberIsSaid(blobs: UInt8) throws {
    for number in 1...blobs { try append("m\(number)", message(Self.absent(number))) }
    var missing = MissingBlobs(in: store.log.blobs, namedMax: 2)
    for event in try world.allEvents() { try missing.look(event) }
    let findings = missing.findings
    #expect(findings.count == Int(blobs))
    #expect(findings.filter { $0.file.hasPrefix("blobs/") }.count == 2)
    if blobs == 3 { #expect(findings.last?.message == "further missing blobs are named 1 times") }
  }
}
