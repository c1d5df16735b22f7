package import ParleyEnvelope

/// A segment's secret, with which every frame's checksum begins, so that nobody's text can pose as a frame.
package struct FrameNonce: Equatable, Sendable, BitwiseCopyable {
  let bytes: Bytes16
  /// The checksum of the sixteen bytes: the seed of a frame's.
  let checksum: UInt32

  package init(_ bytes: Bytes16) {
    self.bytes = bytes
    checksum = CRC32C.of(bytes.bytes)
  }
}
