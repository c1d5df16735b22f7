import ParleyEnvelope

/// Where the contents of a block's records are in its plain bytes. Lengths stand in the slots; where an envelope
/// block is damaged some are unknown, and what lies before and behind is still found, from either end.
struct ContentLayout {
  /// One range a record of the block, nil where it can't be known.
  let ranges: [Range<Int>?]

  init(lengths: some RandomAccessCollection<Int?>, plainCount: Int) {
    var ranges = [Range<Int>?](repeating: nil, count: lengths.count)
    var start = 0
    var known = 0
    for (index, length) in lengths.enumerated() {
      guard let length, start + length <= plainCount else { break }
      ranges[index] = start..<(start + length)
      start += length
      known += 1
    }
    if known == lengths.count {
      self.ranges = start == plainCount ? ranges : [Range<Int>?](repeating: nil, count: lengths.count)
      return
    }
    var end = plainCount
    for (index, length) in lengths.enumerated().reversed() {
      guard index > known, let length, end - length >= start else { break }
      ranges[index] = (end - length)..<end
      end -= length
    }
    self.ranges = ranges
  }
}

extension FrameHeader {
  /// The content lengths of a decoded envelope block's records; nil when a slot is not sound.
  static func contentLengths(_ slots: [UInt8], count: Int) -> [Int]? {
    guard slots.count == count * RecordSlot.size else { return nil }
    return slots.withBytes { span in
      var lengths: [Int] = []
      lengths.reserveCapacity(count)
      for slot in 0..<count {
        let offset = slot * RecordSlot.size
        guard let header = RecordSlotHeader(span, at: offset),
          EnvelopeLayout.isSound(span, at: offset + RecordSlot.envelope)
        else { return nil }
        lengths.append(header.contentCount)
      }
      return lengths
    }
  }
}
