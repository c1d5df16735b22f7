import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// A reader believes the mark: where that says less than is there, the reader says so.
@Suite struct UnshownEventsTests {
  private let world: LogWorld

  init() throws { world = try LogWorld(segmentEventsMax: 10) }

  @Test func aReaderOfAWholeStoreIsShownEverything() throws {
    #expect(try reader().unshownEvents() == [])
    for numbers in [0..<3, 3..<9, 9..<30, 30..<31] {
      try append(numbers)
      #expect(try reader().unshownEvents() == [])
    }
  }

  /// The mark of a copy that was made while somebody appended, or that was put back.
  @Test(arguments: [[1..<3], [1..<3, 3..<13], [1..<10], [1..<12, 12..<30, 30..<31]])
  func wholeEventsBehindAnOldMarkAreNamed(later: [Range<Int>]) throws {
    try append(0..<1)
    let marks = try bytes(of: "watermark")
    for numbers in later { try append(numbers) }
    try replace("watermark", with: marks)
    let end = Position(later.last!.upperBound)
    let reader = try reader()
    #expect(reader.head == Position(1))
    #expect(try reader.unshownEvents().map(\.positions) == [[Position(1)..<end]])
    #expect(try reader.verify().contains { $0.weight == .repairable && $0.positions == [Position(1)..<end] })
    let log = try world.open()
    try world.expect(log, holds: (0..<later.last!.upperBound).map { LogWorld.record($0) })
    #expect(try log.unshownEvents() == [])
    #expect(try log.verify() == [])
    log.close()
    #expect(try self.reader().unshownEvents() == [])
  }

  @Test func aWriterAtWorkKnowsOfWhatItHasNotMarked() throws {
    try append(0..<1)
    let marks = try bytes(of: "watermark")
    let log = try world.open()
    _ = try log.append(AppendBatch([LogWorld.record(1)]))
    try replace("watermark", with: marks)
    #expect(try reader().unshownEvents() == [])
    log.close()
    try replace("watermark", with: marks)
    #expect(try reader().unshownEvents().map(\.positions) == [[Position(1)..<Position(2)]])
  }

  @Test(arguments: [0, 1]) func aDamagedSlotOfTheMarkIsNamed(slot: Int) throws {
    try append(0..<3)
    world.storage.disk.flip("watermark", offset: slot * 4_096 + 40, bit: 3)
    let findings = try reader().unshownEvents().filter { $0.file == "watermark" }
    #expect(findings.count == 1)
    #expect(findings.first?.message.contains("one of its two slots") == true)
    #expect(try reader().verify().count { $0.file == "watermark" } == 1)
    try append(3..<4)
    #expect(try reader().unshownEvents() == [])
  }

  @Test func aMarkThatIsGoneIsNamed() throws {
    try append(0..<3)
    try world.storage.remove("watermark")
    let reader = try reader()
    #expect(reader.head == Position(3))
    #expect(try reader.unshownEvents().map(\.file) == ["watermark"])
  }

  @Test func whatAnInterruptedWriteLeftIsNamedByVerifyAlone() throws {
    try append(0..<3)
    let path = "active/00000000000000000000.seg"
    let whole = try bytes(of: path)
    try replace(path, with: whole + [UInt8](repeating: 0, count: 9_000))
    #expect(try reader().verify() == [])
    try replace(
      path, with: whole + [UInt8](repeating: 0, count: 100) + [1, 2, 3] + [UInt8](repeating: 0, count: 9))
    let reader = try reader()
    #expect(try reader.unshownEvents() == [])
    let findings = try reader.verify()
    #expect(findings.map(\.weight) == [.repairable])
    #expect(findings.first?.message.contains("at byte \(whole.count): 103 bytes") == true)
    try append(3..<4)
    #expect(try self.reader().verify() == [])
    #expect(
      try bytes(of: "torn/00000000000000000000-\(whole.count).torn").prefix(103).suffix(3) == [1, 2, 3])
  }

  // MARK: - The store

  private func reader() throws -> EventLog {
    try EventLog.openForReading(environment: world.environment, options: world.options)
  }

  /// Appends events as one that opens the store and closes it.
  private func append(_ numbers: Range<Int>) throws {
    let log = try world.open()
    _ = try log.append(AppendBatch(numbers.map { LogWorld.record($0) }))
    log.close()
  }

  private func bytes(of path: String) throws -> [UInt8] { try #require(world.storage.disk.bytes(of: path)) }

  private func replace(_ path: String, with bytes: [UInt8]) throws {
    world.storage.disk.replace(path, with: bytes)
  }
}
