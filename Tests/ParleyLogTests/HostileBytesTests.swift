import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// Bytes with right checksums that no writer writes, as `Tools/fuzz` makes them: they are damage like any other, and
/// cost neither a trap nor memory without bound.
@Suite struct HostileBytesTests {
  private static let segment = "active/00000000000000000000.seg"
  private static let directory = "active/00000000000000000000.dir"

  private let world: LogWorld
  private let records: [NewRecord]

  /// A store of one complete segment, of three frames, and of an active one with three more.
  init() throws {
    world = try LogWorld(segmentEventsMax: 30)
    records = (0..<60).map { LogWorld.record($0, stream: $0 % 7) }
    let log = try world.open()
    for first in stride(from: 0, to: 60, by: 10) {
      _ = try log.append(AppendBatch(Array(records[first..<(first + 10)])))
    }
    log.close()
    world.storage.disk.lose("active/00000000000000000060.seg")
    world.storage.disk.lose("watermark")
  }

  // MARK: - Frames

  /// A field of a frame's header, by its offset, and what is put there.
  private static let frameFields: [(Int, UInt64)] = [
    // Positions behind any segment's, and behind any log's: a scan counted every event up to them.
    (16, 0x100_0000_0000), (16, 0x8000_0000_0000_0000), (16, 0xffff_ffff_ffff_fffc),
    (8, 0xffff_ffff_ffff_ffff),
    // Reserved bytes.
    (72, 1),
    // The first event of an envelope block, and of a content block, that others should hold.
    (96, 1), (120, 5),
  ]

  @Test(arguments: frameFields)
  func aFrameOfOddFieldsIsDamage(offset: Int, value: UInt64) throws {
    var bytes = try bytes(of: Self.segment)
    let frame = try secondFrame(in: bytes)
    // The four bytes behind a field of four are kept.
    let isNarrow = [96, 120].contains(offset)
    bytes.replace(at: frame + offset, with: value, count: isNarrow ? 4 : 8)
    seal(frame: frame, in: &bytes)
    world.storage.disk.replace(Self.segment, with: bytes)
    world.storage.disk.lose(Self.directory)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try expect(reader, lost: 10..<20)
    #expect(try reader.verify().contains { $0.positions == [Position(10)..<Position(20)] })
  }

  /// A frame behind damage that says of itself to be far off: what lies before it was counted as lost, one by one.
  @Test func aFrameFarBehindDamageIsNotWhatFollows() throws {
    var bytes = try bytes(of: Self.segment)
    let frame = try secondFrame(in: bytes)
    let third = try nextFrame(in: bytes, behind: frame)
    bytes[frame + 40] ^= 1
    bytes.replace(at: third + 16, with: 1 << 40)
    seal(frame: third, in: &bytes)
    world.storage.disk.replace(Self.segment, with: bytes)
    world.storage.disk.lose(Self.directory)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try expect(reader, lost: 10..<30)
  }

  /// Records of a form that this version can't show: a replay gave its commitments out as a body.
  @Test(arguments: [2, 3] as [UInt8]) func recordsThatAreErasedHaveNoBody(form: UInt8) throws {
    let path = "active/00000000000000000030.seg"
    var bytes = try bytes(of: path)
    let frame = try nextFrame(in: bytes, behind: nextFrame(in: bytes, behind: 8_192))
    let block = frame + Int(bytes.number(at: frame + 80) & 0xffff_ffff)
    // The block begins with a token of LZ4, one byte more where it has 15 literals or more, and the slot's first byte.
    let place = block + (bytes[block] >> 4 < 15 ? 1 : 2)
    try #require(bytes[place] == 1)
    bytes[place] = form
    let stored = Array(bytes[block..<(block + Int(bytes.number(at: frame + 84) & 0xffff_ffff))])
    bytes.replace(at: frame + 92, with: UInt64(CRC32C.of(stored)), count: 4)
    seal(frame: frame, in: &bytes)
    world.storage.disk.replace(path, with: bytes)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    // The frame's other slots repeat these bytes.
    try expect(reader, lost: 50..<60)
  }

  // MARK: - Small files

  /// A mark far behind everything: what it says to be missing was counted one by one. So was a negative offset.
  @Test(arguments: [(48, UInt64(1) << 40), (48, .max), (40, .max), (40, 0), (32, .max), (56, .max), (96, 1)])
  func aMarkOfOddFieldsIsNone(offset: Int, value: UInt64) throws {
    try world.open().close()
    var bytes = try bytes(of: "watermark")
    for slot in [0, 4_096] where bytes.count > slot + 107 {
      bytes.replace(at: slot + offset, with: value)
      bytes.replace(at: slot + 104, with: UInt64(CRC32C.of(Array(bytes[slot..<(slot + 104)]))), count: 4)
    }
    world.storage.disk.replace("watermark", with: bytes)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    try expect(reader, lost: 0..<0)
    let log = try world.open()
    try world.expect(log, holds: records)
    log.close()
  }

  /// Numbers that were negative when they were written again, entries in no order, reserved bytes.
  @Test(arguments: [
    (8, UInt64.max), (16, .max), (24, .max), (0, .max), (36, 0x100_0000_0101), (80, 1), (88, 1),
  ])
  func aManifestOfOddEntriesIsMadeAgain(offset: Int, value: UInt64) throws {
    var bytes = try bytes(of: "MANIFEST")
    // The entry of a segment that is gone: it is kept when the manifest is written again.
    bytes.replace(at: 48 + 96, with: 1 << 30)
    bytes.replace(at: 48 + 96 + offset, with: value, count: offset == 36 ? 4 : 8)
    bytes.replace(at: bytes.count - 4, with: UInt64(CRC32C.of(Array(bytes.dropLast(4)))), count: 4)
    world.storage.disk.replace("MANIFEST", with: bytes)
    world.storage.disk.lose("MANIFEST.old")
    try world.open().close()
    let log = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(try log.verify() == [])
    #expect(try self.bytes(of: "MANIFEST").count == 48 + 96 + 4)
  }

  /// Another version, another length, and bytes where zeros belong, in the first copy of a segment's header.
  @Test(arguments: [(8, UInt64(0)), (12, 4_097), (1_000, 7), (104, .max)])
  func aHeaderOfOddFieldsIsDamage(offset: Int, value: UInt64) throws {
    var bytes = try bytes(of: Self.segment)
    bytes.replace(at: offset, with: value, count: [8: 2, 12: 4, 1_000: 1][offset] ?? 8)
    bytes.replace(at: 4_092, with: UInt64(CRC32C.of(Array(bytes[..<4_092]))), count: 4)
    world.storage.disk.replace(Self.segment, with: bytes)
    try world.open().close()
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(try reader.verify().map(\.file) == [Self.segment])
    try expect(reader, lost: 0..<0)
  }

  @Test(arguments: ["\n", " ", "}"]) func aDescriptionWithSomethingBehindItIsMadeAgain(more: String) throws {
    let whole = try bytes(of: "store.json")
    world.storage.disk.replace("store.json", with: whole + Array(more.utf8))
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(try reader.verify().contains { $0.file == "store.json" })
    try world.open().close()
    #expect(try bytes(of: "store.json") == whole)
  }

  // MARK: - Directories

  /// A number of the first page, or the first of a section.
  enum Place: Sendable {
    case head(Int)
    case section(Int, Int)
  }

  private static let lies: [(Place, UInt64)] = [
    // More events than any segment has; a segment's end that no frame has.
    (.head(32), 0xffff_ffff), (.head(40), 0xffff_ffff_ffff_ffff),
    // Sections of more entries than the file has: their memory was asked for at once.
    (.head(160), 0x1_0000_0000), (.head(208), 0x1_0000_0000),
    (.head(136), 0x1_0000_0000),
    // More fences than pages: a page of another section was searched.
    (.head(208), 200), (.head(232), 200),
    // No frames, frames in no order, and a first one that does not begin with the first event.
    (.head(136), 0), (.section(3, 0), 5), (.section(3, 8), 0x2000_0000_0019),
    // An event that the segment does not have.
    (.section(0, 16), 30), (.section(2, 0), 4_000_000),
  ]

  @Test(arguments: lies)
  func aDirectoryThatLiesIsDamageAndTheSegmentIsReadInstead(place: Place, value: UInt64) throws {
    var bytes = try bytes(of: Self.directory)
    switch place {
    case .head(let offset):
      bytes.replace(at: offset, with: value)
      seal(page: 0, in: &bytes)
    case .section(let number, let offset):
      let page = Int(bytes.number(at: 48 + 24 * number + 8))
      bytes.replace(at: page * 4_096 + offset, with: value, count: value >> 32 == 0 ? 4 : 8)
      seal(page: page, in: &bytes)
    }
    world.storage.disk.replace(Self.directory, with: bytes)
    let reader = try EventLog.openForReading(environment: world.environment, options: world.options)
    #expect(try reader.verify().contains { $0.file == Self.directory })
    try expect(reader, lost: 0..<0)
    let isFound = try records.indices.allSatisfy {
      try reader.position(of: records[$0].envelope.event) == Position($0)
    }
    #expect(isFound)
    for stream in 0..<7 {
      let expected = records.indices.filter { $0 % 7 == stream }.map { Position($0) }
      #expect(try reader.positions(of: LogWorld.stream(stream)) == expected)
    }
  }

  // MARK: - The store

  /// That a log holds every event but some, by replay and by position.
  private func expect(_ log: EventLog, lost: Range<Int>, location: SourceLocation = #_sourceLocation) throws {
    var replayed: [Int] = []
    try log.replay(.records) { piece in
      if case .events(let batch) = piece {
        for index in 0..<batch.count where batch.body(at: index) != nil {
          replayed.append(Int(batch.position(at: index).rawValue))
        }
      }
      return .proceed
    }
    let left = records.indices.filter { !lost.contains($0) }
    #expect(replayed == left, sourceLocation: location)
    let read = try log.read(records.indices.map { Position($0) }).enumerated().compactMap { index, result in
      if case .record = result { index } else { nil }
    }
    #expect(read == left, sourceLocation: location)
  }

  private func bytes(of path: String) throws -> [UInt8] { try #require(world.storage.disk.bytes(of: path)) }

  private func secondFrame(in bytes: [UInt8]) throws -> Int { try nextFrame(in: bytes, behind: 8_192) }

  private func nextFrame(in bytes: [UInt8], behind frame: Int) throws -> Int {
    try #require(
      stride(from: frame + 64, to: bytes.count, by: 64).first {
        bytes[$0...].starts(with: Array("PFRM".utf8))
      })
  }

  /// Makes the checksum of a frame's header right: over the nonce, then the header.
  private func seal(frame: Int, in bytes: inout [UInt8]) {
    let end = frame + 80 + 24 * Int(bytes[frame + 6])
    let sum = CRC32C.of(Array(bytes[frame..<end]), seed: CRC32C.of(Array(bytes[48..<64])))
    bytes.replace(at: end, with: UInt64(sum), count: 4)
  }

  /// Makes the checksum of a directory's page right: over the store, the base, the page's number and the page.
  private func seal(page: Int, in bytes: inout [UInt8]) {
    var owner = Array(bytes[8..<32]) + [UInt8](repeating: 0, count: 8)
    owner.replace(at: 24, with: UInt64(page))
    let sum = CRC32C.of(Array(bytes[(page * 4_096)..<(page * 4_096 + 4_092)]), seed: CRC32C.of(owner))
    bytes.replace(at: page * 4_096 + 4_092, with: UInt64(sum), count: 4)
  }
}

extension [UInt8] {
  /// Puts a number's lowest bytes at an offset, little-endian.
  fileprivate mutating func replace(at offset: Int, with value: UInt64, count: Int = 8) {
    for byte in 0..<count { self[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
  }

  fileprivate func number(at offset: Int) -> UInt64 {
    self[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
