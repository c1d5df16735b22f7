import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// What `verify` says to do about a damaged page of an index, and that doing it helps: only what is derived is to be
/// deleted.
@Suite struct DamagedPageTests {
  private let world: LogWorld
  private let records = (0..<3_600).map { LogWorld.record($0, stream: $0 % 40) }

  /// Two sealed segments with a run over them, a rolled segment with its directory, and one being written.
  init() throws {
    world = try LogWorld(segmentEventsMax: 700, sealedEventsMax: 1_300)
    let log = try world.open()
    for first in stride(from: 0, to: 3_600, by: 100) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 100)])))
    }
    log.close()
  }

  /// Flips a bit of a page, counted from the last, of the first file that a directory has with such a name's end; gives its
  /// path and what `verify` finds.
  private func finding(_ suffix: String, pageFromLast page: Int) throws -> (path: String, finding: LogFinding)
  {
    let path = try #require(world.storage.disk.paths.first { $0.hasSuffix(suffix) })
    let size = try #require(world.storage.disk.bytes(of: path)).count
    world.storage.disk.flip(path, offset: size - (page + 1) * 4_096 + 9, bit: 1)
    let findings = try EventLog.openForReading(environment: world.environment).verify()
    #expect(findings.map(\.file) == [path] && findings.map(\.weight) == [.repairable])
    return (path, try #require(findings.first))
  }

  @Test(arguments: [".dir", ".run"]) func aDerivedFileIsToBeDeleted(suffix: String) throws {
    let (path, finding) = try finding(suffix, pageFromLast: 4)
    #expect(finding.message.contains("delete the file, opening for appending makes it again"))
    try world.storage.remove(path)
    let log = try world.open()
    #expect(try log.verify() == [])
    try world.expect(log, holds: records)
  }

  @Test(arguments: 0..<3) func aSealedSegmentNeverIs(pageFromLast: Int) throws {
    let (_, finding) = try finding("00000000000000001400.seg", pageFromLast: pageFromLast)
    #expect(finding.message.contains("its blocks are read instead; never delete the file, a backup has it"))
    try world.expect(EventLog.openForReading(environment: world.environment), holds: records)
  }
}
