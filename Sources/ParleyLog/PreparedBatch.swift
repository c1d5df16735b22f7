import ParleyEnvelope

/// A batch checked against the limits and laid out for the commit: bodies in one run of bytes, each behind its
/// salt, so that committing copies memory and nothing else.
struct PreparedBatch: Sendable {
  var envelopes: [Envelope] = []
  /// Salt and body of each record, one after the other.
  var contents: [UInt8] = []
  var contentCounts: [Int] = []
  var skipsKnown: [Bool] = []
  var unchanged: UnchangedCondition?

  /// Bytes before encoding.
  var plainCount: Int { contents.count + envelopes.count * RecordSlot.size }

  init(_ batch: AppendBatch, random: (Int) -> [UInt8]) throws(LogError) {
    try Self.check(batch)
    let salts = random(batch.records.count * RecordSlot.saltSize)
    contents.reserveCapacity(batch.records.reduce(salts.count) { $0 + $1.body.count })
    envelopes.reserveCapacity(batch.records.count)
    for (index, record) in batch.records.enumerated() {
      envelopes.append(record.envelope)
      contents.append(contentsOf: salts[(index * RecordSlot.saltSize)..<((index + 1) * RecordSlot.saltSize)])
      contents.append(contentsOf: record.body)
      contentCounts.append(RecordSlot.saltSize + record.body.count)
      skipsKnown.append(record.ifKnown == .skip)
    }
    unchanged = batch.unchanged
  }

  private static func check(_ batch: AppendBatch) throws(LogError) {
    guard !batch.records.isEmpty else {
      throw LogError(.invalidBatch, "the batch is empty: append at least one event")
    }
    // What the store adds by itself counts in no limit: nobody could foresee it.
    let counted = batch.records.count { $0.ifKnown == .report }
    try limit(counted, LogLimits.batchEventsMax, "events in a batch")
    var bytes = 0
    var ids = Set<EventID>(minimumCapacity: batch.records.count)
    for record in batch.records {
      try limit(record.body.count, LogLimits.bodyBytesMax, "bytes in an event's body")
      if record.ifKnown == .report { bytes += record.body.count + RecordSlot.saltSize + RecordSlot.size }
      try check(record.envelope)
      guard ids.insert(record.envelope.event).inserted else {
        throw LogError(
          .invalidBatch, "the batch has the event id \(record.envelope.event) twice: send it once")
      }
    }
    try limit(bytes, LogLimits.batchBytesMax, "plain bytes in a batch")
    try limit(batch.unchanged?.streams.count ?? 0, LogLimits.conditionStreamsMax, "streams in a condition")
  }

  private static func check(_ envelope: Envelope) throws(LogError) {
    guard !envelope.event.isNone, !envelope.stream.isNone else {
      throw LogError(.invalidBatch, "an event has no id or no stream: both must be set")
    }
    guard (Timestamp.earliest...Timestamp.latest).contains(envelope.occurredAt) else {
      throw LogError(.limit, "an event's time is outside the years 0001 to 9999")
    }
  }

  private static func limit(_ found: Int, _ limit: Int, _ what: String) throws(LogError) {
    guard found > limit else { return }
    throw LogError(.limit, "\(found) \(what), \(limit) are allowed: split it, or keep large parts as blobs")
  }
}
