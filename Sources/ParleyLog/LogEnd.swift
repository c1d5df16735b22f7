import ParleyEnvelope

/// Where a log ends: behind a frame, or where the first of a segment will be.
struct LogEnd: Equatable, Sendable {
  /// The base of the segment that the next frame belongs to.
  var segment: Position
  /// Where it will begin there.
  var offset: Int
  /// Events before it.
  var head: Position
  /// Frames before it.
  var nextSequence: UInt64
  /// The digest of the last frame's header.
  var lastDigest: FrameDigest

  /// The end behind a frame that begins here.
  mutating func append(_ frame: FrameHeader, _ digest: FrameDigest) {
    offset += frame.paddedCount
    head = frame.end
    nextSequence = frame.sequence + 1
    lastDigest = digest
  }
}
