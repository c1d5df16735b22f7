import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// Sealed segments and index runs with right checksums that no writer writes, as `Tools/fuzz` makes them: they are damage
/// like any other, and cost neither a trap nor a wrong answer.
@Suite struct SealedHostileBytesTests {
  private static let segment = "segments/00000000000000000000-00000000000000001200.seg"
  private static let blockHeaderByteCount = 28

  private let world: LogWorld
  private let records: [NewRecord]

  /// A store of a sealed segment of three envelope blocks, and of 100 events behind it.
  init() throws {
    world = try LogWorld(segmentEventsMax: 600, sealedEventsMax: 1_200)
    records = (0..<1_300).map { LogWorld.record($0, stream: $0 * 7 % 40) }
    let log = try world.open()
    for first in stride(from: 0, to: records.count, by: 100) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 100)])))
    }
    log.close()
    let statistics = try log.statistics()
    try #require(statistics.sealedSegments == 1)
    try #require(footer(1, in: bytes(of: Self.segment)).count == 3)
  }

  // MARK: - Footers

  /// A place in the footer: of its head, or of a section.
  enum Place: Sendable {
    case head(Int)
    case section(Int, Int)
  }

  private static let lies: [(Place, UInt64)] = [
    // Blocks that begin with other records, behind one another's, behind the last, and with none.
    (.section(0, 8), 5), (.section(1, 8), 1), (.section(1, 12 + 8), 5_000), (.section(1, 24 + 8), 512),
    (.section(1, 24 + 8), 0),
    // Blocks that are where another is, in the footer, and behind the file's end.
    (.section(1, 12), 8_192), (.section(1, 24), 0xffff_f000), (.section(1, 24 + 4), 0xffff_f000),
    // Streams that begin behind the last record, and before the one before.
    (.section(2, 6), 1_200), (.section(2, 10 + 6), 4_000_000_000), (.section(2, 20 + 6), 0),
    // A block that there is not: two bits a position, of 64 positions the first sixteen.
    (.section(4, 0), 0xffff_ffff),
    // A dictionary behind the file's end.
    (.head(80), .max), (.head(88), 1 << 62),
  ]

  @Test(arguments: lies) func aFooterThatLiesIsDamageAndTheBlocksAreReadInstead(place: Place, value: UInt64)
    throws
  {
    var bytes = try bytes(of: Self.segment)
    let last = bytes.count / 4_096 - 1
    switch place {
    case .head(let offset):
      bytes.put(value, at: last * 4_096 + offset)
      seal(page: last, in: &bytes)
    case .section(let number, let offset):
      let page = footer(number, in: bytes).firstPage
      bytes.put(value, at: page * 4_096 + offset, count: 4)
      seal(page: page, in: &bytes)
    }
    world.storage.disk.replace(Self.segment, with: bytes)
    // Without an index the segment itself is asked for ids and streams.
    for path in world.storage.disk.paths where path.hasPrefix("index/") { world.storage.disk.lose(path) }
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(try reader.verify().contains { $0.file == Self.segment && $0.weight == .repairable })
    try expect(reader, lost: [])
    try world.open().close()
  }

  // MARK: - Blocks

  /// An envelope block that says to be the first one, between two others, and one that says to begin elsewhere.
  @Test(arguments: [0, 511, 513, 1_024]) func aBlockOfRecordsThatWereThereIsLost(firstRecord: UInt64) throws {
    var bytes = try bytes(of: Self.segment)
    let (start, _) = envelopes(1, in: bytes)
    bytes.put(firstRecord, at: start + 8, count: 4)
    seal(block: start, in: &bytes)
    // The footer's head is damaged too, so that all must come from the blocks.
    bytes[bytes.count - 4_000] ^= 1
    world.storage.disk.replace(Self.segment, with: bytes)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try expect(reader, lost: records(512..<1_024))
    #expect(try reader.verify().filter { $0.weight == .damage }.flatMap(\.positions).isEmpty == false)
  }

  /// A block that was cut out: the one behind it begins where it began.
  @Test func aBlockThatIsCutOutIsLost() throws {
    var bytes = try bytes(of: Self.segment)
    let (start, byteCount) = envelopes(1, in: bytes)
    bytes.removeSubrange(start..<(start + byteCount))
    world.storage.disk.replace(Self.segment, with: bytes)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try expect(reader, lost: records(512..<1_024))
  }

  /// "The record before" where that is another stream's.
  @Test func aBlockWhosePreviousRecordIsOfAnotherStreamIsLost() throws {
    var bytes = try bytes(of: Self.segment)
    let (start, byteCount) = envelopes(0, in: bytes)
    let stored = Array(bytes[(start + Self.blockHeaderByteCount)..<(start + byteCount)])
    let plainCount = Int(bytes.number(at: start + 16) & 0xffff_ffff)
    var plain = try #require(stored.withBytes { LZ4.decode($0, plainCount: plainCount) })
    // A bit for each record; behind it the column of the source order, the table of one entry, and the ids.
    let column = plain.count - 512 * 16 - (2 + 12 + 2) - 2 - (2 + 64)
    try #require(plain[column] == 1 && plain[column + 1] == 0 && plain[column + 2] == 1)
    try #require(plain[column + 2 + 30 / 8] == 1 << (30 % 8))
    plain[column + 2 + 30 / 8] = 0
    var block = Array(bytes[start..<(start + Self.blockHeaderByteCount)]) + plain
    block[5] = 0
    block.put(UInt64(plain.count), at: 12, count: 4)
    block.put(UInt64(CRC32C.of(plain)), at: 20, count: 4)
    // The footer's pages are no longer where they were: all comes from the blocks.
    bytes.replaceSubrange(start..<(start + byteCount), with: block)
    seal(block: start, in: &bytes)
    world.storage.disk.replace(Self.segment, with: bytes)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try expect(reader, lost: records(0..<512))
  }

  // MARK: - Index runs

  /// Streams whose last event is behind the run's end: they were found to have no events.
  @Test func aRunThatLiesIsDamageAndTheSegmentsAreReadInstead() throws {
    let path = try #require(world.storage.disk.paths.first { $0.hasPrefix("index/") })
    var bytes = try bytes(of: path)
    let head = bytes.count - 4_096
    let page = Int(bytes.number(at: head + 48 + 24 + 8))
    for entry in 0..<40 { bytes.put(5_000_000, at: page * 4_096 + entry * 20 + 16, count: 4) }
    seal(page: page, in: &bytes, owner: Array(bytes[(head + 8)..<(head + 40)]))
    world.storage.disk.replace(path, with: bytes)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(try reader.verify().contains { $0.file == path })
    try expect(reader, lost: [])
  }

  /// A run whose entries are in no order: they were merged as they came, and not found again.
  @Test func aRunInNoOrderIsNotMerged() throws {
    let world = try LogWorld(segmentEventsMax: 100, sealedEventsMax: 100)
    let log = try world.open()
    for first in stride(from: 0, to: 350, by: 50) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 50)])))
    }
    log.close()
    let path = try #require(world.storage.disk.paths.first { $0.hasPrefix("index/") })
    var bytes = try #require(world.storage.disk.bytes(of: path))
    let head = bytes.count - 4_096
    bytes.put(.max, at: 12, count: 4)
    seal(page: 0, in: &bytes, owner: Array(bytes[(head + 8)..<(head + 40)]))
    world.storage.disk.replace(path, with: bytes)
    let again = try world.open()
    for first in stride(from: 350, to: 1_300, by: 50) {
      _ = try again.append(AppendBatch(Array(records[first..<(first + 50)])))
    }
    try world.expect(again, holds: records)
    again.close()
    let last = try world.open()
    #expect(try last.verify() == [])
    last.close()
  }

  /// The name of a run behind every position: its length was computed by subtracting signed numbers.
  @Test func aRunOfPositionsThatNoLogHasIsNone() throws {
    let path = "index/00000000000000000000-18446744073709551615.run"
    world.storage.disk.replace(path, with: [1, 2, 3])
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try expect(reader, lost: [])
  }

  // MARK: - The store

  /// That a log holds every event but some, by replay, by position, by id and in its stream.
  private func expect(_ log: EventLog, lost: Set<Int>, location: SourceLocation = #_sourceLocation) throws {
    let left = records.indices.filter { !lost.contains($0) }
    let read = try log.read(records.indices.map { Position($0) }).enumerated().compactMap { index, result in
      if case .record = result { index } else { nil }
    }
    #expect(read == left, sourceLocation: location)
    var replayed: [Int] = []
    try log.replay(.records) { piece in
      if case .events(let batch) = piece {
        for index in 0..<batch.count where batch.body(at: index) != nil {
          replayed.append(Int(batch.position(at: index).rawValue))
        }
      }
      return .proceed
    }
    #expect(replayed == left, sourceLocation: location)
    let isFound = try left.allSatisfy {
      try log.position(of: records[$0].envelope.event) == Position($0)
    }
    #expect(isFound, sourceLocation: location)
    for stream in 0..<40 {
      let expected = left.filter { $0 * 7 % 40 == stream }
      let found = try log.positions(of: LogWorld.stream(stream)).map { Int($0.rawValue) }
      // Whose a lost event was nobody knows.
      #expect(found.filter { !lost.contains($0) } == expected, sourceLocation: location)
      #expect(lost.isEmpty == false || found == expected, sourceLocation: location)
    }
  }

  /// The positions of some of the segment's records: by stream, then by position.
  private func records(_ range: Range<Int>) -> Set<Int> {
    let order = (0..<1_200).sorted { left, right in
      let (first, second) = (
        records[left].envelope.stream.rawValue, records[right].envelope.stream.rawValue
      )
      return first == second ? left < right : first < second
    }
    return Set(order[range])
  }

  private func bytes(of path: String) throws -> [UInt8] { try #require(world.storage.disk.bytes(of: path)) }

  private func footer(_ section: Int, in bytes: [UInt8]) -> (firstPage: Int, count: Int) {
    let offset = bytes.count - 4_096 + 96 + 24 * section
    return (Int(bytes.number(at: offset + 8)), Int(bytes.number(at: offset + 16)))
  }

  /// Where an envelope block is.
  private func envelopes(_ block: Int, in bytes: [UInt8]) -> (offset: Int, byteCount: Int) {
    let place = bytes.number(at: footer(1, in: bytes).firstPage * 4_096 + 12 * block)
    return (Int(place & 0xffff_ffff), Int(place >> 32))
  }

  /// Makes the checksum of a block's header right: over the nonce, then the header.
  private func seal(block: Int, in bytes: inout [UInt8]) {
    let sum = CRC32C.of(Array(bytes[block..<(block + 24)]), seed: CRC32C.of(Array(bytes[48..<64])))
    bytes.put(UInt64(sum), at: block + 24, count: 4)
  }

  /// Makes the checksum of a page right: over whose it is, the page's number and the page.
  private func seal(page: Int, in bytes: inout [UInt8], owner: [UInt8]? = nil) {
    var owner = (owner ?? Array(bytes[16..<40])) + [UInt8](repeating: 0, count: 8)
    owner.put(UInt64(page), at: owner.count - 8)
    let sum = CRC32C.of(Array(bytes[(page * 4_096)..<(page * 4_096 + 4_092)]), seed: CRC32C.of(owner))
    bytes.put(UInt64(sum), at: page * 4_096 + 4_092, count: 4)
  }
}

extension [UInt8] {
  /// Puts a number's lowest bytes at an offset, little-endian.
  fileprivate mutating func put(_ value: UInt64, at offset: Int, count: Int = 8) {
    for byte in 0..<count { self[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
  }

  fileprivate func number(at offset: Int) -> UInt64 {
    self[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
