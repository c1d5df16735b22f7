import ParleyEnvelope

/// The SHA-256 of a frame's header. The next frame carries it, so that the frames of a log are a chain.
struct FrameDigest: Equatable, Sendable, BitwiseCopyable {
  static let byteCount = 32
  /// What the first frame of a log carries.
  static let none = FrameDigest(words: .zero)

  /// The digest's bytes in order, eight to a word, little-endian.
  let words: SIMD4<UInt64>

  init(words: SIMD4<UInt64>) { self.words = words }

  /// The digest stored at an offset.
  init(_ bytes: RawSpan, at offset: Int) {
    words = SIMD4(
      bytes.integer(at: offset), bytes.integer(at: offset + 8), bytes.integer(at: offset + 16),
      bytes.integer(at: offset + 24))
  }

  /// The digest of an encoded header. About 0.3 µs for a frame of two blocks.
  init(of header: RawSpan) { words = UnsafeBytes.sha256(header) }
}
