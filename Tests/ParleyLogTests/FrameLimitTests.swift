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

  /// Batches of one event each: some that the others come behind, and then more than a group takes, 26,214. Among them
  /// large ones, whose contents close the block before them.
  @Test(arguments: [(count: 26_300, largeEvery: Int.max), (400, 2), (130, 1)])
  func whatManyBatchesShareIsReadBack(count: Int, largeEvery: Int) async throws {
    let storage = SimulatedStorage()
    let isLarge = { (number: Int) in largeEvery < .max && number % largeEvery == 1 % largeEvery }
    let crowd = Crowd(tasks: count, prepared: (0..<count).filter(isLarge).count)
    let simulated = storage.environment()
    let environment = LogEnvironment(
      storage: storage,
      clock: {
        crowd.wait()
        return simulated.clock()
      },
      random: { count in
        defer { crowd.notePrepared() }
        return simulated.random(count)
      })
    try EventLog.create(environment: environment)
    let log = try EventLog.openForAppending(environment: environment)
    crowd.gather()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<count {
        let body = isLarge(number) ? [UInt8](repeating: 1, count: LogLimits.blockBytesMax) : []
        group.addTask {
          crowd.noteTask()
          _ = try await log.append(AppendBatch([Self.record(number, body: body)]))
        }
      }
      try await group.waitForAll()
    }
    log.close()
    let reader = try EventLog.openForReading(environment: simulated)
    #expect(reader.head == Position(count))
    #expect(try reader.verify() == [])
    // The first in a few small ones, and the others in few.
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

/// Holds the first commit up until all tasks are about to append, but for what a thread is just doing, and so many batches
/// are prepared, as the large ones are beside the leader: the rest share the next commits.
private final class Crowd: Sendable {
  private struct State {
    var isGathering = false
    var tasks: Int
    var prepared: Int
  }

  private let state: Mutex<State>
  private let complete = DispatchSemaphore(value: 0)

  init(tasks: Int, prepared: Int) { state = Mutex(State(tasks: tasks, prepared: prepared)) }

  func gather() { state.withLock { $0.isGathering = true } }

  func noteTask() { note { $0.tasks -= 1 } }

  func notePrepared() { note { $0.prepared -= 1 } }

  private func note(_ change: (inout State) -> Void) {
    state.withLock { state in
      guard state.isGathering else { return }
      let wasMissing = state.tasks > 0 || state.prepared > 0
      change(&state)
      if wasMissing, state.tasks <= 0, state.prepared <= 0 { complete.signal() }
    }
  }

  func wait() {
    guard state.withLock({ $0.isGathering }) else { return }
    complete.wait()
    complete.signal()
  }
}
