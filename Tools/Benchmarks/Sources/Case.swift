import Foundation

/// Where a case works, and how much it does.
struct CaseContext {
  /// An empty directory of its own, on a real file system.
  var directory: URL
  /// Multiplies every count: 1 for the published figures, less for a quick look.
  var scale: Double

  /// A count, scaled, at least 1.
  func scaled(_ count: Int) -> Int { max(1, Int(Double(count) * scale)) }
}

/// One system doing one kind of work. Every case runs in a process of its own, so that its peak memory is its own.
struct Case {
  /// `engine/append-one`, as on the command line.
  var name: String
  var run: @Sendable (CaseContext) async throws -> [Measurement]

  static let all: [Case] = BareSync.cases + EngineCases.cases + StoreCases.cases + SQLiteCases.cases
  /// Those that run only when `--only` asks for them.
  static let onRequest: [Case] = GrowthCases.cases + SealingBesideCases.cases
}

/// The works, named alike over all systems, so that the table can put them side by side.
enum Work {
  static let one = "durable append, one at a time"
  static let tasks = "durable append, 64 tasks at once"
  static let batches = "durable batches of 1,000"
  static let batchesUniform = "durable batches of 1,000, over 10 million streams"
  static let envelopes = "replay, envelopes"
  static let everything = "replay, everything"
  static let customer = "a customer's 100 events in 10 conversations"
  static let open = "open"
  static let sealing = "sealing"
  static let growth = "growth"
  static let sealingBeside = "appends beside sealing and merging"

  static let order = [
    one, tasks, batches, batchesUniform, envelopes, everything, customer, sealing, open, growth,
    sealingBeside,
  ]
}

/// How much of each work is done at scale 1.
enum Amount {
  static let one = 3_000
  static let tasks = 64
  static let eachTask = 1_500
  static let batch = 1_000
  static let batches = 1_000
  static let reads = 2_000
  static let customerEvents = 100
  static let conversations = 10
  static let growthBatch = 10_000
  static let growthBatches = 1_000
  /// Batches that are not sealed when a growing store is opened.
  static let growthTailBatches = 5
}
