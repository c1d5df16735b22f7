import ParleyEnvelope

@testable import ParleyLog

// MARK: - LZ4

/// Four bytes of plain length, then a block.
func lz4Seeds(_ golden: Golden) -> [[UInt8]] {
  golden.frames.prefix(3).flatMap { frame in
    frame.withBytes { span in
      (FrameHeader.decode(span, at: 0, nonce: golden.header.nonce)?.blocks ?? []).filter { $0.codec == .lz4 }
        .map { block in
          var seed = [UInt8](repeating: 0, count: 4)
          seed.set(UInt32(block.plainCount), at: 0)
          return seed + span.copy(block.offset..<(block.offset + block.storedCount))
        }
    }
  }
}

func runLZ4(_ recipe: Recipe, _ bytes: [UInt8], _ golden: Golden) {
  guard bytes.count >= 4 else { return }
  let plainCount = Int(bytes.integer(0, as: Int32.self)) % (2 << 20)
  let stored = Array(bytes.dropFirst(4))
  var output: [UInt8] = [1, 2, 3]
  let isDecoded = stored.withBytes { LZ4.decode($0, plainCount: plainCount, appendingTo: &output) }
  expect(output.count == 3 + (isDecoded ? plainCount : 0), "not exactly the plain length")
  expect(output.prefix(3) == [1, 2, 3], "what was there changed")
  guard isDecoded else { return }
  let plain = Array(output.dropFirst(3))
  var again: [UInt8] = []
  let encoder = LZ4Encoder()
  if plain.withBytes({ encoder.encode($0, appendingTo: &again) }) != nil {
    let back = again.withBytes { LZ4.decode($0, plainCount: plainCount) }
    expect(again.count < plainCount && back == plain, "what was encoded again decodes to other bytes")
  }
}

// MARK: - Slots

func slotSeeds(_ golden: Golden) -> [[UInt8]] {
  golden.plainFrames.prefix(2).map { frame in
    let start = Int(frame.integer(80, as: UInt32.self))
    return Array(frame[start..<(start + RecordSlot.size)])
  }
}

func runSlot(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  let bytes = input.resized(to: RecordSlot.size)
  let isSound = bytes.withBytes { EnvelopeLayout.isSound($0, at: RecordSlot.envelope) }
  let header = bytes.withBytes { RecordSlotHeader($0, at: 0) }
  let lengths = FrameHeader.contentLengths(bytes, count: 1)
  expect(lengths == (isSound ? header.map { [$0.contentCount] } : nil), "the length is not the slot's")
  guard isSound, let header else { return }
  expect(
    (0...FrameHeader.Block.plainCountMax).contains(header.contentCount), "a content larger than one may be")
  let envelope = bytes.withBytes { EnvelopeLayout.load(from: $0, at: RecordSlot.envelope) }
  let keys = bytes.withBytes { EnvelopeLayout.loadKeys(from: $0, at: RecordSlot.envelope) }
  expect(keys.stream == envelope.stream && keys.event == envelope.event, "keys are not the envelope's")
  var again: [UInt8] = []
  again.appendSlot(
    envelope, RecordPlacing(recordedAt: envelope.recordedAt, previous: envelope.previous),
    contentCount: header.contentCount)
  again[0] = header.form.rawValue
  expect(again == bytes, "a slot decodes that is not encoded like this")
}

// MARK: - Frames

/// A header alone, and as a copy.
func runFrameHeader(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  var bytes = input
  let nonce = golden.header.nonce
  if !recipe.contains(.asIs), bytes.count >= 8 {
    let end = 80 + 24 * Int(bytes.integer(6, as: UInt16.self))
    bytes.setChecksum(at: end, seed: nonce.checksum)
  }
  bytes.withBytes { span in
    for place in stride(from: 0, through: bytes.count, by: FrameHeader.alignment) {
      _ = FrameHeader.nextStart(in: span, from: place)
      if FrameHeader.mayBeCopy(span, at: place) {
        _ = FrameHeader.decode(copy: span, at: place, nonce: nonce)
      }
      _ = FrameHeader.byteCount(startingWith: span, at: place)
    }
    _ = FrameHeader.decode(copyIn: span, frame: 0..<span.byteCount, nonce: nonce)
  }
  guard let header = bytes.withBytes({ FrameHeader.decode($0, at: 0, nonce: nonce) }) else { return }
  let encoded = header.encoded(nonce: nonce)
  expect(bytes.starts(with: encoded), "a header decodes that is not encoded like this")
  check(header)
  let copy = FrameHeader.copy(of: encoded)
  expect(
    copy.withBytes { FrameHeader.decode(copy: $0, at: 0, nonce: nonce) } == header, "a copy is another header"
  )
}

/// What every header that decodes keeps to.
private func check(_ header: FrameHeader) {
  expect(header.isReadable, "a header decodes that is not readable")
  expect(header.end >= header.base && header.durableHead <= header.base, "positions out of order")
  expect(header.paddedCount % FrameHeader.alignment == 0, "not padded")
  expect(header.envelopesEnd <= header.storedCount, "envelopes behind the frame's end")
  for kind in [FrameHeader.BlockKind.envelopes, .contents] {
    var next = 0
    for (block, records) in header.blocks(kind) {
      expect(records.lowerBound == next && !records.isEmpty, "a block of \(kind) with events \(records)")
      expect(block.offset + block.storedCount <= header.storedCount, "a block behind the frame's end")
      next = records.upperBound
    }
    expect(next == header.count, "blocks of \(kind) for \(next) of \(header.count) events")
  }
}

/// A whole frame: its blocks, and where each event is in them.
func runFrame(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  var bytes = input
  var repair = FrameRepair(golden.header, recipe)
  if !recipe.contains(.asIs) { _ = repair.repair(&bytes, at: 0) }
  let nonce = golden.header.nonce
  guard let header = bytes.withBytes({ FrameHeader.decode($0, at: 0, nonce: nonce) }) else { return }
  check(header)
  let isWhole = bytes.withBytes { header.isWhole(in: $0, at: 0) }
  guard bytes.count >= header.storedCount else {
    expect(!isWhole, "a frame is whole that is cut off")
    return
  }
  bytes.withBytes { span in
    for block in header.blocks {
      let plain = block.decode(span.extracting(block.offset..<(block.offset + block.storedCount)))
      expect(plain == nil || plain?.count == block.plainCount, "not exactly the plain length")
    }
    var keys: [EventKeys?] = []
    var slots: [UInt8] = []
    header.readKeys(in: span, at: 0, into: &keys, slots: &slots)
    expect(keys.count == header.count, "\(keys.count) keys of \(header.count) events")
    checkContents(of: header, in: span)
  }
  for record in Set([0, 1, header.count / 2, header.count - 1]) where record < header.count {
    let place = EventPlace(record, of: header, at: 0..<header.paddedCount, in: "")
    expect(place != nil, "event \(record) has no place")
    for block in [place?.envelopes, place?.contents] {
      expect(
        block.map { $0.bytes.upperBound <= header.storedCount } ?? true, "a place behind the frame's end")
    }
  }
}

/// That the contents of each block's events lie in it, one behind the other.
private func checkContents(of header: FrameHeader, in span: RawSpan) {
  var lengths = [Int?](repeating: nil, count: header.count)
  for (block, records) in header.blocks(.envelopes) {
    let slots = block.decode(span.extracting(block.offset..<(block.offset + block.storedCount)))
    guard let known = slots.flatMap({ FrameHeader.contentLengths($0, count: records.count) }) else {
      continue
    }
    for (record, length) in zip(records, known) { lengths[record] = length }
  }
  for (block, records) in header.blocks(.contents) {
    let ranges = ContentLayout(lengths: lengths[records], plainCount: block.plainCount).ranges
    expect(ranges.count == records.count, "not one range an event")
    var end = 0
    for (range, length) in zip(ranges, lengths[records]) {
      guard let range else { continue }
      expect(
        range.lowerBound >= end && range.upperBound <= block.plainCount, "contents overlap or leave the block"
      )
      expect(range.count == length, "a content of another length than its slot's")
      end = range.upperBound
    }
  }
}
