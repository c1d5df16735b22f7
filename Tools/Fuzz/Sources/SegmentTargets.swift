import ParleyEnvelope
import ParleySimulation

@testable import ParleyLog

/// What lies behind a segment's header: all frames as they are, and few of them uncompressed.
func segmentSeeds(_ golden: Golden) -> [[UInt8]] {
  let plain = golden.plainFrames
  return [
    Array(golden.frames.joined()), Array(plain.prefix(3).joined()), Array(golden.frames.prefix(2).joined()),
    plain[0] + golden.frames[1] + [UInt8](repeating: 0, count: 128),
  ]
}

/// The bytes of a segment's file.
private func segmentBytes(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) -> [UInt8] {
  var bytes = golden.header.encodedRegion() + input
  var repair = FrameRepair(golden.header, recipe)
  if !recipe.contains(.asIs) { repair.repairAll(&bytes, from: SegmentHeader.regionByteCount) }
  return bytes
}

/// So many numbers below a count, its ends among them.
private func samples(below count: Int, atMost limit: Int = 512) -> [Int] {
  if count <= limit { return Array(0..<max(0, count)) }
  return stride(from: 0, to: count, by: count / limit + 1) + [count - 1]
}

// MARK: - Scan

/// A scan of a segment, reading every event it claims, and the directory made from it.
func runSegment(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  let header = golden.header
  let bytes = segmentBytes(recipe, input, golden)
  let storage = SimulatedStorage()
  storage.disk.replace("segment", with: bytes)
  guard let file = try? storage.open("segment", .read) else { return }
  var scan = SegmentScan(
    path: "segment", file: file, header: header, trustedOffset: recipe.contains(.durable) ? .max : 0,
    limit: .max)
  guard isAccepted({ () throws(LogError) in try scan.run() }) else { return }
  let index = scan.index
  expect(scan.offset <= bytes.count, "the scan ends at \(scan.offset) of \(bytes.count) bytes")
  expect(index.count <= FrameList.eventsMax, "\(index.count) events in \(bytes.count) bytes")
  for damage in scan.damages {
    expect(damage.offset < bytes.count && damage.positions.upperBound <= scan.head, "\(damage)")
  }
  let segment = FrameSegment(path: "segment", file: file, header: header, index: index)
  let records = readAll(segment)
  storage.disk.replace(
    "directory",
    with: SegmentDirectory.encoded(index.directoryContent(), storeID: header.storeID, base: header.base))
  let directory = accepted { () throws(LogError) in
    try SegmentDirectory(path: "directory", storage: storage, storeID: header.storeID, base: header.base)
  }
  guard let directory else { fatalError("a directory just made can't be opened") }
  let isSame = isAccepted { () throws(LogError) in
    try directory.verify()
    try expectSame(directory, index, records.map(\.envelope))
  }
  expect(isSame, "a directory just made is damaged")
}

/// Every event that can be read, or those of a sample where there are many.
private func readAll(_ segment: FrameSegment) -> [LogRecord] {
  let cache = BlockCache(byteCountMax: 1 << 20)
  var records: [LogRecord] = []
  for local in samples(below: segment.count) {
    let position = segment.base.advanced(by: local)
    let result = accepted { () throws(LogError) in
      _ = try segment.place(of: position, cache: cache)
      return try segment.read(position, cache: cache)
    }
    switch result {
    case .record(let record):
      expect(record.position == position, "another event than the one asked for")
      records.append(record)
    case .damaged(let damage): expect(damage.positions.contains(position), "\(position) is in no \(damage)")
    case nil: fatalError("reading \(position) is refused")
    }
  }
  return records
}

private func expectSame(_ directory: SegmentDirectory, _ index: ActiveIndex, _ envelopes: [Envelope])
  throws(LogError)
{
  expect(directory.count == index.count && directory.streamCount == index.streamCount, "other counts")
  expect(try directory.frames() == index.frames, "other frames")
  for envelope in envelopes {
    let local = try directory.local(of: envelope.event)
    expect(local == index.local(of: envelope.event), "an event in two places")
    let locals = try directory.locals(of: envelope.stream, before: index.count, last: 3)
    expect(
      locals == index.locals(of: envelope.stream, before: index.count, last: 3), "other events of a stream")
  }
}

// MARK: - Store

/// A store with this segment: read by every way, then opened for appending, appended to and read again.
func runStore(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  let bytes = segmentBytes(recipe, input, golden)
  var disk = golden.disk
  disk.replace(Golden.segmentPath, with: bytes)
  // Else the segment is a complete one with a directory and a successor, which this one may not fit.
  if !recipe.contains(.filters) {
    for path in disk.paths where path.hasSuffix("57.seg") || path.hasSuffix(".dir") || path.hasPrefix("MANI")
    {
      disk.lose(path)
    }
    disk.lose(Watermark.path)
    if recipe.contains(.durable) {
      let mark = Watermark(
        generation: 1, storeID: golden.header.storeID, segment: .start, durableOffset: bytes.count,
        head: Position(57), nextSequence: 19, lastDigest: .none)
      disk.replace(Watermark.path, with: mark.encoded())
    }
  }
  let reader = accepted { () throws(LogError) in
    try EventLog.openForReading(environment: SimulatedStorage(disk).environment())
  }
  if let reader { checkReading(reader) }
  checkAppending(SimulatedStorage(disk))
}

private func checkReading(_ log: EventLog) {
  guard let findings = accepted({ () throws(LogError) in try log.verify() }) else {
    fatalError("verification is refused")
  }
  // Damage, and a directory that lies, may hide whose an event is.
  let isWhole = !findings.contains { $0.file.hasPrefix(FrameSegment.directory) }
  var replayed: [Position: (envelope: Envelope, body: [UInt8]?)] = [:]
  var next = Position.start
  replay(log, .records) { batch in
    expect(batch.first >= next, "a batch before the one before it")
    for index in 0..<batch.count {
      replayed[batch.position(at: index)] = (batch.envelope(at: index), batch.body(at: index))
    }
    next = batch.end
  }
  expect(next <= log.head, "events behind the head")
  replay(log, .envelopes) { batch in
    for index in 0..<batch.count {
      let known = replayed[batch.position(at: index)]
      expect(known?.envelope == batch.envelope(at: index), "a replay of envelopes alone has another one")
    }
  }
  for local in samples(below: log.head.rawValue > 1 << 20 ? 0 : Int(log.head.rawValue)) {
    let position = Position(local)
    let result = accepted { () throws(LogError) in try log.read([position])[0] }
    switch result {
    case .record(let record):
      let known = replayed[position]
      expect(known?.envelope == record.envelope, "\(position) has another envelope in a replay")
      expect(known?.body == record.body, "\(position) has another body in a replay")
      let found = accepted { () throws(LogError) in
        expect(
          try log.positions(of: record.envelope.stream).contains(position) || !isWhole,
          "\(position) is not in its stream"
        )
        return try log.position(of: record.envelope.event)
      }
      expect(found != nil, "\(position) is not found by its id")
    case .damaged(let damage):
      expect(damage.positions.contains(position), "\(position) is in no \(damage)")
      expect(replayed[position]?.body == nil, "\(position) can't be read, but replayed")
    case nil: fatalError("reading \(position) is refused")
    }
  }
}

private func replay(_ log: EventLog, _ parts: ReplayParts, _ body: (EventBatch) -> Void) {
  do {
    try log.replay(parts) { piece in
      if case .events(let batch) = piece { body(batch) }
      return .proceed
    }
  } catch {
    fatalError("a replay is refused: \(error)")
  }
}

private func checkAppending(_ storage: SimulatedStorage) {
  let environment = storage.environment()
  let options = LogOptions(upkeep: .inline)
  var envelope = Envelope()
  envelope.stream = StreamID(rawValue: Bytes16(high: .max, low: 76))
  envelope.event = EventID(rawValue: Bytes16(high: .max, low: 77))
  let record = NewRecord(envelope: envelope, body: [1, 2, 3])
  let appended = accepted { () throws(LogError) -> Position? in
    let log = try EventLog.openForAppending(environment: environment, options: options)
    defer { log.close() }
    let head = log.head
    let outcome = try log.append(AppendBatch([record]))
    expect(outcome == .stored([head]), "a new event behind \(head) is \(outcome)")
    return head
  }
  guard case let position?? = appended else { return }
  let result = accepted { () throws(LogError) in
    try EventLog.openForReading(environment: environment, options: options).read([position])[0]
  }
  guard case .record(let found) = result else {
    fatalError("an event just appended can't be read: \(result as Any)")
  }
  expect(
    found.body == record.body && found.envelope.event == envelope.event, "another event than was appended")
}
