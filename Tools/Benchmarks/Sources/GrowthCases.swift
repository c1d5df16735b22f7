import Foundation
import ParleyEnvelope
import ParleyLog

/// The engine's figures as a store grows: run only when asked for by name, as it takes minutes and gigabytes.
enum GrowthCases {
  static let cases = [Case(name: "growth") { try growth($0) }]

  /// The parts of the whole at which a row is measured.
  private static let parts = [1, 3, 10]
  /// Copies that are opened as after a kill.
  private static let killedOpens = 5
  private static let closedOpens = 10
  private static let reads = 200

  private static func growth(_ context: CaseContext) throws -> [Measurement] {
    let store = Store(context.directory)
    try EventLog.create(environment: store.environment)
    let count = max(Amount.growthBatches / 50, context.scaled(Amount.growthBatches)) * Amount.growthBatch
    var events = GrowingEvents(count: count)
    return try parts.map { part in
      try grow(store, to: count / Amount.growthBatch * part / 10 * Amount.growthBatch, &events)
    }
  }

  /// Appends up to a size, and measures what the store is then.
  private static func grow(
    _ store: Store, to count: Int, _ events: inout GrowingEvents
  ) throws -> Measurement {
    FileHandle.standardError.write(Data("growth: to \(count) events\n".utf8))
    let log = try EventLog.openForAppending(environment: store.environment)
    let first = Int(log.head.rawValue)
    let batches = (count - first) / Amount.growthBatch
    // What is not sealed when the process is killed; less than a segment, so that nothing is done with it meanwhile.
    let tail = min(Amount.growthTailBatches, batches / 2)
    var latencies: [Double] = []
    let began = now()
    for _ in 0..<(batches - tail) { try append(&events, to: log, &latencies) }
    let burst = latencies.reduce(0, +)
    try log.seal()
    let sustained = now() - began
    for _ in 0..<tail { try append(&events, to: log, &latencies) }
    let peak = peakResidentBytes()
    let killed = try openKilled(store)
    log.close()
    let failure = try log.statistics().upkeepFailure
    precondition(failure == nil, "upkeep failed: \(String(describing: failure))")
    let closed = try openClosed(store, count)
    let read = try readCustomers(store, &events)

    let appended = (batches - tail) * Amount.growthBatch
    var measured = Measurement(
      "\(count / 1_000) thousand events", Work.growth, count: appended, seconds: sustained, latencies: read)
    measured.peakBytes = peak
    measured.bytesPerEvent = Double(directoryBytes(store.directory)) / Double(count)
    measured.figures = [
      Figure("burst a second", Double(appended) / burst),
      Figure("sustained a second", Double(appended) / sustained),
      Figure("open ms", median(closed) * 1e3, digits: 1),
      Figure("open after kill -9 ms", median(killed) * 1e3, digits: 1),
      Figure("100 events of a customer, cold: p50 µs", measured.p50),
      Figure("p99 µs", measured.p99),
      Figure("peak MB", Double(peak) / 1e6),
      Figure("bytes an event", measured.bytesPerEvent ?? 0, digits: 1),
    ]
    return measured
  }

  private static func append(
    _ events: inout GrowingEvents, to log: EventLog, _ latencies: inout [Double]
  ) throws {
    let batch = AppendBatch((0..<Amount.growthBatch).map { _ in events.next() })
    EngineCases.expectStored(try timed(&latencies) { try log.append(batch) })
  }

  private static func openClosed(_ store: Store, _ count: Int) throws -> [Double] {
    var latencies: [Double] = []
    for _ in 0..<closedOpens {
      let log = try timed(&latencies) { try EventLog.openForAppending(environment: store.environment) }
      precondition(log.head == Position(count))
      log.close()
    }
    return latencies
  }

  /// Opens copies of a store that is being written, each as its process would find it after being killed.
  private static func openKilled(_ store: Store) throws -> [Double] {
    var latencies: [Double] = []
    for _ in 0..<killedOpens {
      let killed = try store.copy()
      defer { try? FileManager.default.removeItem(at: killed) }
      let environment = LogEnvironment.posix(at: killed.path)
      try timed(&latencies) { try EventLog.openForAppending(environment: environment) }.close()
    }
    return latencies
  }

  /// Each time with a log just opened, that has nothing in memory yet; the time of opening is not in it.
  private static func readCustomers(_ store: Store, _ events: inout GrowingEvents) throws -> [Double] {
    var latencies: [Double] = []
    for _ in 0..<reads {
      let log = try EventLog.openForReading(environment: store.environment)
      let stream = EngineCases.stream(of: events.knownCustomer())
      let found = try timed(&latencies) {
        try log.read(try log.positions(of: stream, last: Amount.customerEvents))
      }
      precondition(found.count == Amount.customerEvents)
    }
    return latencies
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// Where the store is that grows, and its copies.
private struct Store {
  private let parent: URL

  init(_ parent: URL) { self.parent = parent }

  var directory: URL { parent.appendingPathComponent("store") }
  var environment: LogEnvironment { .posix(at: directory.path) }

  /// A copy of the files as they are now: what never changes is linked, as a store may be too large to be there twice.
  func copy() throws -> URL {
    let files = FileManager.default
    let copy = parent.appendingPathComponent("killed")
    try files.createDirectory(at: copy, withIntermediateDirectories: true)
    for name in try files.contentsOfDirectory(atPath: directory.path) {
      let (from, to) = (directory.appendingPathComponent(name), copy.appendingPathComponent(name))
      if ["segments", "index"].contains(name) {
        try files.createDirectory(at: to, withIntermediateDirectories: true)
        for file in try files.contentsOfDirectory(atPath: from.path) {
          try files.linkItem(at: from.appendingPathComponent(file), to: to.appendingPathComponent(file))
        }
      } else {
        try files.copyItem(at: from, to: to)
      }
    }
    return copy
  }
}

/// Events of customers who come in ten generations: of everyone in one there are a hundred events, far apart in that tenth
/// of all events, so that at every size everyone has as many.
private struct GrowingEvents {
  /// Bodies are made before, and used again: making them would take as long as appending does.
  private static let bodyCount = 50_021

  private let generation: Int
  private let bodies: [[UInt8]]
  private var workload = Workload(seed: 4)
  private var count = 0

  /// - Parameter count: events in the end.
  init(count: Int) {
    generation = count / 10
    var texts = Workload(seed: 5)
    bodies = (0..<Self.bodyCount).map { _ in texts.text() }
  }

  private var customers: Int { generation / Amount.customerEvents }

  mutating func next() -> NewRecord {
    let index = count
    count += 1
    return EngineCases.record(
      &workload, customer: index / generation * customers + index * 7919 % customers,
      conversation: index / customers % Amount.conversations, index: index,
      body: bodies[index % bodies.count])
  }

  /// Any customer of a generation that is whole.
  mutating func knownCustomer() -> Int { workload.next(below: count / generation * customers) }
}
