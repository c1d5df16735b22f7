import ParleyEnvelope

extension FrameHeader.Block {
  /// The block's plain bytes, from its stored ones; nil when they are not what was written.
  func decode(_ stored: RawSpan) -> [UInt8]? {
    var plain: [UInt8] = []
    return decode(stored, appendingTo: &plain) ? plain : nil
  }

  /// Appends the block's plain bytes; false, and nothing appended, when they are not what was written.
  func decode(_ stored: RawSpan, appendingTo output: inout [UInt8]) -> Bool {
    guard stored.byteCount == storedCount, CRC32C.of(stored) == checksum else { return false }
    guard codec == .lz4 else {
      output.append(copying: stored)
      return true
    }
    return LZ4.decode(stored, plainCount: plainCount, appendingTo: &output)
  }
}

extension FrameHeader {
  /// The blocks of a kind, each with the events it holds, counted from the frame's base.
  func blocks(_ kind: BlockKind) -> [(block: Block, records: Range<Int>)] {
    var found: [(block: Block, records: Range<Int>)] = []
    forEachBlock(kind) { found.append(($0, $1)) }
    return found
  }

  /// Calls for each block of a kind, in order, with the events it holds.
  func forEachBlock(_ kind: BlockKind, _ body: (Block, Range<Int>) -> Void) {
    var last: Block?
    for block in blocks where block.kind == kind {
      if let last { body(last, last.firstRecord..<max(block.firstRecord, last.firstRecord)) }
      last = block
    }
    if let last { body(last, last.firstRecord..<count) }
  }

  /// Where the envelope blocks end, from the frame's start.
  var envelopesEnd: Int {
    blocks.reduce(byteCount) { $1.kind == .envelopes ? max($0, $1.offset + $1.storedCount) : $0 }
  }

  /// Reads the ids of the frame's events from its bytes: nil for those whose envelope block is damaged. Takes the
  /// arrays for their memory; `slots` is left with nothing of use.
  func readKeys(in bytes: RawSpan, at offset: Int, into keys: inout [EventKeys?], slots: inout [UInt8]) {
    keys.removeAll(keepingCapacity: true)
    for (block, records) in blocks(.envelopes) {
      let start = offset + block.offset
      slots.removeAll(keepingCapacity: true)
      guard block.decode(bytes.extracting(start..<(start + block.storedCount)), appendingTo: &slots),
        slots.count == records.count * RecordSlot.size
      else {
        keys.append(contentsOf: repeatElement(nil, count: records.count))
        continue
      }
      slots.withBytes { span in
        for slot in 0..<records.count {
          let ids = EnvelopeLayout.loadKeys(from: span, at: slot * RecordSlot.size + RecordSlot.envelope)
          keys.append(EventKeys(stream: ids.stream, event: ids.event))
        }
      }
    }
  }

  /// Whether every block is what was written.
  func isWhole(in bytes: RawSpan, at offset: Int) -> Bool {
    guard bytes.byteCount - offset >= storedCount else { return false }
    return blocks.allSatisfy { block in
      let start = offset + block.offset
      return CRC32C.of(bytes.extracting(start..<(start + block.storedCount))) == block.checksum
    }
  }
}
