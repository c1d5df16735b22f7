import ParleyEnvelope

extension FrameHeader.Block {
  /// The block's plain bytes, from its stored ones; nil when they are not what was written.
  func decode(_ stored: RawSpan) -> [UInt8]? {
    guard stored.byteCount == storedCount, CRC32C.of(stored) == checksum else { return nil }
    guard codec == .lz4 else { return [UInt8](copying: stored) }
    return LZ4.decode(stored, plainCount: plainCount)
  }
}

extension FrameHeader {
  /// The blocks of a kind, each with the events it holds, counted from the frame's base.
  func blocks(_ kind: BlockKind) -> [(block: Block, records: Range<Int>)] {
    let chosen = blocks.filter { $0.kind == kind }
    return chosen.indices.map { index in
      let end = index + 1 < chosen.count ? chosen[index + 1].firstRecord : count
      return (chosen[index], chosen[index].firstRecord..<max(end, chosen[index].firstRecord))
    }
  }

  /// The ids of the frame's events, read from its bytes; nil for those whose envelope block is damaged.
  func keys(in bytes: RawSpan, at offset: Int) -> [EventKeys?] {
    var keys: [EventKeys?] = []
    keys.reserveCapacity(count)
    for (block, records) in blocks(.envelopes) {
      let start = offset + block.offset
      let plain = block.decode(bytes.extracting(start..<(start + block.storedCount)))
      guard let plain, plain.count == records.count * RecordSlot.size else {
        keys.append(contentsOf: repeatElement(nil, count: records.count))
        continue
      }
      plain.withBytes { span in
        for slot in 0..<records.count {
          let ids = EnvelopeLayout.loadKeys(from: span, at: slot * RecordSlot.size + RecordSlot.envelope)
          keys.append(EventKeys(stream: ids.stream, event: ids.event))
        }
      }
    }
    return keys
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
