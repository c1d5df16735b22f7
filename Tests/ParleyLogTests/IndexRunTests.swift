import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// The runs over sealed segments: merged as they come, made again when they are damaged, and never the last word on an id.
@Suite struct IndexRunTests {
  private let world: LogWorld
  private let records: [NewRecord]

  init() throws {
    world = try LogWorld(segmentEventsMax: 100, sealedEventsMax: 100)
    records = (0..<2_450).map { LogWorld.record($0, stream: $0 * 7 % 23) }
  }

  /// The runs' names.
  private var runs: [String] { world.storage.disk.paths.filter { $0.hasPrefix("index/") } }

  private func filled() throws -> EventLog {
    let log = try world.open()
    for first in stride(from: 0, to: records.count, by: 50) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 50)])))
    }
    return log
  }

  @Test func runsAreMergedUntilFewAreLeft() throws {
    let log = try filled()
    let statistics = try log.statistics()
    #expect(statistics.upkeepFailure == nil)
    #expect(statistics.sealedSegments == 24)
    #expect(runs.count <= 8, "\(runs)")
    try world.expect(log, holds: records)
    #expect(try log.verify() == [])
    log.close()
    let reader = try EventLog.openForReading(environment: world.environment)
    try world.expect(reader, holds: records)
    #expect(try reader.verify() == [])
  }

  @Test func knownEventsAreFoundInEveryRun() throws {
    let log = try filled()
    for number in stride(from: 0, to: records.count, by: 37) {
      let known = KnownRecord(index: 0, position: Position(number))
      #expect(try log.append(AppendBatch([records[number]])) == .known([known]))
    }
    let answer = try log.append(AppendBatch([LogWorld.record(5_000)] + records.shuffled()))
    guard case .known(let known) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(Set(known.map(\.position)) == Set(records.indices.map { Position($0) }))
  }

  @Test func aDamagedRunCostsNothingAndIsMadeAgain() throws {
    try filled().close()
    let path = try #require(runs.first)
    for offset in [20, 4_096 * 3, world.storage.disk.bytes(of: path)!.count - 4_000] {
      var disk = world.storage.disk
      disk.flip(path, offset: offset, bit: 3)
      let storage = SimulatedStorage(disk)
      let reader = try EventLog.openForReading(environment: storage.environment(seed: 3))
      try world.expect(reader, holds: records)
      #expect(try reader.verify().map(\.file) == [path])
      let options = world.options
      let log = try EventLog.openForAppending(environment: storage.environment(seed: 4), options: options)
      try world.expect(log, holds: records)
      // What was found while reading is made again with the next segment.
      let more = (0..<100).map { LogWorld.record(3_000 + $0, stream: $0) }
      _ = try log.append(AppendBatch(more))
      #expect(try log.statistics().upkeepFailure == nil)
      #expect(try log.verify() == [])
      try world.expect(log, holds: records + more)
    }
  }

  /// Two ids whose hashes begin with the same 36 bits: the event itself decides.
  @Test func idsOfTheSameFingerprintAreTwoIds() throws {
    // m(high ^ (low rotated left by 31)) is the same for any two ids whose halves combine to the same word.
    func record(_ number: Int, low: UInt64) -> NewRecord {
      var record = LogWorld.record(number, stream: 1)
      record.envelope.event = EventID(rawValue: Bytes16(high: 77 ^ (low << 31 | low >> 33), low: low))
      return record
    }
    let log = try world.open()
    let same = (0..<100).map { record($0, low: UInt64($0 + 1)) }
    _ = try log.append(AppendBatch(same))
    #expect(try log.statistics().sealedEvents == 100)
    for (position, record) in same.enumerated() {
      #expect(try log.position(of: record.envelope.event) == Position(position))
    }
    let other = record(100, low: 101)
    #expect(try log.position(of: other.envelope.event) == nil)
    #expect(try log.append(AppendBatch([other])) == .stored([Position(100)]))
    #expect(
      try log.append(AppendBatch([same[42]])) == .known([KnownRecord(index: 0, position: Position(42))]))
  }
}
