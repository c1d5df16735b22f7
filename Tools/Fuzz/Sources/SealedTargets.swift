import ParleyEnvelope
import ParleySimulation

@testable import ParleyLog

/// Events as records of a sealed segment: in the order of their streams, each with its position.
private struct SealedRecords {
  private(set) var slots: [[UInt8]] = []
  private(set) var contents: [[UInt8]] = []
  private(set) var locals: [UInt32] = []

  /// The golden store's first events, again and again where there are not so many.
  init(_ golden: Golden, count: Int) {
    var known: [(slot: [UInt8], content: [UInt8])] = []
    for frame in golden.plainFrames where known.count < count {
      let decoded = frame.withBytes { FrameHeader.decode($0, at: 0, nonce: golden.header.nonce) }
      guard let header = decoded else { fatalError("no frame") }
      func plain(_ kind: FrameHeader.BlockKind) -> [UInt8] {
        header.blocks(kind).flatMap { block, _ in frame[block.offset..<(block.offset + block.storedCount)] }
      }
      let slots = plain(.envelopes)
      let contents = plain(.contents)
      var start = 0
      for record in 0..<header.count {
        let slot = Array(slots[(record * RecordSlot.size)..<((record + 1) * RecordSlot.size)])
        let length = Int(slot.integer(RecordSlot.contentCount, as: UInt32.self))
        known.append((slot, Array(contents[start..<(start + length)])))
        start += length
      }
    }
    let stream = RecordSlot.envelope..<(RecordSlot.envelope + 16)
    let order = (0..<count).sorted { left, right in
      let (first, second) = (known[left % known.count].slot[stream], known[right % known.count].slot[stream])
      return first.elementsEqual(second) ? left < right : first.lexicographicallyPrecedes(second)
    }
    for number in order {
      slots.append(known[number % known.count].slot)
      contents.append(known[number % known.count].content)
      locals.append(UInt32(number))
    }
  }

  var count: Int { locals.count }

  func stream(_ record: Int) -> StreamID { envelope(record).stream }

  func envelope(_ record: Int) -> Envelope {
    slots[record].withBytes { EnvelopeLayout.load(from: $0, at: RecordSlot.envelope) }
  }

  func envelopes(_ records: Range<Int>) -> [UInt8] {
    Array(slots[records].joined()).withBytes {
      EnvelopeBlock.encoded($0, locals: locals[records], base: .start) ?? []
    }
  }

  func contents(_ records: Range<Int>) -> [UInt8] {
    Array(contents[records].joined()).withBytes {
      ContentBlock.encoded($0, lengths: contents[records].map { UInt32($0.count) }[...])
    }
  }
}

/// A number of two bytes, as inputs have it.
private func short(_ number: Int) -> [UInt8] {
  [UInt8(truncatingIfNeeded: number), UInt8(number >> 8 & 255)]
}

/// Some numbers below a count: the first ones, the last ones, and others between them.
private func samples(below count: Int) -> [Int] {
  guard count > 48 else { return Array(0..<max(0, count)) }
  return Array(0..<16) + stride(from: 16, to: count - 16, by: count / 16) + ((count - 16)..<count)
}

// MARK: - Plain blocks

// An input is the number of records (u16) and the plain bytes.

func envelopeBlockSeeds(_ golden: Golden) -> [[UInt8]] {
  let records = SealedRecords(golden, count: 57)
  return [0..<1, 0..<9, 0..<57].map { short($0.count) + records.envelopes($0) }
}

/// An envelope block: what decodes is encoded again to what decodes to the same slots.
func runEnvelopeBlock(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  guard input.count >= 2 else { return }
  let count = Int(input.integer(0, as: UInt16.self))
  // A segment may begin near the last position that there can be.
  let base = recipe.contains(.chain) ? Position.reachableMax : .start
  let plain = Array(input.dropFirst(2))
  guard let block = plain.withBytes({ EnvelopeSlots($0, count: count, base: base) }) else { return }
  expect(block.count == count && block.locals.count == count, "not as many records as were asked for")
  let slots = allSlots(of: block)
  let again = slots.withBytes { EnvelopeBlock.encoded($0, locals: block.locals[...], base: base) }
  guard let again else { fatalError("slots that are unsound") }
  guard let back = again.withBytes({ EnvelopeSlots($0, count: count, base: base) }) else {
    fatalError("what was encoded again does not decode")
  }
  expect(back.locals == block.locals, "what was encoded again has other positions")
  expect(allSlots(of: back) == slots, "what was encoded again decodes to other slots")
}

private func allSlots(of block: EnvelopeSlots) -> [UInt8] {
  var slots: [UInt8] = []
  for index in 0..<block.count {
    let slot = block.slot(at: index)
    let header = slot.withBytes { RecordSlotHeader($0, at: 0) }
    let keys = slot.withBytes { EnvelopeLayout.loadKeys(from: $0, at: RecordSlot.envelope) }
    expect(header?.contentCount == 0, "a slot of no form")
    expect(keys.stream == block.stream(at: index) && keys.event == block.event(at: index), "other keys")
    if let found = block.index(of: Int(block.locals[index])) {
      expect(found <= index && block.locals[found] == block.locals[index], "another position")
    } else {
      fatalError("a record is not found by its position")
    }
    slots += slot
  }
  return slots
}

func contentBlockSeeds(_ golden: Golden) -> [[UInt8]] {
  let records = SealedRecords(golden, count: 57)
  return [0..<1, 0..<9, 0..<57].map { short($0.count) + records.contents($0) }
}

/// A block of contents, alone and behind other bytes.
func runContentBlock(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  guard input.count >= 2 else { return }
  let count = Int(input.integer(0, as: UInt16.self))
  let plain = Array(input.dropFirst(2))
  let ends = ContentBlock.ends(in: plain, from: 0, count: count)
  let behind = ContentBlock.ends(in: [1, 2, 3] + plain, from: 3, count: count)
  expect(behind == ends.map { $0.map { $0 + 3 } }, "others behind other bytes")
  let block = ContentBlock(plain, count: count)
  expect((block == nil) == (ends == nil), "decoded by one way and not by the other")
  guard let block, let ends else { return }
  expect(block.count == count && ends.count == count + 1, "not as many records as were asked for")
  let heads = Int(ends[0]) - count * ContentBlock.headByteCount
  var contents: [UInt8] = []
  var lengths: [UInt32] = []
  var end = Int(ends[0])
  for index in 0..<count {
    let rest = end..<Int(ends[index + 1])
    expect(block.rest(at: index) == rest, "contents that don't follow each other")
    end = rest.upperBound
    let head = heads + index * ContentBlock.headByteCount
    let content = plain[head..<(head + ContentBlock.headByteCount)] + plain[rest]
    expect(block.contentCount(at: index) == content.count, "another length")
    expect(Array(content).withBytes { block.isEqual(index, to: $0) }, "a content is not itself")
    contents += content
    lengths.append(UInt32(content.count))
  }
  expect(end == plain.count, "bytes of no content")
  let again = contents.withBytes { ContentBlock.encoded($0, lengths: lengths[...]) }
  guard let back = ContentBlock(again, count: count) else {
    fatalError("what was encoded again does not decode")
  }
  var start = 0
  for (index, length) in lengths.enumerated() {
    let content = Array(contents[start..<(start + Int(length))])
    expect(content.withBytes { back.isEqual(index, to: $0) }, "what was encoded again is another content")
    start += Int(length)
  }
}

// MARK: - Sealed segment

// An input is a file's blocks and pages, each a byte that says which of the two, the number of its bytes (u16) and those.
// A block's are kind, codec, number of records (u16), first record (u32), plain length (u32) and the stored bytes; a
// page's are without the zeros and the checksum that it ends with. As they are, the bytes are what lies behind the
// segment's header.

private enum Part { case block([UInt8]), page([UInt8]) }

private func encoded(_ parts: [Part]) -> [UInt8] {
  parts.flatMap { part in
    switch part {
    case .block(let bytes): [0] + short(bytes.count) + bytes
    case .page(let bytes): [1] + short(bytes.count) + bytes
    }
  }
}

private func parts(_ input: [UInt8]) -> [Part] {
  var parts: [Part] = []
  var offset = 0
  while offset + 3 <= input.count, parts.count < 64 {
    let end = min(input.count, offset + 3 + Int(input.integer(offset + 1, as: UInt16.self)))
    let bytes = Array(input[(offset + 3)..<end])
    parts.append(input[offset] & 1 == 0 ? .block(bytes) : .page(bytes))
    offset = end
  }
  return parts
}

/// The pages of a run or a footer, as parts.
private func pages(_ bytes: [UInt8]) -> [Part] {
  stride(from: 0, to: bytes.count, by: RunPages.pageByteCount).map { start in
    let page = bytes[start..<(start + RunPages.roomPerPage)]
    return .page(Array(page.prefix((page.lastIndex { $0 != 0 } ?? start) + 1 - start)))
  }
}

private let blockHeadByteCount = 12

/// A part of a block, its bytes stored or compressed.
private func block(
  _ kind: SealedBlock.Kind, _ records: Range<Int>, _ plain: [UInt8], isCompressed: Bool,
  _ dictionary: [UInt8] = []
) -> Part {
  var head = [kind.rawValue, 0] + short(records.count) + [UInt8](repeating: 0, count: 8)
  head.set(UInt32(records.lowerBound), at: 4)
  head.set(UInt32(plain.count), at: 8)
  guard isCompressed else { return .block(head + plain) }
  let whole = SealedBlock.encoded(
    kind, records: records, plain: plain, dictionary: dictionary, nonce: FrameNonce(.zero),
    with: LZ4HighEncoder(level: 4))
  head[1] = whole[5]
  return .block(head + whole.dropFirst(SealedBlock.headerByteCount))
}

func sealedSeeds(_ golden: Golden) -> [[UInt8]] {
  [
    sealedSeed(golden, count: 6, perBlock: 4, isCompressed: false),
    sealedSeed(golden, count: 57, perBlock: 20, isCompressed: true),
    sealedSeed(golden, count: 600, perBlock: 200, isCompressed: true),
  ]
}

private func sealedSeed(_ golden: Golden, count: Int, perBlock: Int, isCompressed: Bool) -> [UInt8] {
  let records = SealedRecords(golden, count: count)
  let dictionary = Array(records.contents[0].prefix(64))
  var content = SealedFooter.Content(storeID: golden.header.storeID, base: .start, count: count)
  content.places = Array(repeating: 0, count: count)
  var parts: [Part] = []
  var offset = SegmentHeader.regionByteCount
  func add(_ part: Part) -> (offset: Int, byteCount: Int) {
    guard case .block(let bytes) = part else { fatalError("no block") }
    parts.append(part)
    let byteCount = bytes.count - blockHeadByteCount + SealedBlock.headerByteCount
    defer { offset += byteCount }
    return (offset, byteCount)
  }
  func ranges(_ step: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
  }
  content.dictionaries[0] = add(block(.dictionary, 0..<1, dictionary, isCompressed: false)).offset
  for range in ranges(perBlock) {
    let place = add(
      block(.contents, range, records.contents(range), isCompressed: isCompressed, dictionary))
    content.contents.append(
      SealedFooter.BlockPlace(
        offset: place.offset, byteCount: place.byteCount, firstRecord: range.lowerBound))
  }
  for range in ranges(EnvelopeBlock.recordsMax) {
    let place = add(block(.envelopes, range, records.envelopes(range), isCompressed: isCompressed))
    for record in range {
      content.places[Int(records.locals[record])] = UInt16(content.envelopes.count)
      let stream = records.stream(record)
      if content.streams.last?.stream != stream { content.streams.append((stream, record)) }
    }
    content.envelopes.append(
      SealedFooter.BlockPlace(
        offset: place.offset, byteCount: place.byteCount, firstRecord: range.lowerBound))
  }
  content.dictionaries[1] = add(block(.dictionary, 0..<1, dictionary, isCompressed: false)).offset
  content.replaced = [SealedFooter.Replaced(base: .start, nextSequence: 19, lastDigest: .none)]
  let firstPage = (offset + RunPages.pageByteCount - 1) / RunPages.pageByteCount
  return encoded(parts + pages(SealedFooter.encoded(content, firstPage: firstPage)))
}

/// The bytes of a sealed segment's file.
private func sealedBytes(_ recipe: Recipe, _ input: [UInt8], _ header: SegmentHeader) -> [UInt8] {
  var bytes = header.encodedRegion()
  if recipe.contains(.asIs) { return bytes + input }
  let parts = parts(input)
  var places: [UInt8: [(offset: Int, byteCount: Int)]] = [:]
  for case .block(let part) in parts where part.count >= blockHeadByteCount {
    let stored = Array(part.dropFirst(blockHeadByteCount))
    var head = Array("PBLK".utf8) + part.prefix(8) + [UInt8](repeating: 0, count: 16)
    head.set(UInt32(stored.count), at: 12)
    let plainCount: UInt32 = part[1] == 0 ? UInt32(stored.count) : part.integer(8)
    head.set(plainCount, at: 16)
    head.set(CRC32C.of(stored), at: 20)
    head.setChecksum(at: 24, seed: header.nonce.checksum)
    places[part[0], default: []].append((bytes.count, head.count + stored.count))
    bytes += head + stored
  }
  let firstPage = (bytes.count + RunPages.pageByteCount - 1) / RunPages.pageByteCount
  var pages: [[UInt8]] = []
  for case .page(let part) in parts { pages.append(part.resized(to: RunPages.pageByteCount)) }
  if recipe.contains(.layout) { layOut(&pages, from: firstPage, places) }
  bytes = bytes.resized(to: firstPage * RunPages.pageByteCount)
  seal(&pages, from: firstPage, header.storeID, [header.base.rawValue])
  // Without the footer's head the blocks say everything.
  if recipe.contains(.filters), !recipe.contains(.layout) { pages = pages.dropLast() }
  return bytes + pages.joined()
}

/// Puts the places of blocks where the first entries of the first two sections and the dictionary's are, and the sections
/// behind the blocks, as far as they were at other pages before.
private func layOut(
  _ pages: inout [[UInt8]], from firstPage: Int, _ places: [UInt8: [(offset: Int, byteCount: Int)]]
) {
  guard let last = pages.indices.last else { return }
  let known: Int = Int(truncatingIfNeeded: pages[last].integer(96 + 8, as: UInt64.self))
  for section in 0..<6 {
    let offset = 96 + 24 * section + 8
    let number = Int(truncatingIfNeeded: pages[last].integer(offset, as: UInt64.self)) &- known
    guard (0..<pages.count).contains(number) else { continue }
    pages[last].set(UInt64(firstPage + number), at: offset)
    guard section < 2 else { continue }
    let kind = section == 0 ? SealedBlock.Kind.contents : .envelopes
    for (entry, place) in (places[kind.rawValue] ?? []).prefix(300).enumerated() {
      pages[number].set(UInt32(place.offset), at: entry * 12)
      pages[number].set(UInt32(place.byteCount), at: entry * 12 + 4)
    }
  }
  for (copy, place) in (places[SealedBlock.Kind.dictionary.rawValue] ?? []).prefix(2).enumerated() {
    pages[last].set(UInt64(place.offset), at: 80 + 8 * copy)
  }
}

/// Makes the checksums of pages right: over the store's id, some positions, the page's number and the page.
private func seal(_ pages: inout [[UInt8]], from firstPage: Int, _ storeID: Bytes16, _ positions: [UInt64]) {
  var owner = storeID.bytes + [UInt8](repeating: 0, count: 8 * positions.count + 8)
  for (index, position) in positions.enumerated() { owner.set(position, at: 16 + 8 * index) }
  for page in pages.indices {
    owner.set(UInt64(firstPage + page), at: owner.count - 8)
    pages[page].setChecksum(at: RunPages.roomPerPage, seed: CRC32C.of(owner))
  }
}

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
  let damages = accepted { () throws(LogError) in
    _ = try file.dictionaryFindings()
    _ = try segment.manifestEntry()
    _ = try SealedKeys(segment)
    return try file.damages()
  }
  guard let damages else { fatalError("looking for damage is refused") }
  for damage in damages {
    expect(
      damage.positions.allSatisfy { header.base <= $0.lowerBound && $0.upperBound <= segment.end },
      "damage outside the segment: \(damage)")
  }
  let isVerified = isAccepted { () throws(LogError) in
    try file.verifyPages(againstBlocks: damages.isEmpty)
  }
  let lost = readAll(segment)
  checkReplay(of: segment, lost, isWhole: isVerified && damages.isEmpty)
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
  var records: [Position: LogRecord?] = [:]
  for local in samples(below: segment.count) {
    let position = segment.base.advanced(by: local)
    let result = accepted { () throws(LogError) in
      _ = try segment.place(of: position, cache: cache)
      let event = try segment.event(at: position, cache: cache)
      let result = try segment.read(position, cache: cache)
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
  for parts in [ReplayParts.records, .envelopes] {
    for positions in [
      segment.base..<segment.end, segment.base..<segment.base.advanced(by: min(segment.count, 40)),
    ] {
      var next = positions.lowerBound
      let replay = SealedReplay(segment: segment, cache: BlockCache(byteCountMax: 1 << 20), parts: parts)
      do {
        _ = try replay.run(positions) { piece in
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
    }
  }
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

// MARK: - Index run

// An input is the run's pages, as in a directory's.

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
    return encoded(pages(writer.take()))
  }
}

/// Pages of an index run: asked for ids and streams, walked and merged.
func runIndexRun(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  let storeID = golden.header.storeID
  var bytes = input
  var positions = Position.start..<Position(57)
  if !recipe.contains(.asIs) {
    var pages: [[UInt8]] = []
    for case .page(let part) in parts(input) { pages.append(part.resized(to: RunPages.pageByteCount)) }
    guard let head = pages.last else { return }
    let bounds: [UInt64] = [head.integer(24), head.integer(32)]
    if bounds[0] < bounds[1], Position(rawValue: bounds[1]).isReachable {
      positions = Position(rawValue: bounds[0])..<Position(rawValue: bounds[1])
    }
    seal(&pages, from: 0, storeID, [positions.lowerBound.rawValue, positions.upperBound.rawValue])
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
  let merge = RunMerge(runs: [run], segments: [], storeID: storeID, storage: storage, isCancelled: { false })
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
