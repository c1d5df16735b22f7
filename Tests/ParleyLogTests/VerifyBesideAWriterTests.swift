import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// What a writer at work is still to make is no finding of a reader beside it.
@Suite struct VerifyBesideAWriterTests {
  private let world: LogWorld
  private let writer: EventLog

  /// A store of two complete segments and one that is written, open for appending.
  init() throws {
    world = try LogWorld(segmentEventsMax: 10)
    writer = try world.open()
    for first in [0, 10, 20] {
      _ = try writer.append(AppendBatch((first..<(first + 10)).map { LogWorld.record($0) }))
    }
    _ = try writer.append(AppendBatch([LogWorld.record(30)]))
  }

  private func reader() throws -> EventLog {
    try EventLog.openForReading(environment: world.environment, options: world.options)
  }

  private static func directory(_ base: Int) -> String {
    "active/000000000000000000\(base < 10 ? "0" : "")\(base).dir"
  }

  @Test(arguments: [[20], [10, 20], [0, 10, 20]])
  func directoriesThatAreNotMadeYetAreNoFinding(bases: [Int]) throws {
    #expect(try reader().verify() == [])
    for base in bases { world.storage.disk.lose(Self.directory(base)) }
    #expect(try reader().verify() == [])
    writer.close()
    #expect(try reader().verify().map(\.file) == bases.map(Self.directory))
    try world.open().close()
    #expect(try reader().verify() == [])
  }

  @Test func aDirectoryThatIsMissingBeforeOneThatIsThereIsAFinding() throws {
    world.storage.disk.lose(Self.directory(10))
    #expect(try reader().verify().map(\.file) == [Self.directory(10)])
  }

  @Test func aDamagedDirectoryIsAFinding() throws {
    world.storage.disk.flip(Self.directory(20), offset: 40, bit: 1)
    #expect(try reader().verify().map(\.file) == [Self.directory(20)])
  }

  @Test func aDirectoryMadeSinceTheReaderOpenedIsChecked() throws {
    let path = Self.directory(20)
    let whole = try #require(world.storage.disk.bytes(of: path))
    world.storage.disk.lose(path)
    let readers = [try reader(), try reader()]
    writer.close()
    world.storage.disk.replace(path, with: whole)
    #expect(try readers[0].verify() == [])
    world.storage.disk.flip(path, offset: 5_000, bit: 1)
    #expect(try readers[1].verify().map(\.file) == [path])
  }

  @Test func aManifestBetweenItsTwoRenamesIsNoFinding() throws {
    try world.storage.rename("MANIFEST", to: "MANIFEST.new")
    #expect(try reader().verify() == [])
    writer.close()
    #expect(try reader().verify().map(\.file) == ["MANIFEST"])
    world.storage.disk.lose("MANIFEST.new")
    let other = try world.open()
    world.storage.disk.lose("MANIFEST")
    #expect(try reader().verify().map(\.file) == ["MANIFEST"])
    other.close()
  }
}
