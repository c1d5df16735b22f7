import ParleyEnvelope

/// A section of an index whose entries are in order, with the fences that say on which of its pages an entry can be: a word
/// that each page's first entry begins with. Keeps the page that was read last, and goes on from it: whoever asks in
/// ascending order reads and checks each page once.
struct FencedPages {
  private let reader: RunPageReader
  private let section: RunPages.Section
  private let fences: [UInt64]
  private var last: (number: Int, bytes: [UInt8])?
  /// The page that the last question began at.
  private var place = 0

  init(_ section: RunPages.Section, fences: [UInt64], reader: RunPageReader) {
    self.reader = reader
    self.section = section
    self.fences = fences
  }

  /// Calls with each page that may have entries of a word, and with the number of entries on it.
  mutating func forEachPage(
    of word: UInt64, _ body: (RawSpan, Int) throws(LogError) -> Void
  ) throws(LogError) {
    var number = firstPage(of: word)
    while number < section.pageCount, fences[number] <= word {
      let count = section.entries(onPage: number).count
      try page(number).withBytes { page throws(LogError) in try body(page, count) }
      number += 1
    }
  }

  /// Calls with each entry that begins with a key, its page and where it is on it.
  mutating func forEachEntry(
    of key: Bytes16, _ body: (RawSpan, Int) throws(LogError) -> Void
  ) throws(LogError) {
    let byteCount = section.entryByteCount
    try forEachPage(of: key.high) { page, count throws(LogError) in
      var entry = (0..<count).partitionPoint { page.bytes16(at: $0 * byteCount) >= key }
      while entry < count, page.bytes16(at: entry * byteCount) == key {
        try body(page, entry * byteCount)
        entry += 1
      }
    }
  }

  private mutating func page(_ number: Int) throws(LogError) -> [UInt8] {
    if let last, last.number == number { return last.bytes }
    let bytes = try reader.page(number, of: section)
    last = (number, bytes)
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
