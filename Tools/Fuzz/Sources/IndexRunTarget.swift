import ParleyEnvelope
import ParleySimulation

@testable import ParleyLog

// An input is the run's pages.

func runSeeds(_ golden: Golden) -> [[UInt8]] {
  [57, 700].map { count in
    let records = SealedRecords(golden, count: count)
    var writer = IndexRunWriter(
      Position.start..<Position(count), segmentCount: 1, storeID: golden.header.storeID)
    let events = (0..<count).map {
      IndexRun.EventEntry(
        fingerprint: IndexRun.fingerprint(of: records.envelope($0).event), local: records.locals[$0])
    }
    for entry in events.sorted() { writer.append(entry) }
    for local in 0..<UInt32(count / 2) {
      let record = Int(local) % 57
      let id = local < 57 ? records.stream(record).rawValue : Bytes16(high: .max, low: UInt64(local))
      writer.append(IndexRun.StreamEntry(stream: StreamID(rawValue: id), local: local))
    }
    guard isAccepted({ () throws(LogError) in try writer.finish() }) else { fatalError("no run") }
    return FilePart.pages(of: writer.take()).encoded
  }
}

/// Pages of an index run: asked for ids and streams, walked and merged.
func runIndexRun(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  let storeID = golden.header.storeID
  var bytes = input
  var positions = Position.start..<Position(57)
  if !recipe.contains(.asIs) {
    var pages = FilePart.parts(of: input).pages
    guard let head = pages.last else { return }
    let bounds: [UInt64] = [head.integer(24), head.integer(32)]
    if bounds[0] < bounds[1], Position(rawValue: bounds[1]).isReachable {
      positions = Position(rawValue: bounds[0])..<Position(rawValue: bounds[1])
    }
    sealPages(&pages, from: 0, storeID, [positions.lowerBound.rawValue, positions.upperBound.rawValue])
    bytes = Array(pages.joined())
  }
  let storage = SimulatedStorage()
  try? storage.createDirectory(IndexRun.directory)
  storage.disk.replace(IndexRun.path(positions), with: bytes)
  let run = IndexRun(positions: positions, segmentCount: 1, storeID: storeID, storage: storage)
  guard accepted({ () throws(LogError) in try run.isOpenable() }) == true else { return }
  _ = accepted { () throws(LogError) in try run.verify() }
  var keys = golden.keys
  keys.append(EventKeys(stream: StreamID(rawValue: .zero), event: EventID(rawValue: .zero)))
  let wanted = IndexRun.wanted(keys)
  for wanted in [wanted, wanted.reversed()] {
    _ = accepted { () throws(LogError) in
      try run.forEachCandidate(of: wanted) { place, position throws(LogError) in
        expect(positions.contains(position), "\(position) is not the run's")
      }
    }
  }
  for key in keys {
    let tails = accepted { () throws(LogError) in try run.tails(of: key.stream) }
    expect((tails ?? []).allSatisfy { positions.contains($0) }, "a tail that is not the run's")
  }
  walk(run)
  merge(run, storeID, storage)
}

private func walk(_ run: IndexRun) {
  _ = accepted { () throws(LogError) in
    var cursor = RunCursor<IndexRun.EventEntry>(run)
    var last: IndexRun.EventEntry?
    while let entry = try cursor.take() {
      expect(Int(entry.local) < run.positions.count, "an event that is not the run's")
      expect(last.map { $0 <= entry } ?? true, "events in no order")
      last = entry
    }
  }
  _ = accepted { () throws(LogError) in
    var cursor = RunCursor<IndexRun.StreamEntry>(run)
    var last: IndexRun.StreamEntry?
    while let entry = try cursor.take() {
      expect(Int(entry.local) < run.positions.count, "a stream's event that is not the run's")
      expect(last.map { $0 <= entry } ?? true, "streams in no order")
      last = entry
    }
  }
  _ = accepted { () throws(LogError) in try run.holds([]) }
}

private func merge(_ run: IndexRun, _ storeID: Bytes16, _ storage: SimulatedStorage) {
  guard run.positions.count <= 1 << 20 else { return }
  let segment = SealedSegment(
    run.positions, byteCount: 0, SealedFiles(storage, storeID: storeID, mayBeReplaced: false))
  let merge = RunMerge(
    runs: [run], segments: [segment], storeID: storeID, storage: storage, isCancelled: { false })
  guard accepted({ () throws(LogError) in try merge.write(to: "index/merged.new") }) == true else { return }
  let bytes = storage.disk.bytes(of: "index/merged.new") ?? []
  let copy = SimulatedStorage()
  copy.disk.replace(run.path, with: bytes)
  let again = IndexRun(positions: run.positions, segmentCount: 1, storeID: storeID, storage: copy)
  let isSame = isAccepted { () throws(LogError) in
    try again.verify()
    var (old, new) = (RunCursor<IndexRun.EventEntry>(run), RunCursor<IndexRun.EventEntry>(again))
    while let entry = try old.take() { expect(try new.take() == entry, "a merged run has another event") }
    expect(try new.take() == nil, "a merged run has more events")
  }
  expect(isSame, "a run just merged is damaged")
}
