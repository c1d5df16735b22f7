import Foundation
import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// The stores in `Schemas/golden`, which every later version has to read: `log-v1-run2`, and `log-v1`, the same with a
/// directory of the version before; and `log-v1-sealed`, of which the most is sealed.
@Suite struct GoldenStoreTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Schemas/golden")
  private static let golden = root.appending(path: "log-v1-run2")
  private static let older = root.appending(path: "log-v1")
  private static let sealed = root.appending(path: "log-v1-sealed")
  private static let directory = "active/00000000000000000000.dir"

  private static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: golden.appending(path: path)))
  }

  private static func integer(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> UInt64 {
    bytes[offset..<(offset + width)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The golden store's events, as its listing has them.
  private static func lines(of log: EventLog) throws -> [String] {
    var lines: [String] = []
    try log.replay(.records) { piece in
      guard case .events(let batch) = piece else { return .stop }
      for index in 0..<batch.count {
        let envelope = batch.envelope(at: index)
        let body = try #require(batch.body(at: index))
        lines.append(
          "\(batch.position(at: index)) \(envelope.stream) \(envelope.event) \(envelope.occurredAt) "
            + "\(envelope.recordedAt) \(envelope.previous) \(envelope.channel) \(body.count) \(CRC32C.of(body))"
        )
      }
      return .proceed
    }
    return lines
  }

  private static func listing() throws -> [String] {
    try String(contentsOf: root.appending(path: "log-v1.txt"), encoding: .utf8).split(separator: "\n")
      .map(String.init)
  }

  /// A copy of a store that may be written to.
  private static func copy(of store: URL) throws -> (path: String, keeper: TemporaryDirectory) {
    let directory = TemporaryDirectory()
    let path = directory.path + "/store"
    try FileManager.default.copyItem(atPath: store.path, toPath: path)
    return (path, directory)
  }

  @Test func aStoreOfFormatOneReadsAsItsListingSays() throws {
    let log = try EventLog.openForReading(environment: .posix(at: Self.golden.path))
    #expect(try Self.lines(of: log) == Self.listing())
    #expect(try log.verify() == [])
  }

  @Test func aStoreOfFormatOneCanBeAppendedTo() throws {
    let (path, keeper) = try Self.copy(of: Self.golden)
    defer { withExtendedLifetime(keeper) {} }
    let log = try EventLog.openForAppending(environment: .posix(at: path))
    let head = log.head
    #expect(try log.append(AppendBatch([LogWorld.record(9_000)])) == .stored([head]))
    #expect(try log.verify() == [])
  }

  @Test func aStoreWithDirectoriesOfTheVersionBeforeIsReadAndNamesThem() throws {
    let log = try EventLog.openForReading(environment: .posix(at: Self.older.path))
    #expect(try Self.lines(of: log) == Self.listing())
    for position in try Self.listing().indices.map({ Position($0) }) {
      guard case .record(let record) = try log.read([position])[0] else {
        Issue.record("position \(position) is damaged")
        continue
      }
      #expect(try log.position(of: record.envelope.event) == position)
      #expect(try log.positions(of: record.envelope.stream).contains(position))
    }
    let findings = try log.verify()
    #expect(findings.map(\.file) == [Self.directory])
    #expect(findings.map(\.weight) == [.repairable])
  }

  @Test func openingForAppendingMakesDirectoriesOfTheVersionBeforeAgain() throws {
    let (path, keeper) = try Self.copy(of: Self.older)
    defer { withExtendedLifetime(keeper) {} }
    let log = try EventLog.openForAppending(environment: .posix(at: path))
    let records = [LogWorld.record(5, stream: 3), LogWorld.record(9_000)]
    #expect(
      try log.append(AppendBatch([records[0]])) == .known([KnownRecord(index: 0, position: Position(5))]))
    #expect(try log.append(AppendBatch([records[1]])) == .stored([Position(try Self.listing().count)]))
    log.close()
    let made = try Data(contentsOf: URL(fileURLWithPath: path + "/" + Self.directory))
    #expect(Array(made) == (try Self.bytes(Self.directory)))
    #expect(try EventLog.openForReading(environment: .posix(at: path)).verify() == [])
  }

  @Test func offsetsAreThoseOfTheFormatPage() throws {
    let segment = try Self.bytes("active/00000000000000000000.seg")
    #expect(Array(segment[0..<8]) == Array("PRLYSEGM".utf8))
    #expect(Self.integer(segment, 8, 2) == 1)
    #expect(Self.integer(segment, 10, 2) == 1)
    #expect(Self.integer(segment, 12, 4) == 4096)
    #expect(Self.integer(segment, 32, 8) == 0)
    #expect(segment[0..<4096] == segment[4096..<8192])
    #expect(Array(segment[8192..<8196]) == Array("PFRM".utf8))
    #expect(Self.integer(segment, 8192 + 6, 2) == 2)
    #expect(Self.integer(segment, 8192 + 8, 8) == 0)
    #expect(Self.integer(segment, 8192 + 24, 4) == 3)
    #expect(Self.integer(segment, 8192 + 80, 4) == 132)
    let mark = try Self.bytes("watermark")
    #expect(
      Array(mark[0..<8]) == Array("PRLYMARK".utf8) && Array(mark[4096..<4104]) == Array("PRLYMARK".utf8))
    let manifest = try Self.bytes("MANIFEST")
    #expect(Array(manifest[0..<8]) == Array("PRLYMANI".utf8))
    #expect(manifest.count == 48 + 96 * Int(Self.integer(manifest, 12, 4)) + 4)
    let directory = try Self.bytes(Self.directory)
    #expect(Array(directory[0..<8]) == Array("PRLYRUN2".utf8))
    #expect((0..<8).map { Self.integer(directory, 48 + 24 * $0, 8) } == [20, 24, 4, 8, 64, 64, 8, 8])
    // A page's checksum is of the store's id, the base, the page's number and the page.
    #expect(directory.count / 4_096 > 8)
    for page in 0..<(directory.count / 4_096) {
      let bytes = directory[(page * 4_096)..<(page * 4_096 + 4_092)]
      let number = [UInt8(page), 0, 0, 0, 0, 0, 0, 0]
      let checksum = CRC32C.of(Array(directory[8..<24]) + Array(directory[24..<32]) + number + Array(bytes))
      #expect(Self.integer(directory, page * 4_096 + 4_092, 4) == UInt64(checksum))
    }
  }

  /// The events of the sealed golden store: seven hundred sealed, a hundred not.
  private static let sealedRecords = (0..<800).map { number in
    var record = LogWorld.record(number, stream: number * 7 % 40)
    let words = (0..<40).map { "\(number * 7_919 % (1_009 + $0 * 10))" }.joined(separator: " ")
    record.envelope.kind = EventKind(rawValue: UInt16(100 + number % 3))
    record.envelope.conversation = ConversationID(rawValue: Bytes16(high: 7, low: UInt64(number % 40 + 1)))
    record.body = Array("Order \(number) is on its way: \(words)".utf8)
    return record
  }

  @Test func aSealedStoreOfFormatOneReadsAsItWasWritten() throws {
    let log = try EventLog.openForReading(environment: .posix(at: Self.sealed.path))
    var model = LogModel()
    for record in Self.sealedRecords { model.add(record) }
    #expect(try model.faults(in: log) == [])
    #expect(try log.verify() == [])
    #expect(try log.statistics().sealedEvents == 700)
  }

  @Test func offsetsOfASealedStoreAreThoseOfTheFormatPage() throws {
    let segment = Array(
      try Data(
        contentsOf: Self.sealed.appending(path: "segments/00000000000000000000-00000000000000000700.seg")))
    #expect(Self.integer(segment, 10, 2) == 2)
    #expect(Array(segment[8_192..<8_196]) == Array("PBLK".utf8) && segment[8_196] == 3)
    let first = 8_192 + 28 + Int(Self.integer(segment, 8_192 + 12, 4))
    #expect(Array(segment[first..<(first + 4)]) == Array("PBLK".utf8) && segment[first + 4] == 2)
    #expect(segment[first + 5] == 2, "the contents don't use the dictionary")
    let head = segment.count - 4_096
    #expect(segment.count % 4_096 == 0 && Array(segment[head..<(head + 8)]) == Array("PRLYSEAL".utf8))
    #expect(Self.integer(segment, head + 32, 8) == 700)
    #expect(Self.integer(segment, head + 80, 8) == 8_192)
    #expect((0..<6).map { Self.integer(segment, head + 96 + 24 * $0, 8) } == [12, 12, 10, 8, 8, 48])
    let run = Array(
      try Data(
        contentsOf: Self.sealed.appending(path: "index/00000000000000000000-00000000000000000700.run")))
    let end = run.count - 4_096
    #expect(Array(run[end..<(end + 8)]) == Array("PRLYIDX2".utf8))
    #expect([24, 32, 40].map { Self.integer(run, end + $0, 8) } == [0, 700, 700])
    #expect((0..<4).map { Self.integer(run, end + 48 + 24 * $0, 8) } == [4_092, 20, 8, 8])
    #expect(Self.integer(run, end + 144, 8) == 1)
  }

  /// A run that does not say of how many segments it is, as they were: read around, and made again.
  @Test func anIndexRunOfTheFirstVersionIsMadeAgain() throws {
    let directory = TemporaryDirectory()
    let files = FileManager.default
    let store = URL(fileURLWithPath: directory.path).appending(path: "store")
    try files.copyItem(at: Self.sealed, to: store)
    let run = store.appending(path: "index/00000000000000000000-00000000000000000700.run")
    let now = try Data(contentsOf: run)
    let old = Self.sealed.deletingLastPathComponent().appending(path: "index-run-v1.run")
    try Data(contentsOf: old).write(to: run)
    var model = LogModel()
    for record in Self.sealedRecords { model.add(record) }
    let reader = try EventLog.openForReading(environment: .posix(at: store.path))
    #expect(try model.faults(in: reader) == [])
    #expect(try reader.verify().map(\.weight) == [.repairable])
    let options = LogOptions(upkeep: .inline)
    let log = try EventLog.openForAppending(environment: .posix(at: store.path), options: options)
    #expect(try model.faults(in: log) == [])
    #expect(try log.verify() == [])
    log.close()
    #expect(try Data(contentsOf: run) == now)
  }

  /// Writes the sealed golden store anew, for a new format: PARLEY_GOLDEN_SEALED names an empty directory.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["PARLEY_GOLDEN_SEALED"] != nil))
  func writeSealedGoldenStore() throws {
    let path = try #require(ProcessInfo.processInfo.environment["PARLEY_GOLDEN_SEALED"])
    let simulated = SimulatedStorage(seed: 11).environment(seed: 11)
    let environment = LogEnvironment(
      storage: POSIXStorage(at: path), clock: simulated.clock, random: simulated.random)
    let options = LogOptions(metadata: ["normalization": "1", "region": "DE"], upkeep: .inline)
    try EventLog.create(environment: environment, options: options)
    let log = try EventLog.openForAppending(environment: environment, options: options)
    for group in 0..<8 {
      _ = try log.append(AppendBatch(Array(Self.sealedRecords[(group * 100)..<(group * 100 + 100)])))
      if group == 6 { try log.seal() }
    }
    log.close()
  }

  /// Writes a golden store anew, for a new format: PARLEY_GOLDEN names an empty directory.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["PARLEY_GOLDEN"] != nil))
  func writeGoldenStore() throws {
    let path = try #require(ProcessInfo.processInfo.environment["PARLEY_GOLDEN"])
    let simulated = SimulatedStorage(seed: 11).environment(seed: 11)
    let environment = LogEnvironment(
      storage: POSIXStorage(at: path), clock: simulated.clock, random: simulated.random)
    let options = LogOptions(
      metadata: ["normalization": "1", "region": "DE"], segmentBytesMax: 16_384, upkeep: .inline)
    try EventLog.create(environment: environment, options: options)
    let log = try EventLog.openForAppending(environment: environment, options: options)
    for group in 0..<24 {
      _ = try log.append(AppendBatch((0..<3).map { LogWorld.record(group * 3 + $0, stream: $0 + group % 2) }))
    }
    log.close()
    try Self.lines(of: log).joined(separator: "\n").write(
      to: URL(fileURLWithPath: path + ".txt"), atomically: true, encoding: .utf8)
  }
}
