import Foundation
import ParleyEnvelope
import ParleyLog

/// The engine alone, with opaque bodies.
enum EngineCases {
  static let cases = [
    Case(name: "engine/append-one") { [try appendOne($0)] },
    Case(name: "engine/append-one-await") { [try await appendOneAwaiting($0)] },
    Case(name: "engine/append-tasks") { [try await appendTasks($0)] },
    Case(name: "engine/batches") { try batchesAndReads($0) },
    Case(name: "engine/batches-uniform") { [try batchesUniform($0)] },
  ]

  private static let system = "engine"

  // MARK: - Workload

  private static func open(_ context: CaseContext) throws -> EventLog {
    let environment = LogEnvironment.posix(at: context.directory.path)
    try EventLog.create(environment: environment)
    return try EventLog.openForAppending(environment: environment)
  }

  /// An event of a customer, with a body if it is not to have one made.
  static func record(
    _ workload: inout Workload, customer: Int, conversation: Int, index: Int, body: [UInt8]? = nil
  ) -> NewRecord {
    var envelope = Envelope()
    envelope.event = EventID(rawValue: Bytes16(high: workload.number(), low: workload.number()))
    envelope.stream = stream(of: customer)
    envelope.conversation = ConversationID(
      rawValue: id(customer * Amount.conversations + conversation, salt: 2))
    envelope.actor = ActorID(rawValue: envelope.stream.rawValue)
    envelope.occurredAt = Timestamp(microseconds: 1_780_000_000_000_000 + Int64(index) * 1_000)
    envelope.kind = EventKind(rawValue: 301)
    envelope.channel = .chat
    envelope.actorKind = .customer
    envelope.direction = .inbound
    envelope.visibility = .public
    envelope.precision = .second
    return NewRecord(envelope: envelope, body: body ?? workload.text())
  }

  static func stream(of customer: Int) -> StreamID { StreamID(rawValue: id(customer, salt: 1)) }

  /// Sixteen bytes that look random and are the same for the same number.
  private static func id(_ number: Int, salt: UInt64) -> Bytes16 {
    var random = SplitMix(seed: UInt64(number) &* 4 &+ salt)
    return Bytes16(high: random.next(), low: random.next())
  }

  static func expectStored(_ outcome: AppendOutcome) {
    guard case .stored = outcome else { preconditionFailure("the engine did not store a new batch") }
  }

  // MARK: - Appending

  private static func appendOne(_ context: CaseContext) throws -> Measurement {
    let log = try open(context)
    var workload = Workload(seed: 1)
    let count = context.scaled(Amount.one)
    let records = (0..<count).map {
      record(&workload, customer: Workload.customer(at: $0), conversation: 0, index: $0)
    }
    var latencies: [Double] = []
    let began = now()
    for record in records { expectStored(try timed(&latencies) { try log.append(AppendBatch([record])) }) }
    let seconds = now() - began
    log.close()
    return Measurement(system, Work.one, count: count, seconds: seconds, latencies: latencies)
  }

  private static func appendOneAwaiting(_ context: CaseContext) async throws -> Measurement {
    let log = try open(context)
    var workload = Workload(seed: 1)
    let count = context.scaled(Amount.one)
    var latencies: [Double] = []
    let began = now()
    for index in 0..<count {
      let new = record(&workload, customer: Workload.customer(at: index), conversation: 0, index: index)
      let start = now()
      expectStored(try await log.append(AppendBatch([new])))
      latencies.append(now() - start)
    }
    let seconds = now() - began
    log.close()
    return Measurement("engine, await", Work.one, count: count, seconds: seconds, latencies: latencies)
  }

  private static func appendTasks(_ context: CaseContext) async throws -> Measurement {
    let log = try open(context)
    let each = context.scaled(Amount.eachTask)
    let began = now()
    let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
      for task in 0..<Amount.tasks {
        group.addTask { try await appendEach(each, seed: task, to: log) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let seconds = now() - began
    log.close()
    return Measurement(system, Work.tasks, count: each * Amount.tasks, seconds: seconds, latencies: latencies)
  }

  private static func appendEach(_ count: Int, seed: Int, to log: EventLog) async throws -> [Double] {
    var workload = Workload(seed: UInt64(seed))
    var latencies: [Double] = []
    for index in 0..<count {
      let customer = workload.next(below: Workload.customers)
      let new = record(&workload, customer: customer, conversation: 0, index: index)
      let start = now()
      expectStored(try await log.append(AppendBatch([new])))
      latencies.append(now() - start)
    }
    return latencies
  }

  /// Batches to streams of few customers in turn, then everything that reads them.
  private static func batchesAndReads(_ context: CaseContext) throws -> [Measurement] {
    let log = try open(context)
    let count = context.scaled(Amount.batches) * Amount.batch
    var appended = try appendBatches(log, count: count, work: Work.batches) { workload, index in
      record(
        &workload, customer: Workload.customer(at: index),
        conversation: index / Workload.customers % Amount.conversations, index: index)
    }
    log.close()
    appended.bytesPerEvent = Double(directoryBytes(context.directory)) / Double(count)
    return [appended] + (try reads(context, count: count)) + [try seal(context)]
      + (try reads(context, count: count, system: "engine, sealed"))
  }

  /// Everything sealed at once, and what it takes then.
  private static func seal(_ context: CaseContext) throws -> Measurement {
    let log = try EventLog.openForAppending(environment: .posix(at: context.directory.path))
    let began = now()
    try log.seal()
    let seconds = now() - began
    let sealed = try log.statistics()
    log.close()
    var measured = Measurement(
      "engine, sealed", Work.sealing, count: sealed.sealedEvents, seconds: seconds)
    measured.bytesPerEvent = Double(sealed.sealedBytes + sealed.indexBytes) / Double(sealed.sealedEvents)
    return measured
  }

  private static func batchesUniform(_ context: CaseContext) throws -> Measurement {
    let log = try open(context)
    let count = context.scaled(Amount.batches) * Amount.batch
    let measured = try appendBatches(log, count: count, work: Work.batchesUniform) { workload, index in
      let customer = workload.next(below: 10_000_000)
      return record(&workload, customer: customer, conversation: 0, index: index)
    }
    log.close()
    return measured
  }

  /// Makes each batch before its clock starts: what is measured is the engine, not the words.
  private static func appendBatches(
    _ log: EventLog, count: Int, work: String, _ make: (inout Workload, Int) -> NewRecord
  ) throws -> Measurement {
    var workload = Workload(seed: 2)
    var latencies: [Double] = []
    for first in stride(from: 0, to: count, by: Amount.batch) {
      let batch = AppendBatch((first..<first + Amount.batch).map { make(&workload, $0) })
      expectStored(try timed(&latencies) { try log.append(batch) })
    }
    return Measurement(system, work, count: count, seconds: latencies.reduce(0, +), latencies: latencies)
  }

  // MARK: - Reading

  private static func reads(
    _ context: CaseContext, count: Int, system: String = EngineCases.system
  ) throws -> [Measurement] {
    let environment = LogEnvironment.posix(at: context.directory.path)
    var latencies: [Double] = []
    let opens = 20
    let began = now()
    for _ in 0..<opens {
      let opened = try timed(&latencies) { try EventLog.openForReading(environment: environment) }
      precondition(opened.head == Position(count))
    }
    var measurements = [
      Measurement(system, Work.open, count: opens, seconds: now() - began, latencies: latencies)
    ]
    let log = try EventLog.openForReading(environment: environment)
    for order in system == Self.system ? [ReplayOrder.position] : [.position, .stream] {
      let system = order == .stream ? system + ", by stream" : system
      measurements.append(try replayEnvelopes(log, count: count, system, order))
      measurements.append(try replayEverything(log, count: count, system, order))
    }
    measurements.append(try readCustomers(log, context, system))
    return measurements
  }

  private static func replayEnvelopes(
    _ log: EventLog, count: Int, _ system: String, _ order: ReplayOrder
  ) throws -> Measurement {
    var seen = 0
    var sum: Int64 = 0
    let began = now()
    try log.replay(.envelopes, order: order) { piece in
      guard case .events(let batch) = piece else { preconditionFailure("a damaged log") }
      batch.forEachEnvelope { _, envelope in sum &+= envelope.occurredAt.microseconds }
      seen += batch.count
      return .proceed
    }
    precondition(seen == count && sum != 0)
    return Measurement(system, Work.envelopes, count: count, seconds: now() - began)
  }

  private static func replayEverything(
    _ log: EventLog, count: Int, _ system: String, _ order: ReplayOrder
  ) throws -> Measurement {
    var seen = 0
    var sum = 0
    let began = now()
    try log.replay(.records, order: order) { piece in
      guard case .events(let batch) = piece else { preconditionFailure("a damaged log") }
      batch.forEachEnvelope { _, envelope in sum &+= Int(truncatingIfNeeded: envelope.occurredAt.microseconds)
      }
      for index in 0..<batch.count { sum &+= batch.withBody(at: index) { $0.byteCount } ?? 0 }
      seen += batch.count
      return .proceed
    }
    precondition(seen == count && sum != 0)
    return Measurement(system, Work.everything, count: count, seconds: now() - began)
  }

  private static func readCustomers(
    _ log: EventLog, _ context: CaseContext, _ system: String
  ) throws -> Measurement {
    var workload = Workload(seed: 3)
    var latencies: [Double] = []
    let reads = context.scaled(Amount.reads)
    var found = 0
    let began = now()
    for _ in 0..<reads {
      let stream = stream(of: workload.next(below: Workload.customers))
      found += try timed(&latencies) {
        try log.read(try log.positions(of: stream, last: Amount.customerEvents)).count
      }
    }
    let seconds = now() - began
    precondition(found > 0)
    return Measurement(system, Work.customer, count: reads, seconds: seconds, latencies: latencies)
  }
}
