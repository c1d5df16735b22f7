import ParleyEnvelope
import ParleyLog
import ParleySimulation

/// A script played on a log over a simulated disk, beside the model of what the log must hold.
final class LogRun {
  /// When a batch was given to the log and when it was acknowledged, in operations of the disk.
  struct Mark {
    var begun: Int
    var acknowledged: Int
    var batch: AppendBatch
  }

  let storage: SimulatedStorage
  let clock = SimulatedClock()
  let options: LogOptions
  private(set) var model = LogModel()
  private(set) var marks: [Mark] = []
  /// Operations when the store was created, nil before.
  private(set) var created: Int?
  /// The batch whose append did not return: stored or not, but whole.
  private(set) var inFlight: AppendBatch?
  private(set) var log: EventLog?
  /// Answers that were not the model's.
  private(set) var faults: [String] = []
  private var openings: UInt64 = 0

  init(_ storage: SimulatedStorage, options: LogOptions = .small) {
    self.storage = storage
    self.options = options
  }

  func create() throws(LogError) {
    try EventLog.create(environment: environment(), options: options)
    created = storage.operations
  }

  func open() throws(LogError) {
    log = nil
    log = try EventLog.openForAppending(environment: environment(), options: options)
  }

  /// Creates the store and plays the script to its end, or to the first error, which it throws.
  func play(_ script: LogScript) throws(LogError) {
    try create()
    try open()
    for step in script.steps { try play(step) }
  }

  func play(_ step: LogScript.Step) throws(LogError) {
    switch step {
    case .append(let batch): try append(batch)
    case .moveClock(let microseconds): clock.move(by: microseconds)
    case .seal: try log?.seal()
    case .compact: try log?.compact()
    case .reopen:
      log?.close()
      try open()
    }
  }

  func append(_ batch: AppendBatch) throws(LogError) {
    guard let log else { preconditionFailure("LogRun.append before open") }
    let begun = storage.operations
    inFlight = batch
    let answer: AppendOutcome = try log.append(batch)
    inFlight = nil
    let before = model
    let expected = model.apply(batch)
    if !LogModel.isRight(answer, expected: expected, to: batch, in: before) {
      faults.append("batch \(marks.count): answered \(answer), not \(expected)")
    }
    marks.append(Mark(begun: begun, acknowledged: storage.operations, batch: batch))
  }

  /// Compares the opened log with the model, which takes the batch in flight over if the log has it.
  func settle() throws(LogError) {
    guard let log else { preconditionFailure("LogRun.settle before open") }
    faults += try model.faults(in: log, orAlso: inFlight)
    inFlight = nil
  }

  /// Closes the log as a program does that ends well.
  func close() {
    log?.close()
    log = nil
  }

  /// What an environment of the next opening gets; each has randomness of its own.
  func environment() -> LogEnvironment {
    openings += 1
    return storage.environment(seed: openings, clock: clock)
  }
}

/// What a log must hold at a moment of a run that a snapshot of the disk was taken at.
struct LogMoment {
  var model: LogModel
  var inFlight: AppendBatch?
  var isCreated: Bool
}

extension LogRun {
  /// The moment before each operation of the disk, the first first.
  func moments(_ count: Int) -> [LogMoment] {
    var model = LogModel()
    var next = marks[...]
    return (0..<count).map { operations in
      while let mark = next.first, mark.acknowledged <= operations {
        model.apply(mark.batch)
        next = next.dropFirst()
      }
      let batch = next.first.flatMap { $0.begun <= operations ? $0.batch : nil }
      return LogMoment(
        model: model, inFlight: batch ?? (next.isEmpty ? inFlight : nil),
        isCreated: created.map { $0 <= operations } ?? false)
    }
  }
}

extension LogOptions {
  /// The same, each two or three of them sealed together.
  static var smallSealed: LogOptions {
    var options = small
    options.sealedEventsMax = 40
    options.sealedContentBytesMax = 24 << 10
    options.sealedLevel = 3
    return options
  }

  /// Segments so small that a short script rolls several.
  static var small: LogOptions {
    var options = LogOptions()
    options.segmentBytesMax = 16 << 10
    options.zeroedBytesMax = 4 << 10
    options.upkeep = .inline
    return options
  }
}
