import ParleyEnvelope

/// A section of an index whose entries are in order, with the fences that say on which of its pages an entry can be: a word
/// that each page's first entry begins with. Keeps the page that was read last, and goes on from it: whoever asks in
/// ascending order reads and checks each page once.
struct FencedPages {
  private let reader: RunPageReader
  private let section: RunPages.Section
  private let fences: [UInt64]
  private let filters: PageFilters?
  /// The filters when asking began.
  private var known: PageFilters.Known?
  private var made: [(page: Int, filter: KeyFilter)] = []
  private var last: (number: Int, bytes: [UInt8])?
  /// The page that the last question began at.
  private var place = 0

  init(_ section: RunPages.Section, fences: [UInt64], reader: RunPageReader, filters: PageFilters? = nil) {
    self.reader = reader
    self.section = section
    self.fences = fences
    self.filters = filters
    known = filters?.snapshot
  }

  /// Calls with each page that may have a key, whose entries begin with a word, and with the number of entries on it. Pages
  /// whose filter knows better are left out.
  mutating func forEachPage(
    of key: Bytes16, beginning word: UInt64, _ body: (RawSpan, Int) throws(LogError) -> Void
  ) throws(LogError) {
    var number = firstPage(of: word)
    let probe = KeyFilter.Probe(key)
    while number < section.pageCount, fences[number] <= word {
      if known?.mayContain(probe, on: number) ?? true {
        let count = section.entries(onPage: number).count
        try page(number).withBytes { page throws(LogError) in try body(page, count) }
      }
      number += 1
    }
  }

  /// Calls with each entry that begins with a key, its page and where it is on it.
  mutating func forEachEntry(
    of key: Bytes16, _ body: (RawSpan, Int) throws(LogError) -> Void
  ) throws(LogError) {
    let byteCount = section.entryByteCount
    try forEachPage(of: key, beginning: key.high) { page, count throws(LogError) in
      var entry = (0..<count).partitionPoint { page.bytes16(at: $0 * byteCount) >= key }
      while entry < count, page.bytes16(at: entry * byteCount) == key {
        try body(page, entry * byteCount)
        entry += 1
      }
    }
  }

  /// Keeps the filters of the pages that were read, for those who ask later.
  mutating func keepFilters() {
    guard let filters, !made.isEmpty else { return }
    // Given up first, so that the list need not be copied to be added to.
    known = nil
    filters.keep(made)
    made = []
  }

  private mutating func page(_ number: Int) throws(LogError) -> [UInt8] {
    if let last, last.number == number { return last.bytes }
    let bytes = try reader.page(number, of: section)
    last = (number, bytes)
    if let filters, let known, !known.has(number) {
      let count = section.entries(onPage: number).count
      made.append((number, bytes.withBytes { filters.filter(of: $0, count: count) }))
    }
    return bytes
  }

  /// The first page that may have entries of a word: the one before the first whose fence is not below it, as entries of
  /// equal words may begin there. Searched from the last answer on, in steps that double.
  private mutating func firstPage(of word: UInt64) -> Int {
    var low = place < fences.count && fences[place] < word ? place : 0
    var step = 1
    while low + step < fences.count, fences[low + step] < word {
      low += step
      step *= 2
    }
    let next = (low..<Swift.min(fences.count, low + step)).partitionPoint { fences[$0] >= word }
    place = Swift.max(0, next - 1)
    return place
  }
}

extension [UInt64] {
  /// Of fences the first page that may have entries of a word: the one before the first whose fence is not below it, as
  /// entries of equal words may begin there.
  func firstPage(of word: UInt64) -> Int { Swift.max(0, indices.partitionPoint { self[$0] >= word } - 1) }
}
