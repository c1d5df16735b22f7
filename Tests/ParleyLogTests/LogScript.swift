import ParleyEnvelope
import ParleyLog
import ParleySimulation

/// A workload that is the same for the same seed.
struct LogScript {
  enum Step {
    case append(AppendBatch)
    /// Closes the log and opens it again.
    case reopen
    /// Moves the clock by so many microseconds.
    case moveClock(Int64)
    /// Seals everything there is.
    case seal
    /// The same, and merges what is sealed.
    case compact
  }

  /// What a script does beside appending.
  enum Upkeep: Sendable {
    case none
    case sealing
    /// Seals so often that the segments are small, and compacts.
    case merging
  }

  private(set) var steps: [Step] = []

  /// So many steps: mostly batches of a few new events, some known ones, conditions that hold and that don't,
  /// reopenings, and a clock that jumps. With upkeep, some are followed by one that seals or compacts.
  init(seed: UInt64, steps count: Int, _ upkeep: Upkeep = .none) {
    var maker = LogScriptMaker(seed: seed)
    // Of its own, so that a seed's other steps are the same with sealing and without.
    var random = SplitMix64(seed: seed ^ 0x5ea1)
    for _ in 0..<count {
      steps.append(maker.step())
      switch upkeep {
      case .none: break
      case .sealing: if random.oneIn(8) { steps.append(.seal) }
      case .merging: if random.oneIn(2) { steps.append(random.oneIn(6) ? .compact : .seal) }
      }
    }
  }

  var batches: [AppendBatch] {
    steps.compactMap { if case .append(let batch) = $0 { batch } else { nil } }
  }
}

/// Makes the steps; keeps a model beside them, so that known ids and conditions are what they mean to be.
private struct LogScriptMaker {
  private var random: SplitMix64
  private var model = LogModel()
  private var streams: [StreamID]

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    streams = []
    streams = (0..<6).map { _ in StreamID(rawValue: id()) }
  }

  mutating func step() -> LogScript.Step {
    switch random.below(20) {
    case 0: return .reopen
    case 1: return .moveClock(Int64(random.below(20_000_000)) - 10_000_000)
    default:
      let batch = batch()
      model.apply(batch)
      return .append(batch)
    }
  }

  private mutating func batch() -> AppendBatch {
    var records = (0..<(random.oneIn(12) ? 40 : 1 + random.below(5))).map { _ in record() }
    if !model.records.isEmpty && random.oneIn(6) {
      var known = model.records[random.below(model.records.count)]
      known.ifKnown = random.oneIn(2) ? .skip : .report
      records.insert(known, at: random.below(records.count + 1))
    }
    guard random.oneIn(4) else { return AppendBatch(records) }
    let behind = random.oneIn(2) ? 0 : random.below(4)
    let named = streams.shuffled(using: &random).prefix(1 + random.below(3))
    return AppendBatch(
      records,
      unchanged: UnchangedCondition(
        streams: Array(named), through: Position(max(0, model.records.count - behind))))
  }

  private mutating func record() -> NewRecord {
    var envelope = Envelope()
    envelope.stream = streams[random.below(streams.count)]
    envelope.event = EventID(rawValue: id())
    envelope.conversation = ConversationID(rawValue: random.oneIn(3) ? .zero : id())
    envelope.actor = ActorID(rawValue: envelope.stream.rawValue)
    envelope.touchpoint = TouchpointID(rawValue: random.next())
    envelope.occurredAt = Timestamp(seconds: Int64(random.below(2_000_000_000)))
    envelope.sourceOrder = UInt32(random.below(3))
    envelope.kind = EventKind(rawValue: UInt16(1 + random.below(60)))
    envelope.utcOffset = UTCOffset(minutes: random.below(1_400) - 700) ?? .unknown
    envelope.channel = Channel(rawValue: UInt8(random.below(14)))
    envelope.flags = EventFlags(rawValue: UInt8(random.below(16)))
    return NewRecord(envelope: envelope, body: body())
  }

  private mutating func body() -> [UInt8] {
    switch random.below(16) {
    case 0: return []
    case 1: return random.bytes(1_000 + random.below(4_000))
    case 2 where random.oneIn(6): return [UInt8](repeating: UInt8(random.below(256)), count: 70_000)
    case 3: return [UInt8](repeating: 0, count: random.below(600))
    default:
      return Array("Where is order \(random.below(10_000))? It was to come on day \(random.below(30)).".utf8)
    }
  }

  private mutating func id() -> Bytes16 { Bytes16(high: random.next() | 1, low: random.next()) }
}
