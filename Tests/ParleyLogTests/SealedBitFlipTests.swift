import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// One bit of the bytes of a store with sealed segments, a rolled one and one being written is turned around. Each time:
/// never a wrong event, never one lost outside the damaged block, and `verify` names exactly what is lost.
@Suite struct SealedBitFlipTests {
  private let disk: SimulatedDisk
  private let model: LogModel
  private let issues = IssueLimit()
  /// Of the bytes one in so many; every byte when PARLEY_SEEDS asks for more models.
  #if DEBUG
  private let stride = 9_973
  #else
  private let stride = seeds(1) > 1 ? 1 : 611
  #endif

  init() throws {
    let world = try LogWorld(segmentEventsMax: 700, sealedEventsMax: 1_300)
    let log = try world.open()
    var model = LogModel()
    for first in Swift.stride(from: 0, to: 3_600, by: 100) {
      let records = (first..<(first + 100)).map { Self.record($0) }
      _ = try log.append(AppendBatch(records))
      for record in records { model.add(record) }
    }
    log.close()
    disk = world.storage.disk
    self.model = model
    #expect(try log.statistics().sealedSegments == 2 && log.statistics().unsealedSegments == 1)
  }

  /// Texts that differ, three hundred to a block of contents.
  private static func record(_ number: Int) -> NewRecord {
    var record = LogWorld.record(number, stream: number * 7 % 40)
    let words = (0..<24).map { "\(number * 7_919 % (1_009 + $0 * 10))" }.joined(separator: " ")
    record.body = Array("Order \(number) is on its way: \(words)".utf8)
    return record
  }

  @Test func everyFlippedBitIsHarmlessOrNamed() {
    var flips = 0
    for path in disk.paths where path.hasPrefix("segments/") || path.hasPrefix("index/") || path == "MANIFEST"
    {
      let bytes = disk.bytes(of: path)!
      for offset in bytes.indices where offset % stride == 0 && !issues.isReached {
        flips += 1
        var flipped = disk
        flipped.flip(path, offset: offset, bit: (offset * 5 + 3) % 8)
        check(flipped, "bit of byte \(offset) of \(path)")
      }
    }
    print("SealedBitFlipTests: \(flips) flips")
    #expect(flips > 30)
  }

  private func check(_ disk: SimulatedDisk, _ context: String) {
    do throws(LogError) {
      let log = try EventLog.openForReading(environment: SimulatedStorage(disk).environment(seed: 5))
      let lost = try lost(in: log, context)
      if lost.count > 512 { issues.record("\(context): \(lost.count) events are lost, more than a block's") }
      let findings = try log.verify().filter { $0.weight == .damage }
      if findings.count > 1 { issues.record("\(context): verify names \(findings.count) damages") }
      let named = findings.flatMap(\.positions).flatMap {
        Int($0.lowerBound.rawValue)..<Int($0.upperBound.rawValue)
      }
      if named.sorted() != lost { issues.record("\(context): verify names \(named) of the lost \(lost)") }
      checkIndexes(of: log, lost, context)
      try checkWriter(disk, lost, context)
    } catch { issues.record("\(context): \(error.code.rawValue): \(error)") }
  }

  /// Positions that read as damaged, by reading and by replay alike; a wrong event or a missing one is an issue.
  private func lost(in log: EventLog, _ context: String) throws(LogError) -> [Int] {
    var lost: [Int] = []
    for (index, result) in try log.read(model.records.indices.map { Position($0) }).enumerated() {
      switch result {
      case .damaged: lost.append(index)
      case .record(let record):
        if let fault = model.fault(record, at: index) { issues.record("\(context): \(fault)") }
      }
    }
    if try replayedLost(in: log, context) != lost { issues.record("\(context): replay finds others lost") }
    if try replayedByStreamLost(in: log, context) != lost {
      issues.record("\(context): replay by stream finds others lost")
    }
    return lost
  }

  private func replayedLost(in log: EventLog, _ context: String) throws(LogError) -> [Int] {
    var lost: [Int] = []
    var next = 0
    do {
      try log.replay(from: .start, to: model.head, .records) { piece in
        switch piece {
        case .damage(let damage):
          lost += Int(damage.positions.lowerBound.rawValue)..<Int(damage.positions.upperBound.rawValue)
          next = max(next, Int(damage.positions.upperBound.rawValue))
        case .events(let batch):
          if Int(batch.first.rawValue) != next {
            issues.record("\(context): replay goes from \(next) to \(batch.first)")
          }
          next = Int(batch.end.rawValue)
          for index in 0..<batch.count where batch.body(at: index) != nil {
            let position = Int(batch.position(at: index).rawValue)
            if let fault = model.fault(batch.envelope(at: index), at: position) {
              issues.record("\(context): \(fault)")
            }
          }
        }
        return .proceed
      }
    } catch { issues.record("\(context): replay: \(error)") }
    return Set(lost).sorted()
  }

  private func replayedByStreamLost(in log: EventLog, _ context: String) throws(LogError) -> [Int] {
    var lost: [Int] = []
    var whole = Set<Int>()
    do {
      try log.replay(to: model.head, .records, order: .stream) { piece in
        switch piece {
        case .damage(let damage):
          lost += Int(damage.positions.lowerBound.rawValue)..<Int(damage.positions.upperBound.rawValue)
        case .events(let batch):
          for index in 0..<batch.count where batch.body(at: index) != nil {
            let position = Int(batch.position(at: index).rawValue)
            if let fault = model.fault(batch.envelope(at: index), at: position) {
              issues.record("\(context), by stream: \(fault)")
            }
            if !whole.insert(position).inserted { issues.record("\(context), by stream: \(position) twice") }
          }
        }
        return .proceed
      }
    } catch { issues.record("\(context): replay by stream: \(error)") }
    if whole.count + Set(lost).count != model.records.count {
      issues.record("\(context): replay by stream has \(whole.count) events and \(Set(lost).count) lost")
    }
    return Set(lost).sorted()
  }

  /// Every event that is there is found by its id, and in its stream; one that is lost may be in more streams than its own.
  private func checkIndexes(of log: EventLog, _ lost: [Int], _ context: String) {
    do throws(LogError) {
      for (event, position) in model.positions where !lost.contains(position) {
        if try log.position(of: event) != Position(position) {
          issues.record("\(context): \(position) is not found")
        }
      }
      for (stream, expected) in model.streams {
        let found = try log.positions(of: stream).map { Int($0.rawValue) }
        if !Set(expected).isSubset(of: found) || !Set(found).subtracting(expected).isSubset(of: lost) {
          issues.record("\(context): a stream has \(found), not \(expected)")
        }
      }
    } catch { issues.record("\(context): \(error)") }
  }

  /// A writer opens the store too, loses nothing more, knows every id, and goes on at the head.
  private func checkWriter(_ disk: SimulatedDisk, _ lost: [Int], _ context: String) throws(LogError) {
    var options = LogOptions.small
    options.sealedEventsMax = LogLimits.sealedEventsMax
    let log = try EventLog.openForAppending(
      environment: SimulatedStorage(disk).environment(seed: 6), options: options)
    defer { log.close() }
    for number in [0, 700, 1_399, 2_999, 3_599] {
      let known = try log.append(AppendBatch([Self.record(number)]))
      if known != .known([KnownRecord(index: 0, position: Position(number))]) {
        issues.record("\(context): event \(number) sent again is \(known)")
      }
    }
    let outcome = try log.append(AppendBatch([Self.record(3_600)]))
    if outcome != .stored([model.head]) { issues.record("\(context): a new event is \(outcome)") }
    if try self.lost(in: log, context + ", opened by a writer") != lost {
      issues.record("\(context): a writer finds other positions lost than a reader")
    }
  }
}
