import ParleyEnvelope
import Synchronization

/// A filter for each page of a section of an index run that was read: whoever asks for a key that the page has not got
/// need not read it again. Made from the keys of the whole page, so that "not there" is true; "may be there" the page decides.
/// In memory only, and only as far as the log's budget goes.
final class PageFilters: Sendable {
  private let pageCount: Int
  /// Blocks of a filter: as many as a page needs that has no more keys than most.
  private let blocksPerPage: Int
  private let budget: FilterBudget
  private let keys: @Sendable (_ page: RawSpan, _ count: Int) -> [Bytes16]
  private let known = Mutex<Known?>(nil)

  /// Filters for so many pages with so many keys in all; `keys` gives those of a page.
  init(
    pageCount: Int, keyCount: Int, budget: FilterBudget,
    keys: @escaping @Sendable (_ page: RawSpan, _ count: Int) -> [Bytes16]
  ) {
    self.pageCount = pageCount
    let keysPerPage = (keyCount + max(1, pageCount) - 1) / max(1, pageCount)
    blocksPerPage = KeyFilter.blockCount(capacity: keysPerPage)
    self.budget = budget
    self.keys = keys
  }

  deinit {
    if known.withLock({ $0 != nil }) { budget.giveBack(byteCount) }
  }

  /// What the filters of all pages take.
  private var byteCount: Int {
    Known.byteCount(pageCount: pageCount) + pageCount * blocksPerPage * KeyFilter.blockByteCount
  }

  /// The filters made so far; nil as long as there is no room for them.
  var snapshot: Known? {
    known.withLock { known in
      if known == nil, budget.take(byteCount) {
        known = Known(pageCount: pageCount, blocksPerPage: blocksPerPage)
      }
      return known
    }
  }

  /// The filter of a page that was read and checked.
  func filter(of page: RawSpan, count: Int) -> KeyFilter {
    var filter = KeyFilter(blocks: blocksPerPage)
    for key in keys(page, count) { filter.insert(key) }
    return filter
  }

  /// Shows filters of pages to whoever asks for them from now on.
  func keep(_ filters: [(page: Int, filter: KeyFilter)]) {
    known.withLock { known in
      for (page, filter) in filters { known?.add(filter, of: page) }
    }
  }

  /// Filters at one moment: a value, so that nobody waits who asks them. Adding to one that somebody else has copies a few
  /// pages' filters each.
  struct Known: Sendable {
    private static let pagesPerPile = 16

    /// The filters of some pages that follow each other, empty until one of them has one. The first word has a bit for each
    /// page that does, the others are the filters'.
    private var piles: [[UInt64]]
    private let pageCount: Int
    private let blocksPerPage: Int

    fileprivate init(pageCount: Int, blocksPerPage: Int) {
      piles = Array(repeating: [], count: Self.pileCount(pageCount))
      self.pageCount = pageCount
      self.blocksPerPage = blocksPerPage
    }

    private static func pileCount(_ pageCount: Int) -> Int { (pageCount + pagesPerPile - 1) / pagesPerPile }

    /// What it takes beside the filters: of each pile the first word, its place and what arrays begin with.
    fileprivate static func byteCount(pageCount: Int) -> Int { pileCount(pageCount) * 48 }

    /// Whether a page has a filter.
    func has(_ page: Int) -> Bool {
      let pile = page / Self.pagesPerPile
      return !piles[pile].isEmpty && piles[pile][0] >> UInt64(page % Self.pagesPerPile) & 1 == 1
    }

    /// Whether a page may have a key.
    func mayContain(_ probe: KeyFilter.Probe, on page: Int) -> Bool {
      guard has(page) else { return true }
      return probe.isThere(
        in: piles[page / Self.pagesPerPile], from: firstWord(of: page), blocks: blocksPerPage)
    }

    private func firstWord(of page: Int) -> Int { 1 + page % Self.pagesPerPile * blocksPerPage * 8 }

    fileprivate mutating func add(_ filter: KeyFilter, of page: Int) {
      let pile = page / Self.pagesPerPile
      if piles[pile].isEmpty {
        let pages = min(Self.pagesPerPile, pageCount - pile * Self.pagesPerPile)
        piles[pile] = Array(repeating: 0, count: 1 + pages * blocksPerPage * 8)
      }
      piles[pile][0] |= 1 << UInt64(page % Self.pagesPerPile)
      let first = firstWord(of: page)
      for (index, word) in filter.words.enumerated() { piles[pile][first + index] = word }
    }
  }
}
