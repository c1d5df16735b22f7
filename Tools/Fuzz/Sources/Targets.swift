import ParleyEnvelope

@testable import ParleyLog

extension Target {
  /// Every target. A new one is a line here: its name, seeds made from the golden store, what makes its checksums
  /// right, and what must hold of an input.
  static let all: [Target] = [
    Target("content-block", seeds: contentBlockSeeds, run: runContentBlock),
    Target(
      "descriptor", seeds: { [$0.bytes("store.json")] }, repair: repairDescriptor, check: checkDescriptor),
    Target("directory", seeds: directorySeeds, run: runDirectory),
    Target("envelope-block", seeds: envelopeBlockSeeds, run: runEnvelopeBlock),
    Target("frame", seeds: { Array($0.frames.prefix(2) + $0.plainFrames.prefix(2)) }, run: runFrame),
    Target("frame-header", seeds: { $0.frames.prefix(2).map { Array($0.prefix(192)) } }, run: runFrameHeader),
    Target("lz4", seeds: lz4Seeds, run: runLZ4),
    Target(
      "manifest", seeds: { [$0.bytes("MANIFEST"), $0.bytes("MANIFEST.old")] },
      repair: { $0.setChecksum(at: $0.count - 4) }, check: checkManifest),
    Target("run", seeds: runSeeds, run: runIndexRun),
    Target("sealed", seeds: sealedSeeds, run: runSealed),
    Target("segment", seeds: segmentSeeds, run: runSegment),
    Target(
      "segment-header", seeds: { [Array($0.bytes(Golden.segmentPath).prefix(300))] },
      repair: {
        $0 = $0.resized(to: SegmentHeader.byteCount)
        $0.setChecksum(at: 4_092)
      }, check: checkSegmentHeader),
    Target("slot", seeds: slotSeeds, run: runSlot),
    Target("store", seeds: segmentSeeds, run: runStore),
    Target(
      "watermark", seeds: { [Array($0.bytes("watermark").prefix(108) + $0.bytes("watermark").suffix(108))] },
      repair: {
        $0 = $0.resized(to: 216)
        for slot in [0, 108] { $0.setChecksum(at: slot + 104, from: slot) }
      }, check: checkWatermark),
  ]
}
