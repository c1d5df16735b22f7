import Foundation
import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

@Suite struct EventLogTests {
  @Test func anAppendedBatchIsReadBackByPositionByStreamAndInOrder() throws {
    let world = try LogWorld()
    let log = try world.open()
    let records = (0..<1_000).map { LogWorld.record($0, stream: $0 % 7) }
    let outcome = try log.append(AppendBatch(records))
    #expect(outcome == .stored((0..<1_000).map { Position($0) }))
    #expect(log.head == Position(1_000))
    try world.expect(log, holds: records)
  }

  @Test func manyFramesAreReadBackAfterReopening() throws {
    let world = try LogWorld()
    var log = try world.open()
    let records = (0..<300).map { LogWorld.record($0, stream: $0 % 5) }
    for start in stride(from: 0, to: 300, by: 3) {
      _ = try log.append(AppendBatch(Array(records[start..<(start + 3)])))
    }
    try world.expect(log, holds: records)
    log.close()
    log = try world.open()
    try world.expect(log, holds: records)
  }

  @Test func rolledSegmentsAnswerThroughTheirDirectories() throws {
    let world = try LogWorld(segmentBytesMax: 16_000)
    var log = try world.open()
    let records = (0..<900).map { LogWorld.record($0, stream: $0 % 11) }
    for start in stride(from: 0, to: 900, by: 9) {
      _ = try log.append(AppendBatch(Array(records[start..<(start + 9)])))
    }
    #expect(try world.storage.list("active").filter { $0.hasSuffix(".dir") }.count > 3)
    try world.expect(log, holds: records)
    log.close()
    log = try world.open()
    try world.expect(log, holds: records)
  }

  @Test func aSegmentIsRolledOnceItHasAsManyEventsAsOneMay() throws {
    let world = try LogWorld(segmentEventsMax: 10)
    let log = try world.open()
    func segments() throws -> Int { try world.storage.list("active").filter { $0.hasSuffix(".seg") }.count }
    for number in 0..<9 { _ = try log.append(AppendBatch([LogWorld.record(number)])) }
    #expect(try segments() == 1)
    _ = try log.append(AppendBatch([LogWorld.record(9)]))
    #expect(try segments() == 2)
    // A batch is never split: a segment may hold a batch more than its limit.
    _ = try log.append(AppendBatch((10..<35).map { LogWorld.record($0) }))
    #expect(try segments() == 3)
    try world.expect(log, holds: (0..<35).map { LogWorld.record($0) })
  }

  @Test func openingMakesBothMarksAgain() throws {
    let world = try LogWorld()
    for path in ["watermark", "MANIFEST"] {
      var log = try world.open()
      _ = try log.append(AppendBatch([LogWorld.record(path.count)]))
      log.close()
      if try world.storage.exists(path) { try world.storage.remove(path) }
      log = try world.open()
      #expect(try log.verify().isEmpty)
      log.close()
    }
  }

  @Test func aSegmentIsRolledOnceItHasAsManyFramesAsOneMay() throws {
    let world = try LogWorld(segmentFramesMax: 10)
    let log = try world.open()
    func segments() throws -> Int { try world.storage.list("active").filter { $0.hasSuffix(".seg") }.count }
    for frame in 0..<9 {
      _ = try log.append(AppendBatch((0..<5).map { LogWorld.record(frame * 5 + $0) }))
    }
    #expect(try segments() == 1)
    _ = try log.append(AppendBatch([LogWorld.record(45)]))
    #expect(try segments() == 2)
    try world.expect(log, holds: (0..<46).map { LogWorld.record($0) })
  }

  @Test func aLargeBatchHasTheSameBytesWhicheverCoresEncodeIt() throws {
    func segment() throws -> [UInt8] {
      let world = try LogWorld(seed: 7)
      let log = try world.open()
      let records = (0..<3_000).map { LogWorld.record($0, stream: $0 % 40) }
      _ = try log.append(AppendBatch(records))
      try world.expect(log, holds: records)
      let path = try #require(world.storage.list("active").first { $0.hasSuffix(".seg") })
      let file = try world.storage.open("active/" + path, .read)
      return try file.read(file.size(), at: 0)
    }
    let first = try segment()
    for _ in 0..<5 { #expect(try segment() == first) }
  }

  @Test func positionsOfANewestSegmentThatIsGoneAreNamedAndNeverUsedAgain() throws {
    let world = try LogWorld(segmentEventsMax: 30)
    var log = try world.open()
    for number in 0..<70 { _ = try log.append(AppendBatch([LogWorld.record(number)])) }
    log.close()
    try world.storage.remove("active/00000000000000000060.seg")
    func expectNamed(_ log: EventLog) throws {
      let lost = Position(60)..<Position(70)
      #expect(try log.verify().contains { $0.weight == .damage && $0.positions == [lost] })
      var replayed: [Range<Position>] = []
      try log.replay(.records) { piece in
        if case .damage(let damage) = piece { replayed.append(damage.positions) }
        return .proceed
      }
      #expect(replayed == [lost])
    }
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(reader.head == Position(70))
    try expectNamed(reader)
    for number in 70..<80 {
      log = try world.open()
      #expect(try log.append(AppendBatch([LogWorld.record(number)])) == .stored([Position(number)]))
      try expectNamed(log)
      log.close()
    }
  }

  /// A directory may turn out to be damaged after it has answered for some of a batch's streams.
  @Test func eachStreamGoesOnBehindItsLastEventThoughADirectoryIsDamaged() throws {
    let world = try LogWorld(segmentEventsMax: 300)
    var log = try world.open()
    _ = try log.append(AppendBatch((0..<300).map { LogWorld.record($0, stream: $0) }))
    _ = try log.append(AppendBatch((300..<600).map { LogWorld.record($0, stream: $0 % 200) }))
    log.close()
    let whole = world.storage.disk
    let path = "active/00000000000000000300.dir"
    let count = try #require(whole.bytes(of: path)).count
    #expect(count > 8_192)
    for offset in stride(from: 100, to: count, by: 2_048) {
      // However many it has answered for before.
      for others in 1..<12 {
        world.storage.disk = whole
        world.storage.disk.flip(path, offset: offset, bit: 5)
        log = try world.open()
        let records = (0..<(200 + others)).map { LogWorld.record(600 + $0, stream: $0) }
        _ = try log.append(AppendBatch(records))
        let previous = try log.read((600..<(800 + others)).map { Position($0) }).map { result in
          if case .record(let record) = result { record.envelope.previous } else { Position.none }
        }
        #expect(!previous.contains(.none), "byte \(offset), \(others) streams of other segments")
        log.close()
      }
    }
  }

  @Test func everythingButTheSegmentsCanBeMadeAgain() throws {
    let world = try LogWorld(segmentBytesMax: 16_000)
    var log = try world.open()
    let records = (0..<900).map { LogWorld.record($0, stream: $0 % 11) }
    for start in stride(from: 0, to: 900, by: 9) {
      _ = try log.append(AppendBatch(Array(records[start..<(start + 9)])))
    }
    log.close()
    func directories() throws -> [String: [UInt8]] {
      let paths = try world.storage.list("active").filter { $0.hasSuffix(".dir") }.map { "active/" + $0 }
      return try Dictionary(
        uniqueKeysWithValues: paths.map { path in
          let file = try world.storage.open(path, .read)
          return (path, try file.read(file.size(), at: 0))
        })
    }
    let before = try directories()
    #expect(before.count > 3)
    for path in before.keys + ["MANIFEST", "watermark"] { try world.storage.remove(path) }
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try world.expect(reader, holds: records)
    log = try world.open()
    try world.expect(log, holds: records)
    #expect(try directories() == before)
    #expect(try log.verify().isEmpty)
  }

  @Test func anEventAppendedAgainIsKnownAtItsOldPosition() throws {
    let world = try LogWorld(segmentBytesMax: 20_000)
    let log = try world.open()
    let records = (0..<200).map { LogWorld.record($0, stream: 1) }
    for record in records { _ = try log.append(AppendBatch([record])) }
    for index in [0, 57, 199] {
      let answer = try log.append(AppendBatch([LogWorld.record(500), records[index]]))
      #expect(answer == .known([KnownRecord(index: 1, position: Position(index))]))
    }
    #expect(log.head == Position(200))
  }

  @Test func aSkippedRecordLeavesTheOthersStored() throws {
    let world = try LogWorld()
    let log = try world.open()
    var opening = LogWorld.record(0)
    opening.ifKnown = .skip
    #expect(
      try log.append(AppendBatch([opening, LogWorld.record(1)])) == .stored([Position(0), Position(1)]))
    #expect(try log.append(AppendBatch([opening, LogWorld.record(2)])) == .stored([nil, Position(2)]))
  }

  @Test func aConditionHoldsUntilOneOfItsStreamsGrows() throws {
    let world = try LogWorld()
    let log = try world.open()
    _ = try log.append(AppendBatch([LogWorld.record(0, stream: 1), LogWorld.record(1, stream: 2)]))
    let streams = [1, 2].map { LogWorld.stream($0) }
    let condition = UnchangedCondition(streams: streams, through: Position(2))
    #expect(
      try log.append(AppendBatch([LogWorld.record(2, stream: 3)], unchanged: condition))
        == .stored([Position(2)]))
    #expect(
      try log.append(AppendBatch([LogWorld.record(3, stream: 2)], unchanged: condition))
        == .stored([Position(3)]))
    #expect(
      try log.append(AppendBatch([LogWorld.record(4, stream: 1)], unchanged: condition))
        == .changed(LogWorld.stream(2), Position(3)))
  }

  @Test func previousPositionsChainEachStream() throws {
    let world = try LogWorld(segmentBytesMax: 30_000)
    let log = try world.open()
    let records = (0..<400).map { LogWorld.record($0, stream: $0 % 3) }
    for start in stride(from: 0, to: 400, by: 10) {
      _ = try log.append(AppendBatch(Array(records[start..<(start + 10)])))
    }
    for (position, record) in try world.replayed(log).enumerated() {
      #expect(record.envelope.previous == (position < 3 ? .none : Position(position - 3)))
    }
  }

  @Test func aReaderFollowsTheWriterThroughRolls() throws {
    let world = try LogWorld(segmentBytesMax: 20_000)
    let log = try world.open()
    let reader = try EventLog.openForReading(environment: world.environment)
    let records = (0..<300).map { LogWorld.record($0, stream: $0 % 4) }
    for (index, record) in records.enumerated() {
      _ = try log.append(AppendBatch([record]))
      guard index % 37 == 0 else { continue }
      try reader.refresh()
      try world.expect(reader, holds: Array(records[...index]))
    }
    try reader.refresh()
    try world.expect(reader, holds: records)
    #expect(throws: LogError.self) { try reader.append(AppendBatch([LogWorld.record(999)])) }
  }

  @Test func aSecondWriterIsRefused() throws {
    let world = try LogWorld()
    let log = try world.open()
    #expect(throws: LogError(.locked, "")) { try world.open() }
    log.close()
    _ = try world.open()
  }
}

@Suite struct VerificationTests {
  @Test func aSoundStoreHasNoFindings() throws {
    let world = try LogWorld(segmentBytesMax: 16_000)
    let log = try world.open()
    for number in 0..<400 { _ = try log.append(AppendBatch([LogWorld.record(number, stream: number % 9)])) }
    _ = try log.blobs.put(Array("a photograph".utf8))
    #expect(try log.verify() == [])
    log.close()
    #expect(try world.open().verify() == [])
  }
}

@Suite struct DirectoryDamageTests {
  @Test(arguments: [0, 4_100, 9_000, 13_000, 20_500, 29_000, 33_000])
  func aDamagedDirectoryCostsNothing(offset: Int) throws {
    let world = try LogWorld(segmentBytesMax: 16_000)
    var log = try world.open()
    let records = (0..<400).map { LogWorld.record($0, stream: $0 % 9) }
    for record in records { _ = try log.append(AppendBatch([record])) }
    log.close()
    let path = try #require(world.storage.list("active").first { $0.hasSuffix(".dir") })
    world.storage.disk.flip("active/" + path, offset: offset, bit: 3)
    let reader = try EventLog.openForReading(environment: world.environment)
    try world.expect(reader, holds: records)
    log = try world.open()
    try world.expect(log, holds: records)
    #expect(
      try log.append(AppendBatch([records[7]])) == .known([KnownRecord(index: 0, position: Position(7))]))
  }

  @Test func aMissingDirectoryIsNamedAndMadeAgain() throws {
    let world = try LogWorld(segmentBytesMax: 16_000)
    let log = try world.open()
    for number in 0..<400 { _ = try log.append(AppendBatch([LogWorld.record(number, stream: number % 9)])) }
    log.close()
    let path = "active/" + (try #require(world.storage.list("active").first { $0.hasSuffix(".dir") }))
    world.storage.disk.lose(path)
    let findings = try EventLog.openForReading(environment: world.environment).verify()
    #expect(findings.map(\.file) == [path])
    #expect(findings.map(\.weight) == [.repairable])
    try world.open().close()
    #expect(try EventLog.openForReading(environment: world.environment).verify() == [])
  }

  @Test(arguments: ["watermark", "MANIFEST"])
  func aDirectoryInAFilesPlaceStopsNoReader(path: String) throws {
    let directory = TemporaryDirectory()
    let environment = LogEnvironment.posix(at: directory.path)
    try EventLog.create(environment: environment)
    var log = try EventLog.openForAppending(environment: environment)
    _ = try log.append(AppendBatch([LogWorld.record(0)]))
    log.close()
    try FileManager.default.removeItem(atPath: directory.path + "/" + path)
    try FileManager.default.createDirectory(
      atPath: directory.path + "/" + path, withIntermediateDirectories: false)
    log = try EventLog.openForReading(environment: environment)
    #expect(log.head == Position(1))
    #expect(try log.verify().map(\.file) == [path])
  }

  @Test func theEndOfASegmentThatIsCutOffIsNamedOnceAndWhereItWas() throws {
    let world = try LogWorld()
    var log = try world.open()
    for number in 0..<20 { _ = try log.append(AppendBatch([LogWorld.record(number)])) }
    log.close()
    let path = "active/00000000000000000000.seg"
    let bytes = try #require(world.storage.disk.bytes(of: path))
    world.storage.disk.replace(path, with: Array(bytes.dropLast(bytes.count / 10)))
    func findings() throws -> [LogFinding] {
      try EventLog.openForReading(environment: world.environment).verify()
    }
    let before = try findings()
    #expect(before.map(\.file) == [path])
    #expect(before.allSatisfy { $0.weight == .damage && $0.message.contains("end of the segment missing") })
    let lost = try #require(before.first?.positions.first)
    #expect(lost.upperBound == Position(20))
    log = try world.open()
    _ = try log.append(AppendBatch([LogWorld.record(20)]))
    log.close()
    let after = try findings()
    #expect(after.map(\.file) == [path])
    #expect(after.map(\.positions) == [[lost]])
  }

  @Test(arguments: ["active/00000000000000000000.seg", "watermark"])
  func aPipeInAFilesPlaceIsNamedAndNotWaitedFor(path: String) throws {
    let directory = TemporaryDirectory()
    let environment = LogEnvironment.posix(at: directory.path)
    try EventLog.create(environment: environment)
    try EventLog.openForAppending(environment: environment).close()
    try FileManager.default.removeItem(atPath: directory.path + "/" + path)
    let made = unsafe mkfifo(directory.path + "/" + path, 0o600)
    try #require(made == 0)
    #expect(throws: LogError(.disk, "")) { try EventLog.openForReading(environment: environment) }
  }

  @Test func whicheverOperationOfOpeningFindsNoRoomItIsAFullDisk() throws {
    let world = try LogWorld()
    try world.open().close()
    var refused = 0
    for number in 1... {
      let operation = world.storage.operations + number
      world.storage.plan = .failing(at: operation, with: .noSpace)
      do {
        try world.open().close()
        if world.storage.operations < operation { break }
      } catch {
        #expect(error as? LogError == LogError(.diskFull, ""), "operation \(number): \(error)")
        refused += 1
      }
    }
    #expect(refused > 10)
  }

  @Test func aFileAmongTheDirectoriesOfBlobsStopsNoVerification() throws {
    let directory = TemporaryDirectory()
    let environment = LogEnvironment.posix(at: directory.path)
    try EventLog.create(environment: environment)
    try EventLog.openForAppending(environment: environment).close()
    try FileManager.default.createDirectory(
      atPath: directory.path + "/blobs", withIntermediateDirectories: true)
    #expect(FileManager.default.createFile(atPath: directory.path + "/blobs/rf", contents: Data()))
    #expect(try EventLog.openForReading(environment: environment).verify() == [])
  }
}
