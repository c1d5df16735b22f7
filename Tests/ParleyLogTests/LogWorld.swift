import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

/// A store on a simulated disk, and what it must hold.
struct LogWorld {
  let storage: SimulatedStorage
  let environment: LogEnvironment
  let options: LogOptions

  init(
    seed: UInt64 = 1, segmentBytesMax: Int = LogLimits.segmentBytesMax,
    segmentFramesMax: Int = LogLimits.segmentFramesMax, segmentEventsMax: Int = LogLimits.segmentEventsMax,
    sealedEventsMax: Int = LogLimits.sealedEventsMax, zeroedBytesMax: Int = LogLimits.zeroedBytesMax,
    indexFilterBytesMax: Int = LogLimits.indexFilterBytesMax
  ) throws {
    storage = SimulatedStorage(seed: seed)
    environment = storage.environment()
    options = LogOptions(
      segmentBytesMax: segmentBytesMax, segmentFramesMax: segmentFramesMax,
      segmentEventsMax: segmentEventsMax, sealedEventsMax: sealedEventsMax, zeroedBytesMax: zeroedBytesMax,
      indexFilterBytesMax: indexFilterBytesMax, upkeep: .inline)
    try EventLog.create(environment: environment, options: options)
  }

  func open() throws -> EventLog { try EventLog.openForAppending(environment: environment, options: options) }

  static func stream(_ number: Int) -> StreamID {
    StreamID(rawValue: Bytes16(high: UInt64(number) &* 0x9e37_79b9_7f4a_7c15, low: 1))
  }

  /// An event that can be told from every other by its number.
  static func record(_ number: Int, stream: Int = 0) -> NewRecord {
    var envelope = Envelope()
    envelope.stream = Self.stream(stream)
    envelope.event = EventID(rawValue: Bytes16(high: UInt64(number + 1) &* 0xbf58_476d_1ce4_e5b9, low: 2))
    envelope.occurredAt = Timestamp(seconds: Int64(number))
    envelope.channel = .chat
    return NewRecord(
      envelope: envelope,
      body: Array("event \(number) ".utf8) + [UInt8](repeating: UInt8(number % 251), count: number * 37 % 700)
    )
  }

  /// Every event, by replay.
  func replayed(_ log: EventLog) throws -> [LogRecord] {
    var records: [LogRecord] = []
    try log.replay(.records) { piece in
      guard case .events(let batch) = piece else {
        Issue.record("unexpected \(piece)")
        return .stop
      }
      for index in 0..<batch.count {
        let body = try #require(batch.body(at: index))
        records.append(
          LogRecord(position: batch.position(at: index), envelope: batch.envelope(at: index), body: body))
      }
      return .proceed
    }
    return records
  }

  /// That a log holds exactly these events at positions from 0, by every way of reading.
  func expect(_ log: EventLog, holds records: [NewRecord], location: SourceLocation = #_sourceLocation) throws
  {
    #expect(log.head == Position(records.count), sourceLocation: location)
    let replayed = try replayed(log)
    #expect(replayed.map(\.body) == records.map(\.body), sourceLocation: location)
    #expect(replayed.map(\.envelope.event) == records.map(\.envelope.event), sourceLocation: location)
    for (index, result) in try log.read(records.indices.map { Position($0) }).enumerated() {
      guard case .record(let record) = result else {
        Issue.record("position \(index) is damaged", sourceLocation: location)
        continue
      }
      #expect(record.body == records[index].body, sourceLocation: location)
      #expect(try log.position(of: record.envelope.event) == Position(index), sourceLocation: location)
    }
    for stream in Set(records.map(\.envelope.stream)) {
      let expected = records.indices.filter { records[$0].envelope.stream == stream }.map { Position($0) }
      #expect(try log.positions(of: stream) == expected, sourceLocation: location)
    }
  }
}
