import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// Small sealed segments become large ones, whatever happens meanwhile, and nobody who reads notices.
@Suite struct CompactionTests {
  private func records(_ range: Range<Int>) -> [NewRecord] {
    range.map { LogWorld.record($0, stream: $0 * 7 % 23) }
  }

  /// Appends events up to a number, sealed 50 at a time.
  private func fill(_ log: EventLog, _ range: Range<Int>, by step: Int = 50) throws {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: step) {
      _ = try log.append(AppendBatch(records(first..<min(first + step, range.upperBound))))
      try log.seal()
    }
  }

  private func world(sealedEventsMax: Int) throws -> (LogWorld, EventLog) {
    let world = try LogWorld(sealedEventsMax: sealedEventsMax)
    return (world, try world.open())
  }

  private func reader(_ world: LogWorld) throws -> EventLog {
    try EventLog.openForReading(environment: world.environment)
  }

  private func files(_ world: LogWorld, _ directory: String) -> [String] {
    world.storage.disk.paths.filter { $0.hasPrefix(directory) }
  }

  @Test func smallSegmentsAreMergedAsTheyCome() throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<2_000)
    let statistics = try log.statistics()
    #expect(statistics.upkeepFailure == nil)
    #expect(statistics.sealedEvents == 2_000 && statistics.sealedSegments < 8, "\(files(world, "segments/"))")
    #expect(files(world, "segments/").count == statistics.sealedSegments)
    try world.expect(log, holds: records(0..<2_000))
    #expect(try log.verify() == [])
    try world.expect(reader(world), holds: records(0..<2_000))
    #expect(try reader(world).verify() == [])
  }

  @Test func compactingLeavesNoTwoThatFitIntoOne() throws {
    let (world, log) = try world(sealedEventsMax: 300)
    try fill(log, 0..<2_000, by: 70)
    try log.compact()
    let sizes = files(world, "segments/").map { path in
      let bounds = path.dropFirst("segments/".count).dropLast(4).split(separator: "-").map { Int($0)! }
      return bounds[1] - bounds[0]
    }
    #expect(sizes.reduce(0, +) == 2_000)
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 + $1 > 300 }, "\(sizes)")
    #expect(files(world, "index/").count == 1)
    try world.expect(log, holds: records(0..<2_000))
    #expect(try log.verify() == [])
    let before = world.storage.disk.paths.map { world.storage.disk.bytes(of: $0) }
    try log.compact()
    #expect(world.storage.disk.paths.map { world.storage.disk.bytes(of: $0) } == before)
    log.close()
    try world.expect(reader(world), holds: records(0..<2_000))
    #expect(try reader(world).verify() == [])
  }

  @Test func mergedSegmentsAreSmaller() throws {
    let (_, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<1_000)
    let before = try log.statistics()
    try log.compact()
    let after = try log.statistics()
    #expect(after.sealedSegments == 1 && after.sealedBytes < before.sealedBytes)
  }

  @Test func aReaderWhoseSegmentsWereMergedLooksAgain() throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<150)
    // Opened, and no sealed file asked for anything yet.
    let readers = try (0..<5).map { _ in try reader(world) }
    try fill(log, 150..<200)
    try log.compact()
    #expect(files(world, "segments/").count == 1)
    let expected = records(0..<150)
    #expect(try world.replayed(readers[0]).map(\.body) == expected.map(\.body))
    #expect(
      try readers[1].positions(of: LogWorld.stream(3), before: Position(150))
        == (0..<150).filter { $0 * 7 % 23 == 3 }.map { Position($0) })
    #expect(try readers[2].position(of: expected[77].envelope.event) == Position(77))
    guard case .record(let record) = try readers[3].read([Position(99)])[0] else {
      Issue.record("position 99 is damaged")
      return
    }
    #expect(record.body == expected[99].body)
    #expect(try readers[4].verify() == [])
    #expect(try readers[4].place(of: Position(120))?.file == files(world, "segments/")[0])
  }

  @Test(arguments: [ReplayOrder.position, .stream])
  func aReplayUnderWaySurvivesAMerge(order: ReplayOrder) throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<150)
    let reader = try reader(world)
    var seen: [Position] = []
    try reader.replay(.records, order: order) { piece in
      guard case .events(let batch) = piece else {
        Issue.record("\(piece)")
        return .stop
      }
      if seen.isEmpty { try log.compact() }
      seen += (0..<batch.count).map { batch.position(at: $0) }
      return .proceed
    }
    if order == .stream { seen.sort() }
    #expect(seen == (0..<150).map { Position($0) })
  }

  @Test func aDamagedSegmentIsNotMerged() throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<150)
    log.close()
    let place = try #require(try log.place(of: Position(60)))
    world.storage.disk.flip(place.file, offset: place.contents.bytes.lowerBound + 30, bit: 1)
    let again = try world.open()
    _ = try again.append(AppendBatch(records(150..<200)))
    try again.compact()
    #expect(files(world, "segments/").contains(place.file))
    let lost = try again.verify().filter { $0.weight == .damage }
    #expect(lost.map(\.file) == [place.file])
    for (position, record) in records(0..<200).enumerated() {
      guard case .record(let read) = try again.read([Position(position)])[0] else {
        #expect((50..<100).contains(position))
        continue
      }
      #expect(read.body == record.body)
    }
  }

  /// Neither manifest is there, and what was merged is there beside what it was made into.
  @Test func withoutAManifestTheLongestCounts() throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<150)
    let before = world.storage.disk
    try log.compact()
    log.close()
    for path in before.paths where path.hasPrefix("segments/") || path.hasPrefix("index/") {
      world.storage.disk.replace(path, with: before.bytes(of: path)!)
    }
    for path in ["MANIFEST", "MANIFEST.old"] { try world.storage.remove(path) }
    try world.expect(reader(world), holds: records(0..<150))
    let again = try world.open()
    try world.expect(again, holds: records(0..<150))
    #expect(files(world, "segments/").count == 1 && files(world, "index/").count == 1)
    #expect(try again.verify() == [])
  }

  /// A merged segment that no manifest names yet turns out to be damaged: what it was made from is still there.
  @Test func aDamagedOneThatNoManifestNamesIsPassedOver() throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<150)
    let before = world.storage.disk
    try log.compact()
    log.close()
    for path in before.paths where !path.hasPrefix("active/") && path != "LOCK" {
      world.storage.disk.replace(path, with: before.bytes(of: path)!)
    }
    let merged = "segments/00000000000000000000-00000000000000000150.seg"
    let last = (world.storage.disk.bytes(of: merged)?.count ?? 0) - 4_096
    try #require(last > 0)
    world.storage.disk.flip(merged, offset: last + 40, bit: 0)
    try world.expect(reader(world), holds: records(0..<150))
    let again = try world.open()
    try world.expect(again, holds: records(0..<150))
  }

  /// What was merged is lost, and a part of what it was made from is still there.
  @Test func ofALostSegmentWhatIsLeftOfItsSourcesIsRead() throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<150)
    let before = world.storage.disk
    try log.compact()
    log.close()
    try world.storage.remove("segments/00000000000000000000-00000000000000000150.seg")
    let source = "segments/00000000000000000050-00000000000000000100.seg"
    world.storage.disk.replace(source, with: before.bytes(of: source)!)
    func expectWhatIsLeft(_ log: EventLog) throws {
      #expect(log.head == Position(150))
      for (position, record) in records(0..<150).enumerated() {
        guard case .record(let read) = try log.read([Position(position)])[0] else {
          #expect(!(50..<100).contains(position))
          continue
        }
        #expect((50..<100).contains(position) && read.body == record.body)
      }
      #expect(try log.verify().count { $0.weight == .damage } >= 2)
    }
    try expectWhatIsLeft(reader(world))
    for _ in 0..<2 {
      let again = try world.open()
      try expectWhatIsLeft(again)
      #expect(try again.statistics().upkeepFailure == nil)
      again.close()
    }
    try world.storage.remove("MANIFEST.old")
    try expectWhatIsLeft(reader(world))
    #expect(try !reader(world).verify().contains { $0.file == "MANIFEST" })
  }

  /// A run over segments before they were split up finds only the last of each stream's segments: it does not count.
  @Test func aRunOverLargerSegmentsDoesNotCount() throws {
    let (world, log) = try world(sealedEventsMax: 10_000)
    try fill(log, 0..<150)
    let before = world.storage.disk
    try log.compact()
    log.close()
    let run = "index/00000000000000000000-00000000000000000150.run"
    let bytes = try #require(world.storage.disk.bytes(of: run))
    let small = SimulatedStorage(before)
    small.disk.replace(run, with: bytes)
    let reader = try EventLog.openForReading(environment: small.environment(seed: 3))
    try world.expect(reader, holds: records(0..<150))
  }
}
