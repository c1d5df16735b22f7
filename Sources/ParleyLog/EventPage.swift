import ParleyEnvelope

/// A page of an index run: fingerprints of event ids with the events' positions, packed in as many bits as the page needs.
///
/// The smallest fingerprint u64, the number of entries u16, the bits u8 that a fingerprint less the smallest takes, the
/// bits u8 that a position takes; then the entries, from the lowest bit of the first byte on: fingerprint, position.
struct EventPage {
  static let byteCount = RunPages.roomPerPage
  private static let headByteCount = 12
  /// Bits of entries on a page; eight bytes are kept free, so that every entry is one load of a word and a bit more.
  private static let roomBits = (byteCount - headByteCount - 8) * 8

  private let least: UInt64
  private let count: Int
  private let fingerprintBits: Int
  private let localBits: Int

  /// The head of a page; one whose numbers don't fit the page has no entries.
  init(_ bytes: RawSpan) {
    least = bytes.integer(at: 0)
    fingerprintBits = Int(bytes.integer(at: 10, as: UInt8.self))
    localBits = Int(bytes.integer(at: 11, as: UInt8.self))
    let found = Int(bytes.integer(at: 8, as: UInt16.self))
    let fits =
      fingerprintBits <= 48 && localBits <= 32 && found * (fingerprintBits + localBits) <= Self.roomBits
    count = fits ? found : 0
  }

  /// The positions under a fingerprint.
  func locals(of fingerprint: UInt64, in bytes: RawSpan) -> [UInt32] {
    guard fingerprint >= least else { return [] }
    let wanted = fingerprint - least
    var entry = (0..<count).partitionPoint { fingerprintAt($0, bytes) >= wanted }
    var locals: [UInt32] = []
    while entry < count, fingerprintAt(entry, bytes) == wanted {
      locals.append(localAt(entry, bytes))
      entry += 1
    }
    return locals
  }

  /// All entries.
  func entries(in bytes: RawSpan) -> [IndexRun.EventEntry] {
    (0..<count).map {
      IndexRun.EventEntry(
        fingerprint: least &+ fingerprintAt($0, bytes), local: localAt($0, bytes))
    }
  }

  private func fingerprintAt(_ index: Int, _ bytes: RawSpan) -> UInt64 {
    Self.bits(fingerprintBits, at: index * (fingerprintBits + localBits), bytes)
  }

  private func localAt(_ index: Int, _ bytes: RawSpan) -> UInt32 {
    let bit = index * (fingerprintBits + localBits) + fingerprintBits
    return UInt32(truncatingIfNeeded: Self.bits(localBits, at: bit, bytes))
  }

  /// Up to 48 bits.
  private static func bits(_ count: Int, at bit: Int, _ bytes: RawSpan) -> UInt64 {
    let word = bytes.integer(at: headByteCount + bit >> 3, as: UInt64.self)
    return word >> UInt64(bit & 7) & (1 << UInt64(count) - 1)
  }

  /// Puts a page together from sorted entries.
  struct Builder {
    private let localBits: Int
    private var entries: [IndexRun.EventEntry] = []

    /// For a run over so many positions.
    init(positions: Int) { localBits = max(1, Int.bitWidth - (positions - 1).leadingZeroBitCount) }

    /// The entry that the page begins with; nil when it has none.
    var first: IndexRun.EventEntry? { entries.first }

    /// Adds an entry; false when the page is full.
    mutating func add(_ entry: IndexRun.EventEntry) -> Bool {
      let bits = fingerprintBits(upTo: entry) + localBits
      guard (entries.count + 1) * bits <= EventPage.roomBits else { return false }
      entries.append(entry)
      return true
    }

    private func fingerprintBits(upTo last: IndexRun.EventEntry) -> Int {
      let span = last.fingerprint - (entries.first?.fingerprint ?? last.fingerprint)
      return 64 - span.leadingZeroBitCount
    }

    /// The page's bytes; the builder is empty again.
    mutating func take() -> [UInt8] {
      guard let first, let last = entries.last else {
        preconditionFailure("EventPage.Builder.take of nothing")
      }
      defer { entries.removeAll(keepingCapacity: true) }
      let fingerprintBits = fingerprintBits(upTo: last)
      var page: [UInt8] = []
      page.appendZeros(EventPage.byteCount) { bytes in
        bytes.store(first.fingerprint, at: 0)
        bytes.store(UInt16(entries.count), at: 8)
        bytes.store(UInt8(fingerprintBits), at: 10)
        bytes.store(UInt8(localBits), at: 11)
        var bit = 0
        func add(_ value: UInt64, _ count: Int) {
          let offset = EventPage.headByteCount + bit >> 3
          let word = bytes.bytes.integer(at: offset, as: UInt64.self)
          bytes.store(word | value << UInt64(bit & 7), at: offset)
          bit += count
        }
        for entry in entries {
          add(entry.fingerprint - first.fingerprint, fingerprintBits)
          add(UInt64(entry.local), localBits)
        }
      }
      return page
    }
  }
}
