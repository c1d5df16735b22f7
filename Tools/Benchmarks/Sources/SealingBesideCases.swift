import Foundation
import ParleyEnvelope
import ParleyLog

/// What sealing and merging in the background cost the appends beside them: run only when asked for by name.
enum SealingBesideCases {
  static let cases = [Case(name: "sealing-beside") { try sealingBeside($0) }]

  /// Events of a segment before it is rolled, and of a sealed one: fewer at a small scale, so that there is as much to do.
  private struct Sizes {
    let segment: Int
    let sealed: Int

    init(_ context: CaseContext) {
      segment = min(LogLimits.segmentEventsMax, max(1_000, context.scaled(LogLimits.segmentEventsMax)))
      sealed = segment * LogLimits.sealedEventsMax / LogLimits.segmentEventsMax
    }

    /// Options with which nothing is ever due.
    var waiting: LogOptions {
      LogOptions(segmentEventsMax: segment, sealedEventsMax: .max, sealedContentBytesMax: .max)
    }
    var sealing: LogOptions { LogOptions(segmentEventsMax: segment, sealedEventsMax: sealed) }
    /// Complete segments from which on some are due.
    var dueSegments: Int { sealed / segment }
  }

  /// Appends with nothing sealing, which leaves a backlog, then the same while that is being sealed.
  private static func sealingBeside(_ context: CaseContext) throws -> [Measurement] {
    let environment = LogEnvironment.posix(at: context.directory.path)
    let sizes = Sizes(context)
    try EventLog.create(environment: environment)
    var workload = Workload(seed: 6)
    var index = 0
    func batch(_ count: Int) -> AppendBatch {
      AppendBatch(
        (0..<count).map { _ in
          defer { index += 1 }
          return EngineCases.record(
            &workload, customer: Workload.customer(at: index), conversation: 0, index: index)
        })
    }
    func append(_ count: Int, to log: EventLog, times: Int, while goesOn: () throws -> Bool) throws
      -> [Double]
    {
      var latencies: [Double] = []
      while latencies.count < times, try latencies.count % 32 != 0 || goesOn() {
        let next = batch(count)
        EngineCases.expectStored(try timed(&latencies) { try log.append(next) })
      }
      return latencies
    }
    func isSealing(_ log: EventLog) throws -> Bool {
      try log.statistics().unsealedSegments >= sizes.dueSegments
    }

    let ones = context.scaled(Amount.one) * 3
    let batches = context.scaled(Amount.batches)
    var log = try EventLog.openForAppending(environment: environment, options: sizes.waiting)
    let aloneOnes = try append(1, to: log, times: ones) { true }
    let aloneBatches = try append(Amount.batch, to: log, times: batches) { true }
    log.close()

    log = try EventLog.openForAppending(environment: environment, options: sizes.sealing)
    let besideOnes = try append(1, to: log, times: ones) { try isSealing(log) }
    // As there was when the others began.
    log.close()
    log = try EventLog.openForAppending(environment: environment, options: sizes.waiting)
    _ = try append(Amount.batch, to: log, times: batches) { true }
    log.close()
    log = try EventLog.openForAppending(environment: environment, options: sizes.sealing)
    let besideBatches = try append(Amount.batch, to: log, times: batches) { try isSealing(log) }
    log.close()
    return [
      measurement("one at a time", 1, aloneOnes, besideOnes),
      measurement("batches of 1,000", Amount.batch, aloneBatches, besideBatches),
    ]
  }

  private static func measurement(
    _ system: String, _ count: Int, _ alone: [Double], _ beside: [Double]
  ) -> Measurement {
    let (first, second) = (measurement(system, count, alone), measurement(system, count, beside))
    var measured = second
    measured.figures =
      latencies("alone", first) + latencies("beside", second) + [
        Figure("p99 beside ÷ alone", second.p99 / first.p99, digits: 1),
        Figure("appends beside", Double(beside.count)),
      ]
    return measured
  }

  private static func measurement(_ system: String, _ count: Int, _ latencies: [Double]) -> Measurement {
    Measurement(
      system, Work.sealingBeside, count: count * latencies.count, seconds: latencies.reduce(0, +),
      latencies: latencies)
  }

  private static func latencies(_ when: String, _ measured: Measurement) -> [Figure] {
    [
      Figure("\(when): p50 µs", measured.p50), Figure("p99 µs", measured.p99),
      Figure("p99.9 µs", measured.p999),
    ]
  }
}
