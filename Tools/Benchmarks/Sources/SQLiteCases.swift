import Foundation

/// The same works in SQLite.
enum SQLiteCases {
  static let cases = [
    Case(name: "sqlite/append-one") { [appendOne($0)] },
    Case(name: "sqlite/append-tasks") { await [appendTasks($0)] },
    Case(name: "sqlite/batches") { batchesAndReads($0) },
  ]

  private static func log(_ context: CaseContext) -> SQLiteLog {
    SQLiteLog(path: context.directory.appendingPathComponent("log.sqlite").path)
  }

  private static func row(_ workload: inout Workload, customer: Int, index: Int) -> SQLiteLog.Row {
    let high = bytes(workload.number())
    return SQLiteLog.Row(
      event: high + bytes(workload.number()), customer: customerID(customer),
      conversation: customerID(customer * Amount.conversations + index % Amount.conversations),
      occurredAt: 1_780_000_000_000_000 + Int64(index), body: workload.text())
  }

  /// A random-looking id of sixteen bytes, as the engine's streams have.
  private static func customerID(_ number: Int) -> [UInt8] {
    var random = SplitMix(seed: UInt64(number))
    return bytes(random.next()) + bytes(random.next())
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }

  private static func appendOne(_ context: CaseContext) -> Measurement {
    let log = log(context)
    let count = context.scaled(Amount.one)
    var workload = Workload(seed: 1)
    let rows = (0..<count).map { row(&workload, customer: Workload.customer(at: $0), index: $0) }
    var latencies: [Double] = []
    let began = now()
    for row in rows { timed(&latencies) { log.append([row]) } }
    return Measurement("SQLite", Work.one, count: count, seconds: now() - began, latencies: latencies)
  }

  /// One connection under a lock: SQLite has one writer, and waits for it cost more than a lock does.
  private static func appendTasks(_ context: CaseContext) async -> Measurement {
    let log = log(context)
    let lock = NSLock()
    let each = context.scaled(Amount.eachTask) / 4
    let began = now()
    let latencies = await withTaskGroup(of: [Double].self) { group in
      for task in 0..<Amount.tasks {
        group.addTask {
          var workload = Workload(seed: UInt64(task))
          var latencies: [Double] = []
          for index in 0..<each {
            let row = row(&workload, customer: workload.next(below: Workload.customers), index: index)
            timed(&latencies) { lock.withLock { log.append([row]) } }
            await Task.yield()
          }
          return latencies
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    let count = each * Amount.tasks
    return Measurement("SQLite", Work.tasks, count: count, seconds: now() - began, latencies: latencies)
  }

  private static func batchesAndReads(_ context: CaseContext) -> [Measurement] {
    let log = log(context)
    let batches = context.scaled(Amount.batches)
    var workload = Workload(seed: 2)
    var latencies: [Double] = []
    var seconds = 0.0
    for batch in 0..<batches {
      let rows = (0..<Amount.batch).map { ordinal in
        let index = batch * Amount.batch + ordinal
        return row(&workload, customer: Workload.customer(at: index), index: index / Workload.customers)
      }
      timed(&latencies) { log.append(rows) }
      seconds += latencies[latencies.count - 1]
    }
    let count = batches * Amount.batch
    var appended = Measurement("SQLite", Work.batches, count: count, seconds: seconds, latencies: latencies)
    log.checkpoint()
    appended.bytesPerEvent = Double(directoryBytes(context.directory)) / Double(count)
    return [appended] + reads(log, count: count, context)
  }

  private static func reads(_ log: SQLiteLog, count: Int, _ context: CaseContext) -> [Measurement] {
    var measurements: [Measurement] = []
    for (work, withBodies) in [(Work.envelopes, false), (Work.everything, true)] {
      let began = now()
      let found = log.scan(withBodies: withBodies)
      precondition(found.rows == count)
      measurements.append(Measurement("SQLite", work, count: count, seconds: now() - began))
    }
    var latencies: [Double] = []
    var workload = Workload(seed: 3)
    let reads = context.scaled(Amount.reads)
    let began = now()
    var rows = 0
    for _ in 0..<reads {
      let customer = customerID(workload.next(below: Workload.customers))
      rows += timed(&latencies) { log.newest(of: customer, last: Amount.customerEvents).rows }
    }
    precondition(rows > 0)
    measurements.append(
      Measurement("SQLite", Work.customer, count: reads, seconds: now() - began, latencies: latencies))
    return measurements
  }
}
