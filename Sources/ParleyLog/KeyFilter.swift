import ParleyEnvelope

/// Says of a key that it is not in a set, or that it may be: a Bloom filter in blocks of 64 bytes, so that a
/// question costs one cache miss. Ten bits a key; about one question in a hundred is answered "may be" wrongly.
struct KeyFilter: Equatable, Sendable {
  static let blockByteCount = 64
  private static let bitsPerKey = 10
  private static let probes = 6

  private(set) var words: [UInt64]

  private var blocks: UInt64 { UInt64(words.count / 8) }

  /// An empty filter for so many keys.
  init(capacity: Int) {
    let blocks = max(1, (capacity * Self.bitsPerKey + 511) / 512)
    words = [UInt64](repeating: 0, count: blocks * 8)
  }

  /// A filter from its stored words, whole blocks of eight.
  init?(words: [UInt64]) {
    guard !words.isEmpty, words.count % 8 == 0 else { return nil }
    self.words = words
  }

  mutating func insert(_ key: Bytes16) {
    let (block, hash) = place(of: key)
    for probe in 0..<Self.probes {
      let bit = Int(truncatingIfNeeded: hash >> UInt64(probe * 9)) & 511
      words[block * 8 + (bit >> 6)] |= 1 << UInt64(bit & 63)
    }
  }

  func mayContain(_ key: Bytes16) -> Bool {
    let (block, hash) = place(of: key)
    for probe in 0..<Self.probes {
      let bit = Int(truncatingIfNeeded: hash >> UInt64(probe * 9)) & 511
      if words[block * 8 + (bit >> 6)] & (1 << UInt64(bit & 63)) == 0 { return false }
    }
    return true
  }

  private func place(of key: Bytes16) -> (block: Int, hash: UInt64) {
    let hash = key.mixed
    let block = Int((hash ^ hash << 32).multipliedFullWidth(by: blocks).high)
    return (block, (hash ^ key.low).mixed)
  }
}

extension Bytes16 {
  /// All sixteen bytes mixed into a word (the finalizer of splitmix64).
  var mixed: UInt64 { (high ^ (low << 31 | low >> 33)).mixed }
}

extension UInt64 {
  /// The word's bits spread evenly (the finalizer of splitmix64, S. Vigna).
  var mixed: UInt64 {
    var value = self
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
