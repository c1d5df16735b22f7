import ParleyEnvelope
import ParleySimulation

@testable import ParleyLog

// An input is the run's pages, each the number of its bytes (u16) and those, without the zeros and the checksum that
// it ends with. As they are, the bytes are the file.

func directorySeeds(_ golden: Golden) -> [[UInt8]] {
  let file = golden.bytes(Golden.directoryPath)
  var seed: [UInt8] = []
  for start in stride(from: 0, to: file.count, by: RunPages.pageByteCount) {
    let page = file[start..<(start + RunPages.roomPerPage)]
    let used = page.prefix((page.lastIndex { $0 != 0 } ?? start) + 1 - start)
    seed += [UInt8(truncatingIfNeeded: used.count), UInt8(used.count >> 8)] + used
  }
  return [seed]
}

/// The file of an input.
private func directoryBytes(_ recipe: Recipe, _ input: [UInt8], _ header: SegmentHeader) -> [UInt8] {
  if recipe.contains(.asIs) { return input }
  var pages: [[UInt8]] = []
  var rest = input[...]
  while rest.count >= 2, pages.count < 64 {
    let count = (Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8) % (RunPages.roomPerPage + 1)
    pages.append(Array(rest.prefix(count)).resized(to: RunPages.pageByteCount))
    rest = rest.dropFirst(count)
  }
  if recipe.contains(.filters), let head = pages.first {
    for section in [4, 5] {
      let first = head.integer(48 + 24 * section + 8, as: UInt64.self)
      guard first > 0, first < pages.count else { continue }
      pages[Int(first)].replaceSubrange(0..<4_032, with: repeatElement(0xff, count: 4_032))
    }
  }
  // The checksum is of the store's id, the base, the page's number and the page.
  var owner = header.storeID.bytes + [UInt8](repeating: 0, count: 16)
  owner.set(header.base.rawValue, at: 16)
  for page in pages.indices {
    owner.set(UInt64(page), at: 24)
    pages[page].setChecksum(at: RunPages.roomPerPage, seed: CRC32C.of(owner))
  }
  return Array(pages.joined())
}

/// The ids that two sections begin with, whatever they are, and one that nobody has.
private func ids(in file: [UInt8]) -> [Bytes16] {
  var ids = [Bytes16(high: 1 << 63, low: 0)]
  guard file.count >= RunPages.pageByteCount else { return ids }
  for (section, entryByteCount) in [(0, 20), (1, 24)] {
    let first = file.integer(48 + 24 * section + 8, as: UInt64.self)
    guard first < UInt64(file.count / RunPages.pageByteCount) else { continue }
    for entry in 0..<8 {
      let offset = Int(first) * RunPages.pageByteCount + entry * entryByteCount
      if let id = Bytes16(file[offset..<(offset + 16)]) { ids.append(id) }
    }
  }
  return ids
}

/// A directory's pages: opened, asked everything, and asked by a segment that has it.
func runDirectory(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  let header = golden.header
  let bytes = directoryBytes(recipe, input, header)
  let storage = SimulatedStorage()
  storage.disk.replace("directory", with: bytes)
  storage.disk.replace("segment", with: golden.bytes(Golden.segmentPath))
  let opened = accepted { () throws(LogError) in
    try SegmentDirectory(path: "directory", storage: storage, storeID: header.storeID, base: header.base)
  }
  guard let directory = opened, let file = try? storage.open("segment", .read) else { return }
  _ = accepted { () throws(LogError) in try directory.verify() }
  _ = accepted { () throws(LogError) in try check(try directory.frames(), of: directory) }
  let ids = ids(in: bytes)
  for id in ids {
    _ = accepted { () throws(LogError) in
      let local = try directory.local(of: EventID(rawValue: id))
      expect(local ?? 0 < max(1, directory.count), "an event that the segment does not have")
    }
    _ = accepted { () throws(LogError) in
      let stream = StreamID(rawValue: id)
      let locals = try directory.locals(of: stream, before: .max, last: .max)
      expect(locals.allSatisfy { $0 < directory.count }, "an event that the segment does not have")
      expect(locals.count <= bytes.count / 4, "more events of a stream than there is room for")
      expect(try directory.tail(of: stream) == locals.last, "the last event is another")
      expect(try directory.locals(of: stream, before: .max, last: 2) == locals.suffix(2), "not the last two")
    }
  }
  checkSegment(
    FrameSegment(path: "segment", file: file, header: header, directory: directory), ids)
}

private func check(_ list: FrameList, of directory: SegmentDirectory) throws(LogError) {
  expect(list.count == directory.count && list.endOffset == directory.segmentEnd, "other ends")
  for index in list.frames.indices {
    expect(list.events(of: index).upperBound <= list.count, "a frame behind the last event")
    expect(list.bytes(of: index).upperBound <= list.endOffset, "a frame behind the segment's end")
  }
}

/// A segment with a directory that may lie: it finds events or damage, never anything else.
private func checkSegment(_ segment: FrameSegment, _ ids: [Bytes16]) {
  let cache = BlockCache(byteCountMax: 1 << 20)
  for id in ids {
    _ = accepted { () throws(LogError) in
      _ = try segment.position(of: EventID(rawValue: id))
      _ = try segment.positions(of: StreamID(rawValue: id), before: segment.end, last: 5)
      _ = try segment.tail(of: StreamID(rawValue: id))
    }
  }
  for local in [0, 1, 2, 30, 56, 57, segment.count / 2, segment.count - 1]
  where (0..<segment.count).contains(local) {
    let position = segment.base.advanced(by: local)
    let isAnswered = isAccepted { () throws(LogError) in
      _ = try segment.place(of: position, cache: cache)
      _ = try segment.read(position, cache: cache)
    }
    expect(isAnswered, "reading \(position) is refused")
  }
  _ = accepted { () throws(LogError) in try segment.hiddenLocals() }
}
