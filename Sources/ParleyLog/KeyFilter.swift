import ParleyEnvelope

/// Says of a key that it is not in a set, or that it may be: a Bloom filter in blocks of 64 bytes, so that a
/// question costs one cache miss. Ten bits a key; about one question in a hundred is answered "may be" wrongly.
struct KeyFilter: Equatable, Sendable {
  static let blockByteCount = 64
  private static let bitsPerKey = 10
  private static let probes = 6

  private(set) var words: [UInt64]

  private var blocks: Int { words.count / 8 }

  /// The blocks of a filter for so many keys.
  static func blockCount(capacity: Int) -> Int { max(1, (capacity * bitsPerKey + 511) / 512) }

  /// An empty filter for so many keys.
  init(capacity: Int) { self.init(blocks: Self.blockCount(capacity: capacity)) }

  /// An empty filter of so many blocks, one or more.
  init(blocks: Int) { words = [UInt64](repeating: 0, count: blocks * 8) }

  /// A filter from its stored words, whole blocks of eight.
  init?(words: [UInt64]) {
    guard !words.isEmpty, words.count % 8 == 0 else { return nil }
    self.words = words
  }

  mutating func insert(_ key: Bytes16) {
    let probe = Probe(key)
    let first = probe.block(of: blocks) * 8
    for index in 0..<Self.probes {
      let bit = probe.bit(index)
      words[first + bit >> 6] |= 1 << UInt64(bit & 63)
    }
  }

  func mayContain(_ key: Bytes16) -> Bool { mayContain(Probe(key)) }

  func mayContain(_ probe: Probe) -> Bool { probe.isThere(in: words, from: 0, blocks: blocks) }

  /// Where a key's bits are: made once to ask many filters.
  struct Probe: Sendable {
    private let hash: UInt64
    private let bits: UInt64

    @inline(__always)
    init(_ key: Bytes16) {
      hash = key.mixed
      bits = (hash ^ key.low).mixed
    }

    /// Which of so many blocks it is in.
    @inline(__always)
    fileprivate func block(of blocks: Int) -> Int {
      Int((hash ^ hash << 32).multipliedFullWidth(by: UInt64(blocks)).high)
    }

    /// A bit of the block.
    @inline(__always)
    fileprivate func bit(_ probe: Int) -> Int { Int(truncatingIfNeeded: bits >> UInt64(probe * 9)) & 511 }

    /// Whether all of its bits are set in a filter of so many blocks among other words.
    @inline(__always)
    func isThere(in words: [UInt64], from start: Int, blocks: Int) -> Bool {
      let first = start + block(of: blocks) * 8
      for probe in 0..<KeyFilter.probes {
        let bit = bit(probe)
        if words[first + bit >> 6] & (1 << UInt64(bit & 63)) == 0 { return false }
      }
      return true
    }
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
