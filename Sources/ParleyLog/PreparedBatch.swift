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
    let count = batch.records.count
    let salts = random(count * RecordSlot.saltSize)
    var byteCount = salts.count
    // By index, not by element, here and below: a record is 160 bytes and a reference to copy.
    for index in 0..<count { byteCount += batch.records[index].body.count }
    contents.reserveCapacity(byteCount)
    envelopes.reserveCapacity(count)
    contentCounts.reserveCapacity(count)
    skipsKnown.reserveCapacity(count)
    for index in 0..<count {
      envelopes.append(batch.records[index].envelope)
      contents.append(contentsOf: salts[(index * RecordSlot.saltSize)..<((index + 1) * RecordSlot.saltSize)])
      contents.append(contentsOf: batch.records[index].body)
      contentCounts.append(RecordSlot.saltSize + batch.records[index].body.count)
      skipsKnown.append(batch.records[index].ifKnown == .skip)
    }
    unchanged = batch.unchanged
  }

  private static func check(_ batch: AppendBatch) throws(LogError) {
    guard !batch.records.isEmpty else {
      throw LogError(.invalidBatch, "the batch is empty: append at least one event")
    }
    // What the store adds by itself counts in no limit: nobody could foresee it.
    var counted = 0
    var bytes = 0
    var ids = KeyTable(capacity: batch.records.count)
    for index in batch.records.indices {
      let bodyCount = batch.records[index].body.count
      try limit(bodyCount, LogLimits.bodyBytesMax, "bytes in an event's body")
      if batch.records[index].ifKnown == .report {
        counted += 1
        bytes += bodyCount + RecordSlot.saltSize + RecordSlot.size
      }
      try check(batch.records[index].envelope)
      guard ids.insert(batch.records[index].envelope.event.rawValue).isNew else {
        throw LogError(
          .invalidBatch,
          "the batch has the event id \(batch.records[index].envelope.event) twice: send it once")
      }
    }
    try limit(counted, LogLimits.batchEventsMax, "events in a batch")
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
