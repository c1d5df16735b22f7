import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// A torn tail on a disk without room to keep it aside.
@Suite struct TornTailTests {
  private static let segment = "active/00000000000000000000.seg"
  private static let tail = [UInt8](repeating: 9, count: 70_000)

  private let world: LogWorld

  /// A store of one event and a torn tail, with zeros behind it.
  init() throws {
    world = try LogWorld()
    let log = try world.open()
    _ = try log.append(AppendBatch([LogWorld.record(0)]))
    log.close()
    let whole = try #require(world.storage.disk.bytes(of: Self.segment))
    world.storage.disk.replace(
      Self.segment, with: whole + Self.tail + [UInt8](repeating: 0, count: 500_000))
  }

  /// Leaves the disk so many bytes of room.
  private func leave(_ bytes: Int) {
    world.storage.plan = .capacity(world.storage.disk.usedBytes + bytes)
  }

  private func torn() throws -> [String] { try world.storage.list("torn") }

  @Test func aCopyThatCanNotBeFinishedTakesNoRoom() throws {
    for _ in 0..<3 {
      let before = world.storage.disk.usedBytes
      leave(69_000)
      let log = try world.open()
      #expect(try torn() == [])
      let error = #expect(throws: LogError(.diskFull, "")) {
        try log.append(AppendBatch([LogWorld.record(1)]))
      }
      #expect(error?.message.contains("takes 70000 bytes") == true)
      #expect(try torn() == [])
      log.close()
      // The mark's two slots, of the first opening.
      #expect(world.storage.disk.usedBytes <= before + 8_192)
    }
    // As much as was named, and what the event itself takes: the zeros need no room.
    leave(80_000)
    let log = try world.open()
    _ = try log.append(AppendBatch([LogWorld.record(1)]))
    #expect(try torn().count == 1)
    let kept = try #require(world.storage.disk.bytes(of: "torn/" + (try torn()[0])))
    #expect(kept == Self.tail)
    try world.expect(log, holds: [LogWorld.record(0), LogWorld.record(1)])
  }

  @Test func anAppendGoesOnOnceThereIsRoom() throws {
    leave(10_000)
    let log = try world.open()
    #expect(throws: LogError(.diskFull, "")) { try log.append(AppendBatch([LogWorld.record(1)])) }
    leave(80_000)
    _ = try log.append(AppendBatch([LogWorld.record(1)]))
    try world.expect(log, holds: [LogWorld.record(0), LogWorld.record(1)])
  }

  /// Whatever fails of the copy, nothing is cut before it is whole and durable.
  @Test func aTailIsCutOnlyAfterItsCopyIsDurable() throws {
    let before = world.storage.disk
    let operations = world.storage.operations
    _ = try world.open()
    let count = world.storage.operations - operations
    for operation in 1...count {
      let storage = SimulatedStorage(before, seed: UInt64(operation), plan: .failing(at: operation))
      _ = try? EventLog.openForAppending(environment: storage.environment(), options: world.options).close()
      storage.crash(seed: UInt64(operation))
      let isKept = try storage.list("torn").contains { name in
        storage.disk.bytes(of: "torn/" + name) == Self.tail
      }
      let isThere = try #require(storage.disk.bytes(of: Self.segment)).count > Self.tail.count
      #expect(isKept || isThere, "operation \(operation)")
    }
  }
}
