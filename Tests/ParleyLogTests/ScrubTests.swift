import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// The background reads everything again: damage is known before somebody needs the event.
@Suite struct ScrubTests {
  private let world: LogWorld
  private let records = (0..<1_000).map { LogWorld.record($0, stream: $0 * 7 % 23) }

  /// A store of a sealed segment of 600 events, two rolled ones of 200, and none behind them.
  init() throws {
    world = try LogWorld(segmentEventsMax: 200, sealedEventsMax: 600)
    let log = try world.open()
    for first in stride(from: 0, to: 1_000, by: 100) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 100)])))
    }
    let statistics = try log.statistics()
    try #require(statistics.sealedSegments == 1 && statistics.unsealedSegments == 2)
    log.close()
  }

  /// One round, segment by segment; gives how many there were.
  private func round(_ log: EventLog) throws -> Int {
    var segments = 0
    while try log.scrubNext() > 0 { segments += 1 }
    return segments
  }

  @Test func aWholeStoreIsReadOnceAWeek() throws {
    let clock = SimulatedClock()
    let environment = world.storage.environment(seed: 9, clock: clock)
    let log = try EventLog.openForAppending(environment: environment, options: world.options)
    #expect(try log.statistics().scrub == ScrubState())
    #expect(try round(log) == 3)
    let first = try #require(try log.statistics().scrub.lastRound)
    #expect(first.damagedSegments == 0)
    #expect(try round(log) == 0)
    clock.move(by: 6 * 24 * 3_600_000_000)
    #expect(try round(log) == 0)
    clock.move(by: 25 * 3_600_000_000)
    #expect(try round(log) == 3)
    let second = try #require(try log.statistics().scrub.lastRound)
    #expect(second.endedAt > first.endedAt)
  }

  @Test func itGoesOnWhereItStood() throws {
    var log = try world.open()
    #expect(try log.scrubNext() > 0)
    log.close()
    log = try world.open()
    let state = try log.statistics().scrub
    #expect(state.startedAt != nil && state.next == Position(600) && state.lastRound == nil)
    #expect(try round(log) == 2)
    #expect(try EventLog.openForReading(environment: world.environment).statistics().scrub.lastRound != nil)
  }

  @Test(arguments: [Position(300), Position(700)]) func damageIsCountedAndVerifyNamesIt(position: Position)
    throws
  {
    let log = try world.open()
    let place = try #require(try log.place(of: position))
    world.storage.disk.flip(place.file, offset: place.contents.bytes.lowerBound + 40, bit: 5)
    #expect(try round(log) == 3)
    #expect(try log.statistics().scrub.lastRound?.damagedSegments == 1)
    #expect(try log.verify().contains { $0.file == place.file && $0.weight == .damage })
  }

  @Test func aStateThatIsNotWholeIsNone() throws {
    let log = try world.open()
    _ = try round(log)
    let known = try log.statistics().scrub
    #expect(known != ScrubState())
    for offset in 0..<64 {
      world.storage.disk.flip("scrub", offset: offset, bit: offset % 8)
      #expect(try log.statistics().scrub == ScrubState())
      world.storage.disk.flip("scrub", offset: offset, bit: offset % 8)
      #expect(try log.statistics().scrub == known)
    }
  }

  @Test func theBackgroundDoesItByItself() async throws {
    let directory = TemporaryDirectory()
    var options = LogOptions(segmentEventsMax: 100, sealedEventsMax: 300)
    options.scrub.delay = 0.001
    options.scrub.bytesPerSecond = 1 << 30
    let environment = LogEnvironment.posix(at: directory.path)
    try EventLog.create(environment: environment, options: options)
    let log = try EventLog.openForAppending(environment: environment, options: options)
    for first in stride(from: 0, to: 1_000, by: 100) {
      _ = try await log.append(AppendBatch(Array(records[first..<(first + 100)])))
    }
    while try log.statistics().scrub.lastRound == nil { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try log.statistics().scrub.lastRound?.damagedSegments == 0)
    log.close()
  }
}
