import Foundation
import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// The store in `Schemas/golden/log-v1`, which every later version has to read.
@Suite struct GoldenStoreTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let golden = root.appending(path: "Schemas/golden/log-v1")
  private static let listing = root.appending(path: "Schemas/golden/log-v1.txt")

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

  @Test func aStoreOfFormatOneReadsAsItsListingSays() throws {
    let log = try EventLog.openForReading(environment: .posix(at: Self.golden.path))
    let listing = try String(contentsOf: Self.listing, encoding: .utf8)
    #expect(try Self.lines(of: log) == listing.split(separator: "\n").map(String.init))
    #expect(try log.verify() == [])
  }

  @Test func aStoreOfFormatOneCanBeAppendedTo() throws {
    let copy = FileManager.default.temporaryDirectory.appending(path: "parley-golden-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: Self.golden, to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    let log = try EventLog.openForAppending(environment: .posix(at: copy.path))
    let head = log.head
    #expect(try log.append(AppendBatch([LogWorld.record(9_000)])) == .stored([head]))
    #expect(try log.verify() == [])
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
    let directory = try Self.bytes("active/00000000000000000000.dir")
    #expect(Array(directory[0..<8]) == Array("PRLYRUN1".utf8))
    #expect((0..<8).map { Self.integer(directory, 48 + 24 * $0, 8) } == [20, 24, 4, 8, 64, 64, 8, 8])
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
