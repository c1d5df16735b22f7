import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// A disk that says it wrote and did not, or wrote elsewhere, and texts that are copies of frames: what is lost then
/// is named, and no event is ever another than the one that was appended.
@Suite struct LyingDiskTests {
  private static let script = LogScript(seed: 5, steps: 10)
  private let issues = IssueLimit()

  @Test func writesThatGoNowhereOrAstrayNeverMakeAWrongEvent() throws {
    let honest = LogRun(SimulatedStorage())
    honest.storage.recordTrace()
    try honest.play(Self.script)
    let writes = honest.storage.trace.filter {
      $0.contains(" write active/") || $0.contains(" write watermark")
    }
    .compactMap { Int($0.prefix { $0.isNumber }) }
    for operation in writes where operation > honest.created! && !issues.isReached {
      for fault in [FaultPlan.Fault.ignored, .misdirected(by: 64), .misdirected(by: -192)] {
        check(FaultPlan(fault, at: operation), "\(fault) at operation \(operation)")
      }
    }
    #expect(writes.count > 15)
  }

  private func check(_ plan: FaultPlan, _ context: String) {
    let run = LogRun(SimulatedStorage(plan: plan))
    do throws(LogError) { try run.play(Self.script) } catch {
      // The log may notice and stop.
    }
    run.close()
    do throws(LogError) {
      let storage = SimulatedStorage(run.storage.disk)
      let log = try EventLog.openForAppending(environment: storage.environment(seed: 3), options: .small)
      defer { log.close() }
      if log.head < run.model.head { issues.record("\(context): head is \(log.head), not \(run.model.head)") }
      for (index, result) in try log.read((0..<run.model.records.count).map { Position($0) }).enumerated() {
        guard case .record(let record) = result else { continue }
        // An event appended after the loss follows the last one of its stream that was still known.
        var envelope = record.envelope
        let appended = run.model.records[index]
        envelope.previous = appended.envelope.previous
        envelope.recordedAt = appended.envelope.recordedAt
        if envelope != appended.envelope || record.body != appended.body {
          issues.record("\(context): position \(index) is another event")
        }
      }
    } catch { issues.record("\(context): \(error.code.rawValue): \(error)") }
  }

  @Test func aBodyThatIsACopiedFrameIsNotTakenForOne() throws {
    var options = LogOptions.small
    options.segmentBytesMax = 1 << 20
    let run = LogRun(SimulatedStorage(), options: options)
    try run.play(LogScript(seed: 7, steps: 6))
    let frames = Array(run.storage.disk.bytes(of: "active/00000000000000000000.seg")![8_192...].prefix(1_024))
    var random = SplitMix64(seed: 1)
    var template = run.model.records[0]
    // At every distance to the frames' alignment, uncompressed or not.
    for shift in 0..<64 {
      template.envelope.event = EventID(rawValue: Bytes16(high: 7, low: UInt64(shift)))
      template.body = random.bytes(shift) + frames + random.bytes(64)
      try run.append(AppendBatch([template]))
    }
    run.close()
    let whole = run.storage.disk
    let path = "active/00000000000000000000.seg"
    // Cut anywhere in the last frames: the copies in a torn one must not come alive.
    for cut in stride(from: 1, to: 4_000, by: 61) {
      var disk = whole
      disk.lose("watermark")
      disk.replace(path, with: Array(disk.bytes(of: path)!.dropLast(cut)))
      let log = try EventLog.openForAppending(
        environment: SimulatedStorage(disk).environment(seed: 3), options: options)
      let head = Int(log.head.rawValue)
      #expect(head < run.model.records.count && head > run.model.records.count - 8)
      var cutModel = LogModel()
      for record in run.model.records[..<head] { cutModel.add(record) }
      #expect(try cutModel.faults(in: log) == [])
      log.close()
    }
  }
}
