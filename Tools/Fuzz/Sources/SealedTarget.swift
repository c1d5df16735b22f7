import ParleyEnvelope
import ParleySimulation

@testable import ParleyLog

/// A sealed segment: opened, asked everything, replayed and verified.
func runSealed(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  var header = golden.header
  header.form = .sealed
  let bytes = sealedBytes(recipe, input, header)
  let storage = SimulatedStorage()
  storage.disk.replace("sealed", with: bytes)
  guard let file = try? storage.open("sealed", .read) else { return }
  let footer = accepted { () throws(LogError) in
    try SealedFooter.read(from: file, storeID: header.storeID, base: header.base)
  }
  // The manifest says the count, maybe another.
  var count = footer.flatMap { $0?.count } ?? 57
  if recipe.contains(.filters), !recipe.contains(.chain) { count += 1 }
  // What claims far more events than it has costs memory and time by their number, within the limit.
  guard count <= 1 << 14 else { return }
  let positions = header.base..<header.base.advanced(by: count)
  storage.disk.replace(SealedSegment.path(positions), with: bytes)
  let segment = SealedSegment(
    positions, byteCount: bytes.count,
    SealedFiles(storage, storeID: header.storeID, mayBeReplaced: false))
  guard let opened = accepted({ () throws(LogError) in try segment.file() }), let file = opened else {
    return
  }
  check(segment, file)
  let findings = accepted { () throws(LogError) in
    _ = try segment.manifestEntry()
    _ = try SealedKeys(segment)
    return try SealedVerification.findings(in: file)
  }
  guard let findings else { fatalError("looking for damage is refused") }
  for finding in findings {
    expect(
      finding.positions.allSatisfy { header.base <= $0.lowerBound && $0.upperBound <= segment.end },
      "damage outside the segment: \(finding)")
  }
  checkReplay(of: segment, readAll(segment), isWhole: findings.isEmpty)
}

/// Some numbers below a count: the first ones, the last ones, and others between them.
private func samples(below count: Int) -> [Int] {
  guard count > 48 else { return Array(0..<max(0, count)) }
  return Array(0..<16) + stride(from: 16, to: count - 16, by: count / 16) + ((count - 16)..<count)
}

/// Every place that a block's is, and every stream.
private func check(_ segment: SealedSegment, _ file: SealedFile) {
  let cache = BlockCache(byteCountMax: 1 << 20)
  var streams: Set<StreamID> = [StreamID(rawValue: Bytes16(high: 1 << 63, low: 0))]
  for block in file.envelopes.indices {
    let records = file.records(ofEnvelopeBlock: block)
    expect(records.upperBound <= segment.count && !records.isEmpty, "records outside the segment")
    let decoded = accepted { () throws(LogError) in try file.envelopeBlock(block, cache: cache) }
    guard let envelopes = decoded.flatMap({ $0 }) else { continue }
    expect(envelopes.count == records.count, "a block of another number of records")
    for index in 0..<envelopes.count where streams.count < 16 { streams.insert(envelopes.stream(at: index)) }
  }
  for record in samples(below: segment.count) {
    let block = file.contentBlock(of: record)
    expect(file.records(ofContentBlock: block).contains(record), "a record is not in its block of contents")
  }
  for stream in streams {
    let answer = accepted { () throws(LogError) -> [Position] in
      let all = try segment.positions(of: stream, before: segment.end, last: .max, cache: cache)
      let two = try segment.positions(of: stream, before: segment.end, last: 2, cache: cache)
      // Which are the last two says the order of records, which a writer keeps.
      expect(two.count == min(2, all.count) && Set(all).isSuperset(of: two), "not two of them")
      return all
    }
    guard let positions = answer else { fatalError("asking for a stream is refused") }
    expect(
      positions.allSatisfy { segment.base <= $0 && $0 < segment.end }, "an event outside the segment")
    expect(positions == positions.sorted(), "a stream in no order")
  }
}

/// Reads what there is, and says what is lost of it.
private func readAll(_ segment: SealedSegment) -> [Position: LogRecord?] {
  let cache = BlockCache(byteCountMax: 1 << 20)
  var cursor = SealedCursor(cache)
  var records: [Position: LogRecord?] = [:]
  for local in samples(below: segment.count) {
    let position = segment.base.advanced(by: local)
    let result = accepted { () throws(LogError) in
      _ = try segment.place(of: position, cache: cache)
      let event = try segment.event(at: position, cache: cache)
      let result = try cursor.read(position, in: segment)
      if case .record(let record) = result { expect(record.envelope.event == event, "another event's id") }
      return result
    }
    switch result {
    case .record(let record):
      expect(record.position == position, "another event than the one asked for")
      records[position] = .some(record)
    case .damaged(let damage):
      expect(damage.positions.contains(position), "\(position) is in no \(damage)")
      records[position] = .some(nil)
    case nil: fatalError("reading \(position) is refused")
    }
  }
  return records
}

private func checkReplay(of segment: SealedSegment, _ known: [Position: LogRecord?], isWhole: Bool) {
  var window = SealedWindow()
  for parts in [ReplayParts.records, .envelopes] {
    for positions in [
      segment.base..<segment.end, segment.base..<segment.base.advanced(by: min(segment.count, 40)),
    ] {
      var next = positions.lowerBound
      let replay = SealedReplay(
        segment: segment, cache: BlockCache(byteCountMax: 1 << 20), parts: parts, order: .position)
      do {
        _ = try replay.run(positions, in: &window) { piece in
          switch piece {
          case .events(let batch):
            expect(batch.first == next && batch.count > 0, "a replay goes from \(next) to \(batch.first)")
            next = batch.end
            for index in 0..<batch.count { check(batch, index, known, parts, isWhole: isWhole) }
          case .damage(let damage):
            expect(
              !damage.positions.isEmpty && positions.lowerBound <= damage.positions.lowerBound
                && damage.positions.upperBound <= positions.upperBound, "damage outside: \(damage)")
            if damage.positions.upperBound > next {
              expect(damage.positions.lowerBound == next, "a replay leaves out \(next)")
              next = damage.positions.upperBound
            }
          }
          return .proceed
        }
      } catch { fatalError("a replay is refused: \(error)") }
      expect(next == positions.upperBound, "a replay ends at \(next)")
      checkReplayByStream(of: segment, positions, parts, known, isWhole: isWhole)
    }
  }
}

/// Every position once: as an event, or as damage, or as both where only its body is lost.
private func checkReplayByStream(
  of segment: SealedSegment, _ positions: Range<Position>, _ parts: ReplayParts,
  _ known: [Position: LogRecord?], isWhole: Bool
) {
  var window = SealedWindow()
  var events = Set<Position>()
  var lost = Set<Position>()
  let replay = SealedReplay(
    segment: segment, cache: BlockCache(byteCountMax: 1 << 20), parts: parts, order: .stream)
  do {
    _ = try replay.run(positions, in: &window) { piece in
      switch piece {
      case .events(let batch):
        for index in 0..<batch.count {
          expect(events.insert(batch.position(at: index)).inserted, "a replay by stream has an event twice")
          check(batch, index, known, parts, isWhole: isWhole)
        }
      case .damage(let damage):
        for place in 0..<damage.positions.count {
          lost.insert(damage.positions.lowerBound.advanced(by: place))
        }
      }
      return .proceed
    }
  } catch { fatalError("a replay by stream is refused: \(error)") }
  let all = events.union(lost)
  expect(
    all.count == positions.count && all.allSatisfy { positions.contains($0) },
    "a replay by stream has \(all.count) of \(positions.count) events")
}

private func check(
  _ batch: EventBatch, _ index: Int, _ known: [Position: LogRecord?], _ parts: ReplayParts, isWhole: Bool
) {
  let envelope = batch.envelope(at: index)
  let body = batch.body(at: index)
  // A footer that lies finds other records than the blocks have.
  guard isWhole, let record = known[batch.position(at: index)].flatMap({ $0 }) else { return }
  expect(envelope == record.envelope, "a replay has another envelope")
  expect(body == (parts == .records ? record.body : nil), "a replay has another body")
}
