import ParleyEnvelope

/// Where the frames of a segment are: first position and offset of each, in order.
struct FrameList: Equatable, Sendable {
  /// More events than a segment comes to: it is rolled at 65,536, a frame may have twice as many more, and as many again
  /// each time that rolling failed and the store was opened again. What claims more is not a segment's.
  static let eventsMax = 1 << 22

  /// One frame, or one that can't be read any more: its place is known from its neighbours.
  struct Frame: Equatable, Sendable {
    /// Counted from the segment's base.
    var first: UInt32
    var offset: UInt32
  }

  private(set) var frames: [Frame] = []
  /// Events of the segment.
  private(set) var count = 0
  /// Where the next frame begins.
  private(set) var endOffset = SegmentHeader.regionByteCount

  mutating func append(offset: Int, count: Int, byteCount: Int) {
    frames.append(Frame(first: UInt32(self.count), offset: UInt32(offset)))
    self.count += count
    endOffset = offset + byteCount
  }

  init() {}

  init(frames: [Frame], count: Int, endOffset: Int) {
    self.frames = frames
    self.count = count
    self.endOffset = endOffset
  }

  /// Whether the frames follow each other, in positions and in bytes, and hold every event. One that was cut off may
  /// have no bytes.
  var isSound: Bool {
    guard let first = frames.first, let last = frames.last else { return count == 0 }
    return first.first == 0 && last.first < count && first.offset >= SegmentHeader.regionByteCount
      && last.offset <= endOffset
      && zip(frames, frames.dropFirst()).allSatisfy { $0.first < $1.first && $0.offset <= $1.offset }
  }

  /// The index of the frame that holds an event, counted from the base.
  func index(of local: Int) -> Int {
    precondition(local < count, "FrameList.index(of:) past the end")
    return frames.indices.dropFirst().partitionPoint { Int(frames[$0].first) > local } - 1
  }

  /// The events of a frame, counted from the base.
  func events(of index: Int) -> Range<Int> {
    Int(frames[index].first)..<(index + 1 < frames.count ? Int(frames[index + 1].first) : count)
  }

  /// The bytes between a frame's start and the next one's.
  func bytes(of index: Int) -> Range<Int> {
    Int(frames[index].offset)..<(index + 1 < frames.count ? Int(frames[index + 1].offset) : endOffset)
  }
}
