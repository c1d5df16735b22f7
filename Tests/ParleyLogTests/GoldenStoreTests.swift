import Foundation
import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// The stores in `Schemas/golden`, which every later version has to read: `log-v1-run2`, and `log-v1`, the same with a
/// directory of the version before.
@Suite struct GoldenStoreTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Schemas/golden")
  private static let golden = root.appending(path: "log-v1-run2")
  private static let older = root.appending(path: "log-v1")
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
