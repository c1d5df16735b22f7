import Foundation
import Parley
import ParleyEnvelope
import ParleyEvents

/// The store, with real events: messages with identities, conversations and sources, encoded and keyed.
enum StoreCases {
  static let cases = [
    Case(name: "store/append-one") { [try await appendOne($0)] },
    Case(name: "store/append-tasks") { [try await appendTasks($0)] },
    Case(name: "store/batches") { try await batchesAndReads($0) },
  ]

  private static let system = "store"

  private static func open(_ context: CaseContext) async throws -> ConversationStore {
    try await ConversationStore.create(at: context.directory.appendingPathComponent("store").path)
  }

  private static func identity(_ customer: Int) throws -> Identity {
    try .visitor("shop.example", "\(customer)")
  }

  /// A message whose text is what is left of 300 bytes beside its source, as in a stored body.
  private static func message(
    _ workload: inout Workload, customer: Int, conversation: Int, id: String, index: Int
  ) throws -> NewEvent {
    let text = String(decoding: workload.text(bytes: Workload.bodyBytes - 40), as: UTF8.self)
    let thread = ConversationKey(.chat, "webchat", thread: "\(customer)-\(conversation)")
    return .message(
      text, from: try identity(customer), in: thread, id: id,
      at: Timestamp(seconds: 1_780_000_000 + Int64(index)))
  }

  private static func appendOne(_ context: CaseContext) async throws -> Measurement {
    let store = try await open(context)
    var workload = Workload(seed: 1)
    let count = context.scaled(Amount.one)
    let events = try (0..<count).map {
      try message(&workload, customer: Workload.customer(at: $0), conversation: 0, id: "\($0)", index: $0)
    }
    var latencies: [Double] = []
    let began = now()
    for event in events {
      let start = now()
      try await store.append(event)
      latencies.append(now() - start)
    }
    let seconds = now() - began
    await store.close()
    return Measurement(system, Work.one, count: count, seconds: seconds, latencies: latencies)
  }

  private static func appendTasks(_ context: CaseContext) async throws -> Measurement {
    let store = try await open(context)
    let each = context.scaled(Amount.eachTask)
    let began = now()
    let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
      for task in 0..<Amount.tasks {
        group.addTask { try await appendEach(each, task: task, to: store) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let seconds = now() - began
    await store.close()
    return Measurement(system, Work.tasks, count: each * Amount.tasks, seconds: seconds, latencies: latencies)
  }

  private static func appendEach(_ count: Int, task: Int, to store: ConversationStore) async throws
    -> [Double]
  {
    var workload = Workload(seed: UInt64(task))
    var latencies: [Double] = []
    for index in 0..<count {
      let customer = workload.next(below: Workload.customers)
      let event = try message(
        &workload, customer: customer, conversation: 0, id: "\(task)-\(index)", index: index)
      let start = now()
      try await store.append(event)
      latencies.append(now() - start)
    }
    return latencies
  }

  private static func batchesAndReads(_ context: CaseContext) async throws -> [Measurement] {
    let store = try await open(context)
    let count = context.scaled(Amount.batches) * Amount.batch
    var workload = Workload(seed: 2)
    var latencies: [Double] = []
    for first in stride(from: 0, to: count, by: Amount.batch) {
      let batch = try (first..<first + Amount.batch).map { index in
        try message(
          &workload, customer: Workload.customer(at: index),
          conversation: index / Workload.customers % Amount.conversations, id: "\(index)", index: index)
      }
      let start = now()
      try await store.append(batch: batch)
      latencies.append(now() - start)
    }
    let stored = Int(store.head.rawValue)
    await store.close()
    var appended = Measurement(
      system, Work.batches, count: count, seconds: latencies.reduce(0, +), latencies: latencies)
    appended.bytesPerEvent = Double(directoryBytes(context.directory)) / Double(stored)
    return [appended] + (try await reads(context))
  }

  private static func reads(_ context: CaseContext) async throws -> [Measurement] {
    let path = context.directory.appendingPathComponent("store").path
    let store = try await ConversationStore.open(at: path, for: .reading)
    let count = Int(store.head.rawValue)
    var began = now()
    var seen = 0
    try store.replayEnvelopesBlocking { _, _ in seen += 1 }
    var measurements = [Measurement(system, Work.envelopes, count: seen, seconds: now() - began)]
    began = now()
    seen = 0
    try store.replayBlocking { piece in
      if case .event(let event) = piece, event.kind == .messageSent { seen += 1 }
      return .proceed
    }
    measurements.append(Measurement(system, Work.everything, count: count, seconds: now() - began))
    precondition(seen > 0)
    measurements.append(try await readCustomers(store, context))
    return measurements
  }

  private static func readCustomers(
    _ store: ConversationStore, _ context: CaseContext
  ) async throws -> Measurement {
    var workload = Workload(seed: 3)
    var latencies: [Double] = []
    let reads = context.scaled(Amount.reads)
    let began = now()
    var found = 0
    for _ in 0..<reads {
      let identity = try identity(workload.next(below: Workload.customers))
      found += try timed(&latencies) {
        try store.eventsBlocking(of: identity, last: Amount.customerEvents).count
      }
    }
    let seconds = now() - began
    precondition(found > 0)
    return Measurement(system, Work.customer, count: reads, seconds: seconds, latencies: latencies)
  }
}
