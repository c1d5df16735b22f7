import ParleyEnvelope

/// A batch checked against the limits, with the salts of its records. The records are the caller's own: nothing of
/// them is copied before they stand in a block.
struct PreparedBatch: Sendable {
  let records: [NewRecord]
  /// The ids of each record.
  let keys: [EventKeys]
  let unchanged: UnchangedCondition?
  /// Bytes before encoding.
  let plainCount: Int
  private let salts: [UInt8]
  /// The contents of a large batch, being encoded.
  private let contents: BatchContents?

  init(_ batch: AppendBatch, random: (Int) -> [UInt8]) throws(LogError) {
    let (keys, contentCount) = try Self.checked(batch)
    self.keys = keys
    records = batch.records
    unchanged = batch.unchanged
    salts = random(records.count * RecordSlot.saltSize)
    plainCount = records.count * RecordSlot.size + contentCount
    contents = contentCount >= BatchContents.byteCountMin ? BatchContents(records, salts: salts) : nil
  }

  /// Appends those of its records that are stored to a frame, with what the log sets in their envelopes.
  func append(_ placed: [GroupPlan.Placed], recordedAt: Timestamp, to builder: inout FrameBuilder) {
    guard let contents, placed.count == records.count else {
      cancel()
      for event in placed {
        append(event.index, RecordPlacing(recordedAt: recordedAt, previous: event.previous), to: &builder)
      }
      return
    }
    builder.append(contents)
    for event in placed {
      builder.append(
        records[event.index].envelope, RecordPlacing(recordedAt: recordedAt, previous: event.previous),
        contentCount: RecordSlot.saltSize + records[event.index].body.count)
    }
  }

  /// Ends what was begun for a batch of which nothing is stored.
  func cancel() { contents?.cancel() }

  private func append(_ index: Int, _ placing: RecordPlacing, to builder: inout FrameBuilder) {
    let salt = index * RecordSlot.saltSize..<(index + 1) * RecordSlot.saltSize
    salts.withBytes { salts in
      records[index].body.withBytes { body in
        builder.append(records[index].envelope, placing, salt: salts.extracting(salt), body: body)
      }
    }
  }

  /// The ids of a batch's records and the bytes of their salts and bodies, all of it within the limits.
  private static func checked(_ batch: AppendBatch) throws(LogError) -> ([EventKeys], contentCount: Int) {
    guard !batch.records.isEmpty else {
      throw LogError(.invalidBatch, "the batch is empty: append at least one event")
    }
    try limit(
      batch.records.count, LogLimits.frameEventsMax, "events in a batch with those that the store adds to it")
    // What the store adds by itself counts in no other limit: nobody could foresee it.
    var counted = 0
    var bytes = 0
    var contentCount = 0
    var keys: [EventKeys] = []
    keys.reserveCapacity(batch.records.count)
    var ids = KeyTable(capacity: batch.records.count)
    // By index, not by element: a record is 160 bytes and a reference to copy.
    for index in batch.records.indices {
      let bodyCount = batch.records[index].body.count
      try limit(bodyCount, LogLimits.bodyBytesMax, "bytes in an event's body")
      if batch.records[index].ifKnown == .report {
        counted += 1
        bytes += bodyCount + RecordSlot.saltSize + RecordSlot.size
      }
      contentCount += RecordSlot.saltSize + bodyCount
      let key = try checked(batch.records[index].envelope)
      guard ids.insert(key.event.rawValue).isNew else {
        throw LogError(.invalidBatch, "the batch has the event id \(key.event) twice: send it once")
      }
      keys.append(key)
    }
    try limit(counted, LogLimits.batchEventsMax, "events in a batch")
    try limit(bytes, LogLimits.batchBytesMax, "plain bytes in a batch")
    try limit(batch.unchanged?.streams.count ?? 0, LogLimits.conditionStreamsMax, "streams in a condition")
    return (keys, contentCount)
  }

  private static func checked(_ envelope: Envelope) throws(LogError) -> EventKeys {
    guard !envelope.event.isNone, !envelope.stream.isNone else {
      throw LogError(.invalidBatch, "an event has no id or no stream: both must be set")
    }
    guard (Timestamp.earliest...Timestamp.latest).contains(envelope.occurredAt) else {
      throw LogError(.limit, "an event's time is outside the years 0001 to 9999")
    }
    return EventKeys(stream: envelope.stream, event: envelope.event)
  }

  private static func limit(_ found: Int, _ limit: Int, _ what: String) throws(LogError) {
    guard found > limit else { return }
    throw LogError(.limit, "\(found) \(what), \(limit) are allowed: split it, or keep large parts as blobs")
  }
}
