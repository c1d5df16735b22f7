import ParleyEnvelope

/// The streams of a batch, each once and ascending, as indexes have them: what looks them up walks each index once.
struct SortedStreams {
  let streams: [StreamID]
  /// For each record of the batch the place of its stream among these.
  let places: [Int]

  init(of keys: [EventKeys]) {
    var table = KeyTable(capacity: keys.count)
    let ordinals = keys.map { table.insert($0.stream.rawValue).ordinal }
    let sorted = table.ordinalsByKey()
    var places = [Int](repeating: 0, count: sorted.count)
    for (place, ordinal) in sorted.enumerated() { places[ordinal] = place }
    streams = sorted.map { StreamID(rawValue: table.keys[$0]) }
    self.places = ordinals.map { places[$0] }
  }
}
