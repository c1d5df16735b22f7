import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Synchronization
import Testing

/// The zeros that a busy writer keeps ahead of its commits: never over an event, never taken for one, gone when they
/// are of no use.
@Suite struct ZeroedTailTests {
  private static let segment = "active/00000000000000000000.seg"
  private static let zeroedBytesMax = 64 << 10

  private func busyWorld(_ count: Int) throws -> (world: LogWorld, log: EventLog, records: [NewRecord]) {
    let world = try LogWorld(zeroedBytesMax: Self.zeroedBytesMax)
    let log = try world.open()
    let records = (0..<count).map { LogWorld.record($0, stream: $0 % 3) }
    for record in records { _ = try log.append(AppendBatch([record])) }
    return (world, log, records)
  }

  private func zerosAtTheEnd(_ world: LogWorld) throws -> Int {
    let bytes = try #require(world.storage.disk.bytes(of: Self.segment))
    return bytes.reversed().prefix { $0 == 0 }.count
  }

  @Test func aBusyWriterHasZerosAheadAndClosingCutsThem() throws {
    let (world, log, records) = try busyWorld(60)
    #expect(try zerosAtTheEnd(world) > Self.zeroedBytesMax / 4)
    #expect(try log.statistics().segmentBytes < 60 * 1_000 + 8_192, "zeros are counted as events' bytes")
    #expect(try log.verify() == [])
    log.close()
    #expect(try zerosAtTheEnd(world) < 4_096)
    try world.expect(try world.open(), holds: records)
  }

  @Test func aWriterOfOneEventHasNone() throws {
    let (world, _, _) = try busyWorld(1)
    #expect(try zerosAtTheEnd(world) < 4_096)
  }

  @Test func zerosLeftByACrashAreCutOffAndNothingIsKeptOfThem() throws {
    let (world, _, records) = try busyWorld(60)
    for seed in 0..<20 as Range<UInt64> {
      let storage = SimulatedStorage(world.storage.disk.crashed(.everything, seed: seed))
      let log = try EventLog.openForAppending(environment: storage.environment(), options: world.options)
      try world.expect(log, holds: records)
      #expect(try storage.list("torn") == [])
      #expect(try #require(storage.disk.bytes(of: Self.segment)).reversed().prefix { $0 == 0 }.count < 4_096)
    }
  }

  @Test func aTornFrameAmongZerosIsKeptAsideWithoutThem() throws {
    let (world, log, records) = try busyWorld(60)
    let end = try log.statistics().segmentBytes
    var disk = world.storage.disk.crashed(.everything, seed: 1)
    var bytes = try #require(disk.bytes(of: Self.segment))
    for offset in end..<(end + 100) { bytes[offset] = 0x50 }
    disk.replace(Self.segment, with: bytes)
    let storage = SimulatedStorage(disk)
    let opened = try EventLog.openForAppending(environment: storage.environment(), options: world.options)
    try world.expect(opened, holds: records)
    #expect(try storage.list("torn").count == 1)
    opened.close()
    #expect(storage.disk.bytes(of: Self.segment)?.count == end)
  }

  @Test func aReaderBesideTheWriterSeesNoZeros() throws {
    let (world, log, records) = try busyWorld(60)
    let reader = try EventLog.openForReading(environment: world.environment)
    try world.expect(reader, holds: records)
    _ = try log.append(AppendBatch([LogWorld.record(60)]))
    try reader.refresh()
    try world.expect(reader, holds: records + [LogWorld.record(60)])
  }

  @Test func aRolledSegmentEndsWithItsFrames() throws {
    let world = try LogWorld(segmentEventsMax: 50, zeroedBytesMax: Self.zeroedBytesMax)
    let log = try world.open()
    let records = (0..<120).map { LogWorld.record($0) }
    for record in records { _ = try log.append(AppendBatch([record])) }
    #expect(try log.statistics().segments == 3)
    #expect(try zerosAtTheEnd(world) < 4_096)
    try world.expect(log, holds: records)
  }

  @Test func aDiskWithoutRoomForZerosTakesEventsToItsEnd() throws {
    let world = try LogWorld(zeroedBytesMax: Self.zeroedBytesMax)
    let log = try world.open()
    var plan = FaultPlan()
    plan.capacity = world.storage.disk.usedBytes + 20_000
    world.storage.plan = plan
    var stored: [NewRecord] = []
    var refusal: LogError?
    while refusal == nil, stored.count < 1_000 {
      let record = LogWorld.record(stored.count)
      do throws(LogError) {
        _ = try log.append(AppendBatch([record]))
        stored.append(record)
      } catch { refusal = error }
    }
    #expect(refusal?.code == .diskFull)
    #expect(stored.count > 20)
    log.close()
    world.storage.plan = FaultPlan()
    let opened = try world.open()
    try world.expect(opened, holds: stored)
  }

  /// Commits and zeros race for the same bytes on a real file: whatever the order, what was claimed is as written.
  @Test func zerosAreNeverWrittenOverAFrame() throws {
    let directory = TemporaryDirectory()
    let environment = LogEnvironment.posix(at: directory.path)
    var options = LogOptions()
    options.zeroedBytesMax = 12 << 10
    options.segmentBytesMax = 1 << 20
    try EventLog.create(environment: environment, options: options)
    let log = try EventLog.openForAppending(environment: environment, options: options)
    let records = (0..<3_000).map { LogWorld.record($0, stream: $0 % 5) }
    for first in stride(from: 0, to: records.count, by: 10) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 10)])))
    }
    #expect(try log.verify() == [])
    log.close()
    let opened = try EventLog.openForReading(environment: environment, options: options)
    let found = try opened.read(records.indices.map { Position($0) })
    for (result, record) in zip(found, records) {
      guard case .record(let read) = result else {
        Issue.record("an event is gone: \(result)")
        return
      }
      #expect(read.body == record.body)
    }
    #expect(found.count == records.count)
    #expect(try opened.verify() == [])
  }
}
