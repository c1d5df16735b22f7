import ParleyEnvelope

@testable import ParleyLog

// An input is a file's parts. A block's are kind, codec, number of records (u16), first record (u32), plain length (u32) and
// the stored bytes; a page's are without the zeros and the checksum that it ends with. As they are, the bytes are what lies
// behind the segment's header.

private let blockHeadByteCount = 12

/// A part of a block, its bytes stored or compressed.
private func block(
  _ kind: SealedBlock.Kind, _ records: Range<Int>, _ plain: [UInt8], isCompressed: Bool,
  _ dictionary: [UInt8] = []
) -> FilePart {
  var head = [kind.rawValue, 0] + short(records.count) + [UInt8](repeating: 0, count: 8)
  head.set(UInt32(records.lowerBound), at: 4)
  head.set(UInt32(plain.count), at: 8)
  guard isCompressed else { return .block(head + plain) }
  let whole = SealedBlock.encoded(
    kind, records: records, plain: plain, dictionary: dictionary, nonce: FrameNonce(.zero),
    with: .high(LZ4HighEncoder(level: 4)))
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
  var parts: [FilePart] = []
  var offset = SegmentHeader.regionByteCount
  func add(_ part: FilePart) -> (offset: Int, byteCount: Int) {
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
  return (parts + FilePart.pages(of: SealedFooter.encoded(content, firstPage: firstPage))).encoded
}

/// The bytes of a sealed segment's file.
func sealedBytes(_ recipe: Recipe, _ input: [UInt8], _ header: SegmentHeader) -> [UInt8] {
  var bytes = header.encodedRegion()
  if recipe.contains(.asIs) { return bytes + input }
  let parts = FilePart.parts(of: input)
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
  var pages = parts.pages
  if recipe.contains(.layout) { layOut(&pages, from: firstPage, places) }
  bytes = bytes.resized(to: firstPage * RunPages.pageByteCount)
  sealPages(&pages, from: firstPage, header.storeID, [header.base.rawValue])
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
