import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// Sealed segments hold what the segments in frames held, whatever happens while they are made.
@Suite struct SealingTests {
  private static let segment = "segments/00000000000000000000-00000000000000000700.seg"

  private func records(_ count: Int) -> [NewRecord] {
    (0..<count).map { LogWorld.record($0, stream: $0 * 7 % 23) }
  }

  /// A world with so many events in segments of 700, and its log.
  private func world(_ count: Int, sealedEventsMax: Int = 10_000) throws -> (LogWorld, EventLog) {
    let world = try LogWorld(segmentEventsMax: 700, sealedEventsMax: sealedEventsMax)
    let log = try world.open()
    let records = records(count)
    for first in stride(from: 0, to: count, by: 50) {
      _ = try log.append(AppendBatch(Array(records[first..<min(count, first + 50)])))
    }
    return (world, log)
  }

  private func reader(_ world: LogWorld) throws -> EventLog {
    try EventLog.openForReading(environment: world.environment)
  }

  @Test func aSealedLogHoldsWhatItHeld() throws {
    let (world, log) = try world(3_000)
    let records = records(3_000)
    let before = try log.statistics()
    try log.seal()
    let after = try log.statistics()
    #expect(after.unsealedSegments == 0 && after.sealedEvents == 3_000 && after.sealedSegments == 1)
    #expect(after.segmentBytes < before.segmentBytes)
    try world.expect(log, holds: records)
    #expect(try log.verify() == [])
    try world.expect(reader(world), holds: records)
    #expect(try reader(world).verify() == [])
    #expect(world.storage.disk.paths.filter { $0.hasPrefix("active/") }.count == 1)
  }

  @Test func batchesThatAreKeptStayAsTheyWere() throws {
    let (world, log) = try world(3_000, sealedEventsMax: 1_400)
    try log.seal()
    var kept: [EventBatch] = []
    try reader(world).replay(.records) { piece in
      if case .events(let batch) = piece { kept.append(batch) }
      return .proceed
    }
    #expect(kept.count > 2)
    var position = 0
    let records = records(3_000)
    for batch in kept {
      for index in 0..<batch.count {
        #expect(batch.position(at: index) == Position(position))
        #expect(batch.envelope(at: index).event == records[position].envelope.event)
        #expect(batch.body(at: index) == records[position].body)
        position += 1
      }
    }
    #expect(position == 3_000)
  }

  @Test func aSealedLogIsAppendedTo() throws {
    let (world, log) = try world(1_000)
    try log.seal()
    log.close()
    let reopened = try world.open()
    let more = LogWorld.record(1_000, stream: 3)
    let known = KnownRecord(index: 1, position: Position(5))
    #expect(try reopened.append(AppendBatch([more, records(6)[5]])) == .known([known]))
    #expect(try reopened.append(AppendBatch([more])) == .stored([Position(1_000)]))
    let condition = UnchangedCondition(streams: [LogWorld.stream(5)], through: Position(900))
    let last = try #require(try reopened.positions(of: LogWorld.stream(5)).last)
    #expect(
      try reopened.append(AppendBatch([LogWorld.record(1_001)], unchanged: condition))
        == .changed(LogWorld.stream(5), last))
    try world.expect(reopened, holds: records(1_000) + [more])
    guard case .record(let stored) = try reopened.read([Position(1_000)])[0] else { return }
    #expect(stored.envelope.previous == (try reopened.positions(of: LogWorld.stream(3)).dropLast().last))
  }

  @Test func completeSegmentsAreSealedOnceThereAreEnough() throws {
    let (world, log) = try world(3_000, sealedEventsMax: 1_400)
    let statistics = try log.statistics()
    #expect(statistics.sealedSegments == 2 && statistics.sealedEvents == 2_800)
    #expect(try log.statistics().upkeepFailure == nil)
    try world.expect(log, holds: records(3_000))
  }

  @Test func aLongBacklogIsSealedInAHurry() throws {
    let world = try LogWorld(segmentEventsMax: 50)
    let log = try world.open()
    let records = records(1_000)
    for first in stride(from: 0, to: 1_000, by: 50) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 50)])))
    }
    #expect(try log.statistics().unsealedSegments > LogLimits.unhurriedBacklogMax)
    try log.seal()
    #expect(try log.statistics().sealedEvents == 1_000)
    #expect(try log.verify() == [])
    try world.expect(log, holds: records)
  }

  @Test func aStoreThatIsNeverOpenForLongIsSealedAllTheSame() throws {
    let world = try LogWorld(segmentEventsMax: 10)
    let log = try world.open()
    let records = records(300)
    for record in records { _ = try log.append(AppendBatch([record])) }
    #expect(try log.statistics().unsealedSegments == 30)
    log.close()
    var options = world.options
    (options.sealedEventsMax, options.upkeep) = (40, .background)
    var sealed = 0
    for _ in 0..<4 {
      try EventLog.openForAppending(environment: world.environment, options: options).close()
      let now = try reader(world).statistics()
      #expect(now.sealedEvents > sealed || now.unsealedSegments <= LogLimits.unhurriedBacklogMax)
      sealed = now.sealedEvents
    }
    #expect(sealed >= 120)
    try world.expect(reader(world), holds: records)
  }

  @Test func everyFieldSurvivesAtItsBounds() throws {
    let world = try LogWorld()
    let log = try world.open()
    var records: [NewRecord] = []
    for number in 0..<64 {
      var record = LogWorld.record(number, stream: number % 5)
      let isLow = number % 2 == 0
      record.envelope.conversation = ConversationID(
        rawValue: isLow ? .zero : Bytes16(high: .max, low: UInt64(number)))
      record.envelope.actor = ActorID(
        rawValue: number % 3 == 0 ? record.envelope.stream.rawValue : Bytes16(high: UInt64(number), low: .max)
      )
      record.envelope.caseID = CaseID(rawValue: isLow ? .zero : Bytes16(high: .max, low: .max))
      record.envelope.touchpoint = TouchpointID(rawValue: isLow ? 0 : .max)
      record.envelope.occurredAt = isLow ? .earliest : .latest
      record.envelope.sourceOrder = isLow ? 0 : .max
      record.envelope.kind = EventKind(rawValue: isLow ? 0 : .max)
      record.envelope.bodyVersion = isLow ? 0 : .max
      record.envelope.utcOffset = isLow ? .unknown : UTCOffset(minutes: 840) ?? .unknown
      record.envelope.channel = Channel(rawValue: isLow ? 0 : .max)
      record.envelope.precision = TimePrecision(rawValue: isLow ? 0 : .max)
      record.envelope.flags = EventFlags(rawValue: isLow ? 0 : .max)
      record.body =
        number == 7 ? [UInt8](repeating: 1, count: LogLimits.bodyBytesMax) : isLow ? [] : record.body
      records.append(record)
    }
    var model = LogModel()
    for record in records {
      _ = try log.append(AppendBatch([record]))
      model.add(record)
    }
    try log.seal()
    #expect(try log.statistics().sealedEvents == 64)
    #expect(try model.faults(in: log) == [])
  }

  @Test func aReaderFollowsAcrossSealing() throws {
    let (world, log) = try world(1_500)
    let early = try reader(world)
    try log.seal()
    // What it had open it still has.
    try world.expect(early, holds: records(1_500))
    #expect(try early.verify() == [])
    _ = try log.append(AppendBatch([LogWorld.record(1_500, stream: 1_500 * 7 % 23)]))
    try early.refresh()
    try world.expect(early, holds: records(1_501))
  }

  @Test func aDamagedSegmentStaysAsItIs() throws {
    let (world, log) = try world(2_000)
    let place = try #require(try log.place(of: Position(800)))
    world.storage.disk.flip(place.file, offset: place.contents.bytes.lowerBound, bit: 2)
    try log.seal()
    let statistics = try log.statistics()
    #expect(statistics.sealedEvents == 1_300 && statistics.unsealedSegments == 1)
    let lost = try log.verify()
    #expect(lost.map(\.file) == [place.file])
    for (position, record) in records(2_000).enumerated() {
      guard case .record(let read) = try log.read([Position(position)])[0] else {
        #expect(lost[0].positions.contains { $0.contains(Position(position)) })
        continue
      }
      #expect(read.body == record.body)
    }
    #expect(
      try log.positions(of: LogWorld.stream(4))
        == records(2_000).indices.filter { $0 * 7 % 23 == 4 }.map { Position($0) })
  }

  @Test func aLostIndexIsReadFromTheSegmentsAndMadeAgain() throws {
    let (world, log) = try world(2_000, sealedEventsMax: 700)
    log.close()
    let runs = world.storage.disk.paths.filter { $0.hasPrefix("index/") }
    #expect(runs.count == 2)
    let before = runs.map { world.storage.disk.bytes(of: $0) }
    for run in runs { try world.storage.remove(run) }
    let reader = try reader(world)
    try world.expect(reader, holds: records(2_000))
    #expect(try reader.verify().map(\.weight) == [.repairable, .repairable])
    let again = try world.open()
    try world.expect(again, holds: records(2_000))
    #expect(runs.map { world.storage.disk.bytes(of: $0) } == before)
    #expect(try again.verify() == [])
  }

  @Test func aLogThatIsDroppedClosesItsSealedFiles() throws {
    let (world, log) = try world(2_800, sealedEventsMax: 700)
    #expect(try log.statistics().sealedSegments == 4)
    log.close()
    let before = world.storage.openFiles
    for _ in 0..<10 {
      let writer = try world.open()
      #expect(try writer.read([Position(0), Position(700), Position(2_799)]).count == 3)
      try writer.compact()
      writer.close()
      let reader = try reader(world)
      #expect(try reader.read([Position(0), Position(700), Position(2_799)]).count == 3)
    }
    #expect(world.storage.openFiles <= before)
  }

  @Test(arguments: [false, true]) func aLostManifestIsMadeAgain(isOldLostToo: Bool) throws {
    let (world, log) = try world(2_000, sealedEventsMax: 700)
    log.close()
    try world.storage.remove("MANIFEST")
    if isOldLostToo { try world.storage.remove("MANIFEST.old") }
    try world.expect(reader(world), holds: records(2_000))
    let again = try world.open()
    try world.expect(again, holds: records(2_000))
    #expect(try again.verify() == [])
    again.close()
    try world.expect(reader(world), holds: records(2_000))
  }

  @Test func aSegmentThatIsGoneIsNamedAndNothingElseLost() throws {
    let (world, log) = try world(2_000, sealedEventsMax: 700)
    log.close()
    try world.storage.remove(Self.segment)
    let reader = try reader(world)
    #expect(reader.head == Position(2_000))
    for (position, result) in try reader.read((0..<2_000).map { Position($0) }).enumerated() {
      switch result {
      case .damaged(let damage):
        #expect(
          position < 700 && damage.file == Self.segment && damage.positions == Position(0)..<Position(700))
      case .record(let record): #expect(position >= 700 && record.body == records(2_000)[position].body)
      }
    }
    #expect(try reader.verify().contains { $0.weight == .damage && $0.file == Self.segment })
    let writer = try world.open()
    #expect(try writer.append(AppendBatch([LogWorld.record(2_000)])) == .stored([Position(2_000)]))
  }

  @Test func aFullDiskWhileSealingCostsNothing() throws {
    let (world, log) = try world(2_000)
    world.storage.plan = .failing(from: world.storage.operations + 40, with: .noSpace)
    #expect(throws: LogError(.diskFull, "")) { try log.seal() }
    world.storage.plan = FaultPlan()
    _ = try log.append(AppendBatch([LogWorld.record(2_000, stream: 2_000 * 7 % 23)]))
    try world.expect(log, holds: records(2_001))
    try log.seal()
    #expect(try log.statistics().sealedEvents == 2_001)
    try world.expect(log, holds: records(2_001))
  }

  @Test func manyThreadsAppendAndReadWhileSegmentsAreSealed() async throws {
    let directory = TemporaryDirectory()
    let options = LogOptions(segmentEventsMax: 200, sealedEventsMax: 400)
    let environment = LogEnvironment.posix(at: directory.path)
    try EventLog.create(environment: environment, options: options)
    let log = try EventLog.openForAppending(environment: environment, options: options)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for number in 0..<400 {
            let record = LogWorld.record(task * 1_000 + number, stream: task)
            guard case .stored(let positions) = try await log.append(AppendBatch([record])),
              let position = positions[0]
            else { throw LogError(.damaged, "not stored") }
            if number % 10 == 0 {
              let all = try log.positions(of: LogWorld.stream(task))
              #expect(all.count == number + 1 && all.last == position)
              guard case .record(let read) = try log.read([all[number / 2]])[0] else {
                throw LogError(.damaged, "not read")
              }
              #expect(read.body == LogWorld.record(task * 1_000 + number / 2).body)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try log.statistics().upkeepFailure == nil)
    try log.seal()
    #expect(try log.statistics().sealedEvents == 3_200)
    #expect(try log.verify() == [])
    log.close()
    #expect(try EventLog.openForReading(environment: environment).verify() == [])
  }
}
