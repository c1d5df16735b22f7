import Dispatch
import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Synchronization
import Testing

/// Whatever is appended, alone or with others, a frame stays one that readers take.
@Suite struct FrameLimitTests {
  /// A body that has a block of its own beside another of its size.
  private static let largeBody = [UInt8](repeating: 7, count: 33_000)

  private static func record(_ number: Int, body: [UInt8]) -> NewRecord {
    var record = LogWorld.record(number, stream: number % 5)
    record.body = body
    return record
  }

  /// Batches of one event each: one that the others come behind, and then as many as a group takes and one more.
  /// Among them large ones, whose contents close the block before them.
  @Test(arguments: [(count: 26_215, largeEvery: Int.max), (26_216, .max), (400, 2), (130, 1)])
  func whatManyBatchesShareIsReadBack(count: Int, largeEvery: Int) async throws {
    let storage = SimulatedStorage()
    let crowd = Crowd(count)
    let simulated = storage.environment()
    let environment = LogEnvironment(
      storage: storage,
      clock: {
        crowd.wait()
        return simulated.clock()
      },
      random: { count in
        defer { crowd.arrive() }
        return simulated.random(count)
      })
    try EventLog.create(environment: environment)
    let log = try EventLog.openForAppending(environment: environment)
    crowd.gather()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<count {
        let isLarge = number % largeEvery == 1 % largeEvery && largeEvery < .max
        let body = isLarge ? [UInt8](repeating: 1, count: LogLimits.blockBytesMax) : []
        group.addTask { _ = try await log.append(AppendBatch([Self.record(number, body: body)])) }
      }
      try await group.waitForAll()
    }
    log.close()
    let reader = try EventLog.openForReading(environment: simulated)
    #expect(reader.head == Position(count))
    #expect(try reader.verify() == [])
    // One alone, and the others in few.
    let frames = try #require(Self.frames(of: storage.disk))
    #expect(frames < 2 + count / 10)
  }

  /// Contents in 4,087 blocks and envelopes in 9 are the most that a block table holds.
  @Test func aFrameHasAsManyBlocksAsOneMay() throws {
    let world = try LogWorld()
    var log = try world.open()
    let records = ownRecords(4_087)
    #expect(try log.append(AppendBatch(records)) == .stored(records.indices.map { Position($0) }))
    log.close()
    log = try world.open()
    #expect(log.head == Position(4_087))
    #expect(try log.verify() == [])
  }

  @Test func aFrameThatReadersWouldRefuseIsNotWrittenAndTheLogGoesOn() throws {
    let world = try LogWorld()
    var log = try world.open()
    _ = try log.append(AppendBatch([LogWorld.record(9_000)]))
    let before = world.storage.disk.bytes(of: "active/00000000000000000000.seg")
    #expect(throws: LogError(.limit, "")) { try log.append(AppendBatch(ownRecords(4_088))) }
    #expect(world.storage.disk.bytes(of: "active/00000000000000000000.seg") == before)
    #expect(try log.append(AppendBatch([LogWorld.record(9_001)])) == .stored([Position(1)]))
    log.close()
    log = try world.open()
    try world.expect(log, holds: [LogWorld.record(9_000), LogWorld.record(9_001)])
  }

  /// What the store adds by itself, whose bytes no limit counts.
  private func ownRecords(_ count: Int) -> [NewRecord] {
    (0..<count).map { number in
      var record = Self.record(number, body: Self.largeBody)
      record.ifKnown = .skip
      return record
    }
  }

  /// The frames of a store, as its newest mark counts them.
  private static func frames(of disk: SimulatedDisk) -> UInt64? {
    disk.bytes(of: "watermark").map { bytes in
      [56, 4_096 + 56].map { slot in
        bytes[slot..<(slot + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }.max() ?? 0
    }
  }
}

/// Holds the first commit up until so many batches have come: they share the next ones.
private final class Crowd: Sendable {
  private enum Phase {
    case idle
    /// So many are still to come.
    case gathering(Int)
    case there
  }

  private let count: Int
  private let phase = Mutex(Phase.idle)
  private let complete = DispatchSemaphore(value: 0)

  init(_ count: Int) { self.count = count }

  func gather() { phase.withLock { $0 = .gathering(count) } }

  func arrive() {
    phase.withLock { phase in
      guard case .gathering(let missing) = phase else { return }
      phase = missing > 1 ? .gathering(missing - 1) : .there
      if missing == 1 { complete.signal() }
    }
  }

  func wait() {
    let isGathering = phase.withLock { if case .idle = $0 { false } else { true } }
    guard isGathering else { return }
    complete.wait()
    complete.signal()
  }
}
