import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// One bit of every byte of a small store is turned around. Each time: never a wrong event, never an event lost
/// outside the damaged frame's block, and `verify` names exactly what is lost.
@Suite struct BitFlipTests {
  private let disk: SimulatedDisk
  private let model: LogModel
  private let batches: [AppendBatch]
  private let issues = IssueLimit()
  /// Every byte in release, where it takes seconds; in debug it takes minutes.
  #if DEBUG
  private let stride = seeds(1) > 1 ? 1 : 11
  #else
  private let stride = 1
  #endif

  init() throws {
    let run = LogRun(SimulatedStorage())
    let script = LogScript(seed: 11, steps: 8)
    try run.play(script)
    run.close()
    disk = run.storage.disk
    model = run.model
    batches = script.batches
  }

  @Test func everyFlippedBitIsHarmlessOrNamed() {
    var flips = 0
    var refused: [String: Int] = [:]
    for path in disk.paths {
      for offset in 0..<disk.bytes(of: path)!.count where isWorthFlipping(path, offset) && !issues.isReached {
        flips += 1
        var flipped = disk
        flipped.flip(path, offset: offset, bit: (offset * 5 + 3) % 8)
        if check(flipped, path, "bit of byte \(offset) of \(path)") == .refused {
          refused[path, default: 0] += 1
        }
      }
    }
    print("BitFlipTests: \(flips) flips over \(disk.paths.count) files; opening refused: \(refused)")
    #expect(flips > 5_000 / stride)
  }

  private enum Verdict { case opened, refused }

  /// Long runs of zeros that nothing reads are tried at every 64th byte.
  private func isWorthFlipping(_ path: String, _ offset: Int) -> Bool {
    let bytes = disk.bytes(of: path)!
    if offset % stride != 0 { return false }
    return offset % 64 == 0 || bytes[max(0, offset - 16)..<min(bytes.count, offset + 16)].contains { $0 != 0 }
  }

  private func check(_ disk: SimulatedDisk, _ path: String, _ context: String) -> Verdict {
    do throws(LogError) {
      let log = try EventLog.openForReading(environment: SimulatedStorage(disk).environment(seed: 5))
      let lost = try lost(in: log, isReaderWithoutMark: path == "watermark", context)
      checkConfined(lost, context)
      let named = try named(by: log)
      if named != lost { issues.record("\(context): verify names positions \(named) of the lost \(lost)") }
      try checkWriter(disk, lost, context)
      return .opened
    } catch {
      if !mayRefuse(path, error) { issues.record("\(context): \(error.code.rawValue): \(error)") }
      return .refused
    }
  }

  /// Positions that read as damaged; a wrong event or a missing one is an issue.
  private func lost(
    in log: EventLog, andNew new: Int = 0, isReaderWithoutMark: Bool = false, _ context: String
  ) throws(LogError) -> [Int] {
    var lost: [Int] = []
    let head = model.head.advanced(by: new)
    if log.head != head && !(isReaderWithoutMark && log.head >= lastFrame) {
      issues.record("\(context): head is \(log.head), not \(head)")
    }
    for (index, result) in try log.read(
      (0..<min(model.records.count, Int(log.head.rawValue))).map { Position($0) }
    ).enumerated() {
      switch result {
      case .damaged: lost.append(index)
      case .record(let record):
        if let fault = model.fault(record, at: index) { issues.record("\(context): \(fault)") }
      }
    }
    return lost
  }

  /// Where the last frame begins. A reader that lost the newest mark can't know that it is durable, and does not
  /// show it until a writer has proven it.
  private var lastFrame: Position {
    var before = LogModel()
    var start = 0
    for batch in batches {
      let stored = before.stored(of: batch)
      if !stored.isEmpty { start = before.records.count }
      for record in stored { before.add(record) }
    }
    return Position(start)
  }

  /// What one bit costs lies in one frame, here one batch.
  private func checkConfined(_ lost: [Int], _ context: String) {
    var start = 0
    for batch in batches {
      var before = LogModel()
      for record in model.records[..<start] { before.add(record) }
      let end = start + before.stored(of: batch).count
      if lost.allSatisfy({ (start..<end).contains($0) }) { return }
      start = end
    }
    issues.record("\(context): positions \(lost) of more than one frame are lost")
  }

  /// The positions that verify calls lost, ascending.
  private func named(by log: EventLog) throws(LogError) -> [Int] {
    let ranges = try log.verify().filter { $0.weight == .damage }.flatMap(\.positions)
    return Set(ranges.flatMap { Int($0.lowerBound.rawValue)..<Int($0.upperBound.rawValue) }).sorted()
  }

  /// A writer opens the store too, loses nothing more, and goes on at the head.
  private func checkWriter(_ disk: SimulatedDisk, _ lost: [Int], _ context: String) throws(LogError) {
    let log = try EventLog.openForAppending(
      environment: SimulatedStorage(disk).environment(seed: 6), options: .small)
    defer { log.close() }
    if try self.lost(in: log, context + ", opened by a writer") != lost {
      issues.record("\(context): a writer finds other positions lost than a reader")
    }
    var new = model.records[0]
    new.envelope.event = EventID(rawValue: Bytes16(high: 4, low: 2))
    let outcome = try log.append(AppendBatch([new]))
    if outcome != .stored([model.head]) { issues.record("\(context): a new event is \(outcome)") }
    if try self.lost(in: log, andNew: 1, context + ", appended to") != lost {
      issues.record("\(context): appending changed what is lost")
    }
  }

  /// Without its key a store can't be opened; all else stands twice.
  private func mayRefuse(_ path: String, _ error: LogError) -> Bool {
    path == "key" && error.code == .wrongKey
  }
}
