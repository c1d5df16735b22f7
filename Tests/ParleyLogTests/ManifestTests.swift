import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// The manifest is derived: whatever happened to it, opening for appending leaves a whole one in its place.
@Suite struct ManifestTests {
  private let world: LogWorld

  /// A store of three complete segments, closed.
  init() throws {
    world = try LogWorld(segmentEventsMax: 10)
    try append(0..<30)
  }

  @Test(arguments: ["MANIFEST.new", "MANIFEST.old", "elsewhere"])
  func aManifestUnderAnotherNameIsPublishedAgain(name: String) throws {
    try world.storage.rename("MANIFEST", to: name)
    try expectMadeAgain()
  }

  @Test(arguments: [0, 20, 60, 200]) func aDamagedManifestIsPublishedAgain(offset: Int) throws {
    world.storage.disk.flip("MANIFEST", offset: offset, bit: 2)
    try expectMadeAgain()
  }

  @Test(arguments: [0, 1, 100]) func aManifestThatIsCutOffIsPublishedAgain(count: Int) throws {
    world.storage.disk.replace("MANIFEST", with: Array(try bytes(of: "MANIFEST").prefix(count)))
    try expectMadeAgain()
  }

  /// Its successor is whole, but nobody renamed it.
  @Test func anOldManifestIsPublishedAgain() throws {
    let old = try bytes(of: "MANIFEST")
    try append(30..<40)
    let newest = try bytes(of: "MANIFEST")
    world.storage.disk.replace("MANIFEST.new", with: newest)
    world.storage.disk.replace("MANIFEST", with: old)
    try world.open().close()
    #expect(try entries(of: "MANIFEST") == Array(newest[48..<(newest.count - 4)]))
  }

  /// Every rename of a roll refused once: what it left is mended by the next opening.
  @Test func whatAFailedRollLeftIsMendedByOpening() throws {
    let before = world.storage.disk
    world.storage.recordTrace()
    try append(30..<40)
    let renames = world.storage.trace.filter { $0.contains("rename") }.compactMap {
      Int($0.prefix { $0 != " " })
    }
    let start = try #require(world.storage.trace.first.flatMap { Int($0.prefix { $0 != " " }) })
    #expect(renames.count == 3)
    for rename in renames {
      let storage = SimulatedStorage(before)
      storage.plan = .failing(at: rename - start + 1)
      var log = try EventLog.openForAppending(environment: storage.environment(), options: world.options)
      _ = try log.append(AppendBatch((30..<40).map { LogWorld.record($0) }))
      #expect(try log.statistics().upkeepFailure != nil)
      log.close()
      log = try EventLog.openForAppending(environment: storage.environment(), options: world.options)
      #expect(try log.statistics().upkeepFailure == nil)
      log.close()
      let reader = try EventLog.openForReading(environment: storage.environment(), options: world.options)
      #expect(try reader.verify() == [])
      let manifest = try #require(storage.disk.bytes(of: "MANIFEST"))
      #expect(manifest.count == 48 + 4 * 96 + 4)
    }
  }

  @Test func aWholeManifestStaysAsItIs() throws {
    let before = try bytes(of: "MANIFEST")
    try world.open().close()
    #expect(try bytes(of: "MANIFEST") == before)
  }

  // MARK: - The store

  private func append(_ numbers: Range<Int>) throws {
    let log = try world.open()
    for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 10) {
      _ = try log.append(AppendBatch((first..<(first + 10)).map { LogWorld.record($0) }))
    }
    log.close()
  }

  private func expectMadeAgain(location: SourceLocation = #_sourceLocation) throws {
    func findings() throws -> [String] {
      try EventLog.openForReading(environment: world.environment, options: world.options).verify().map(\.file)
    }
    #expect(try findings() == ["MANIFEST"], sourceLocation: location)
    try world.open().close()
    #expect(try findings() == [], sourceLocation: location)
    #expect(try entries(of: "MANIFEST").count == 3 * 96, sourceLocation: location)
  }

  private func bytes(of path: String) throws -> [UInt8] { try #require(world.storage.disk.bytes(of: path)) }

  private func entries(of path: String) throws -> [UInt8] { Array(try bytes(of: path)[48...].dropLast(4)) }
}
