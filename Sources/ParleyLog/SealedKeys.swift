import ParleyEnvelope

/// What an index run says of a sealed segment, read from the segment.
struct SealedKeys {
  /// By fingerprint.
  private(set) var events: [IndexRun.EventEntry] = []
  /// The last event of each stream, by stream.
  private(set) var streams: [IndexRun.StreamEntry] = []

  /// Reads the envelopes of a segment; nil when some are damaged: no run is made of a part.
  init?(_ segment: SealedSegment) throws(LogError) {
    guard let file = try segment.file() else { return nil }
    let cache = BlockCache(byteCountMax: 0)
    events.reserveCapacity(segment.count)
    for block in file.envelopes.indices {
      guard let envelopes = try file.envelopeBlock(block, cache: cache) else { return nil }
      for index in 0..<envelopes.count {
        let local = envelopes.locals[index]
        events.append(
          IndexRun.EventEntry(fingerprint: IndexRun.fingerprint(of: envelopes.event(at: index)), local: local)
        )
        let stream = envelopes.stream(at: index)
        if streams.last?.stream == stream { streams.removeLast() }
        streams.append(IndexRun.StreamEntry(stream: stream, local: local))
      }
    }
    events.sort()
    // In order already, unless the segment lies: a run in no order would be made again and again.
    streams.sort()
  }
}
