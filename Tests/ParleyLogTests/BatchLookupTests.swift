import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// What is looked up before a commit, a batch at a time: the last event of each stream and the ids that are stored already,
/// the same whichever segments, runs and filters are asked.
@Suite struct BatchLookupTests {
  /// A world whose events come to lie in several runs of several pages each, and in segments in frames behind them.
  private static func world(filterBytesMax: Int = LogLimits.indexFilterBytesMax) throws -> LogWorld {
    try LogWorld(segmentEventsMax: 200, sealedEventsMax: 200, indexFilterBytesMax: filterBytesMax)
  }

  /// A batch of events of streams up to a number, some of them several times.
  private static func batch(_ events: Range<Int>, streams: Int, _ random: inout SplitMix64) -> [NewRecord] {
    events.map { LogWorld.record($0, stream: random.below(streams)) }
  }

  private static func runs(_ world: LogWorld) -> [String] {
    world.storage.disk.paths.filter { $0.hasPrefix("index/") }
  }

  /// Appends batches of random streams; the events are as the model says.
  @discardableResult
  private static func fill(
    _ log: EventLog, _ model: inout LogModel, _ events: Range<Int>, streams: Int = 900, seed: UInt64 = 7
  ) throws -> [NewRecord] {
    var random = SplitMix64(seed: seed)
    var all: [NewRecord] = []
    for first in stride(from: events.lowerBound, to: events.upperBound, by: 100) {
      let records = batch(first..<min(events.upperBound, first + 100), streams: streams, &random)
      let batch = AppendBatch(records)
      #expect(try log.append(batch) == model.apply(batch))
      all += records
    }
    return all
  }

  /// The previous position of each event, as stored.
  private static func previous(_ log: EventLog, _ positions: Range<Int>) throws -> [Position?] {
    try log.read(positions.map { Position($0) }).map { result in
      if case .record(let record) = result { record.envelope.previous } else { nil }
    }
  }

  /// The previous position of each event, by the model.
  private static func expectedPrevious(_ records: [NewRecord]) -> [Position?] {
    var tails: [StreamID: Int] = [:]
    return records.enumerated().map { position, record in
      let previous = tails.updateValue(position, forKey: record.envelope.stream)
      return previous.map { Position($0) } ?? Position.none
    }
  }

  /// None, for a few pages only, and as many as there can be.
  @Test(arguments: [0, 700, LogLimits.indexFilterBytesMax])
  func everyEventNamesTheOneBeforeItInItsStream(filterBytesMax: Int) throws {
    let world = try Self.world(filterBytesMax: filterBytesMax)
    let log = try world.open()
    var model = LogModel()
    var records = try Self.fill(log, &model, 0..<1_300)
    #expect(try log.statistics().upkeepFailure == nil)
    #expect(Self.runs(world).count >= 3, "\(Self.runs(world))")
    #expect(try Self.previous(log, 0..<1_300) == Self.expectedPrevious(records))
    // One by one they are the same.
    for number in stride(from: 0, to: 900, by: 13) {
      let stream = LogWorld.stream(number)
      let last = model.streams[stream]?.last.map { Position($0) }
      #expect(try log.positions(of: stream, last: 1).last == last)
    }
    // And from runs that were made again.
    log.close()
    for path in Self.runs(world) { try world.storage.remove(path) }
    let again = try world.open()
    records += try Self.fill(again, &model, 1_300..<1_450, seed: 8)
    #expect(try Self.previous(again, 1_300..<1_450) == Self.expectedPrevious(records).suffix(150))
    #expect(try again.verify() == [])
  }

  /// What some are known of is looked up by id, all at once, among those that are new.
  @Test(arguments: [0, LogLimits.indexFilterBytesMax])
  func knownAndNewIdsAreToldApart(filterBytesMax: Int) throws {
    let world = try Self.world(filterBytesMax: filterBytesMax)
    let log = try world.open()
    var model = LogModel()
    var records = try Self.fill(log, &model, 0..<1_200)
    var random = SplitMix64(seed: 3)
    for round in 0..<3 {
      let first = 1_200 + round * 100
      let new = (first..<(first + 100)).map { LogWorld.record($0, stream: random.below(900)) }
      var known = stride(from: round, to: 1_200, by: 29).map { records[$0] }
      #expect(try log.append(AppendBatch(new + known)) == model.apply(AppendBatch(new + known)))
      for index in known.indices { known[index].ifKnown = .skip }
      let mixed = AppendBatch((new + known).shuffled(using: &random))
      records += model.stored(of: mixed)
      #expect(try log.append(mixed) == model.apply(mixed))
    }
    #expect(try Self.previous(log, 0..<1_500) == Self.expectedPrevious(records))
  }

  /// Reads of runs while something is done.
  private func reads(of world: LogWorld, _ body: () throws -> Void) rethrows -> Int {
    world.storage.recordTrace()
    try body()
    return world.storage.trace.count { $0.contains(" read index/") }
  }

  /// Each page of a run is read once for a batch at most, and once there is a filter no more for what it has not got.
  @Test func aPageIsReadOnceForABatchAndNotForWhatItHasNot() throws {
    for (filterBytesMax, readsMax) in [(0, 0), (8_000, 4)] {
      let world = try Self.world(filterBytesMax: filterBytesMax)
      let log = try world.open()
      var model = LogModel()
      try Self.fill(log, &model, 0..<1_500)
      try log.compact()
      #expect(Self.runs(world).count == 1)
      let pages = (world.storage.disk.bytes(of: Self.runs(world)[0])?.count ?? 0) / 4_096
      func appendNew(_ events: Range<Int>) throws -> Int {
        let batch = AppendBatch(events.map { LogWorld.record($0, stream: $0) })
        return try reads(of: world) { _ = try log.append(batch) }
      }
      // With its head, and its fences, which are kept.
      let first = try appendNew(2_000..<2_100)
      #expect(first <= pages && first > 6, "\(first) reads of \(pages) pages")
      let second = try appendNew(2_100..<2_200)
      if filterBytesMax == 0 {
        #expect(second <= pages - 3 && second > 6, "\(second) reads")
      } else {
        // One question in a hundred is answered wrongly, by filters that were given up by the runs before this one.
        #expect(second <= readsMax, "\(second) reads")
      }
    }
  }

  /// Each page of a run in turn turns out to be damaged while a batch is looked up: its segments are asked.
  @Test func aPageDamagedMeanwhileCostsNothing() throws {
    let world = try Self.world()
    let log = try world.open()
    var model = LogModel()
    let records = try Self.fill(log, &model, 0..<750)
    try log.compact()
    log.close()
    let path = try #require(Self.runs(world).first)
    let disk = world.storage.disk
    let pages = try #require(disk.bytes(of: path)).count / 4_096
    let more = (0..<150).map { LogWorld.record(1_000 + $0, stream: $0 * 6) }
    let known = AppendBatch(more + [records[3], records[700]])
    for page in 0..<(pages - 3) {
      let storage = SimulatedStorage(disk)
      let log = try EventLog.openForAppending(environment: storage.environment(), options: world.options)
      // Opens the run, whose fences stay.
      #expect(try log.position(of: LogWorld.record(999).envelope.event) == nil)
      storage.disk.flip(path, offset: page * 4_096 + 1_000, bit: 2)
      var fresh = model
      #expect(try log.append(known) == fresh.apply(known))
      #expect(try log.append(AppendBatch(more)) == fresh.apply(AppendBatch(more)))
      #expect(
        try Self.previous(log, 750..<900) == Self.expectedPrevious(records + more).suffix(150), "page \(page)"
      )
      #expect(try log.verify().map(\.file) == [path])
    }
  }

  /// Runs are merged and replaced by a background that goes on while batches are looked up.
  @Test func runsThatAreReplacedMeanwhileAnswerAsTheOthers() async throws {
    let world = try LogWorld(segmentEventsMax: 60, sealedEventsMax: 60, indexFilterBytesMax: 6_000)
    var options = world.options
    options.upkeep = .background
    let log = try EventLog.openForAppending(environment: world.environment, options: options)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<3 {
        group.addTask {
          var random = SplitMix64(seed: UInt64(task))
          for first in stride(from: 0, to: 200, by: 20) {
            // Streams of its own: what is before an event is then known.
            let records = (first..<(first + 20)).map {
              LogWorld.record(task * 1_000 + $0, stream: task * 100 + random.below(60))
            }
            _ = try await log.append(AppendBatch(records))
          }
        }
      }
      try await group.waitForAll()
    }
    try log.seal()
    #expect(try log.statistics().upkeepFailure == nil)
    let stored = try log.read((0..<600).map { Position($0) }).compactMap { result in
      if case .record(let record) = result { record } else { nil }
    }
    let records = stored.map { NewRecord(envelope: $0.envelope, body: $0.body) }
    #expect(records.count == 600)
    #expect(stored.map(\.envelope.previous) == Self.expectedPrevious(records))
    #expect(try log.verify() == [])
    log.close()
  }
}
