import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// Pages of a directory that are whole and not where they belong, as a disk leaves them that writes to the wrong place.
@Suite struct DirectoryPageTests {
  private static let pageByteCount = 4_096
  private static let paths = ["active/00000000000000000000.dir", "active/00000000000000000700.dir"]

  private let world: LogWorld
  private let records: [NewRecord]

  /// A store of two complete segments whose events and streams take several pages each.
  init() throws {
    world = try LogWorld(segmentEventsMax: 700)
    records = (0..<1_400).map { LogWorld.record($0, stream: $0 % 700) }
    let log = try world.open()
    for first in [0, 700] { _ = try log.append(AppendBatch(Array(records[first..<(first + 700)]))) }
    log.close()
  }

  @Test func everyPageInAnothersPlaceIsDamage() throws {
    let whole = world.storage.disk
    let bytes = try #require(whole.bytes(of: Self.paths[0]))
    let pages = bytes.count / Self.pageByteCount
    #expect(pages > 14)
    // The one behind it: most are of the same section.
    for page in 1..<pages {
      world.storage.disk = whole
      let other = page % (pages - 1) + 1
      try put(page: other, of: Self.paths[0], at: page)
      try expectNamedAndDoneWithout("page \(other) at \(page)")
    }
  }

  @Test func everyPageOfAnotherDirectoryIsDamage() throws {
    let whole = world.storage.disk
    for page in 0..<(try #require(whole.bytes(of: Self.paths[0])).count / Self.pageByteCount) {
      world.storage.disk = whole
      let from = try #require(whole.bytes(of: Self.paths[1]))
      try put(page: page, of: Self.paths[1], at: page)
      guard from[range(page)] != (try #require(whole.bytes(of: Self.paths[0])))[range(page)] else {
        continue
      }
      try expectNamedAndDoneWithout("page \(page) of another")
    }
  }

  private func range(_ page: Int) -> Range<Int> {
    (page * Self.pageByteCount)..<((page + 1) * Self.pageByteCount)
  }

  /// Puts a page of a directory into the first one.
  private func put(page: Int, of path: String, at place: Int) throws {
    let from = try #require(world.storage.disk.bytes(of: path))
    var bytes = try #require(world.storage.disk.bytes(of: Self.paths[0]))
    bytes.replaceSubrange(range(place), with: from[range(page)])
    world.storage.disk.replace(Self.paths[0], with: bytes)
  }

  /// That verification names the directory, that every event is found by its id and in its stream, and that none is
  /// stored again.
  private func expectNamedAndDoneWithout(_ damage: Comment) throws {
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(try reader.verify().map(\.file) == [Self.paths[0]], damage)
    let isFound = try records.indices.allSatisfy {
      try reader.position(of: records[$0].envelope.event) == Position($0)
    }
    #expect(isFound, damage)
    let inStream = try (0..<700).allSatisfy {
      try reader.positions(of: LogWorld.stream($0)) == [Position($0), Position($0 + 700)]
    }
    #expect(inStream, damage)
    let log = try world.open()
    let known = records.indices.map { KnownRecord(index: $0, position: Position($0)) }
    #expect(try log.append(AppendBatch(records)) == .known(known), damage)
    log.close()
  }
}
