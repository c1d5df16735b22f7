import ParleyEnvelope

/// Pages of an index run: 4,096 bytes, of which the last four are a checksum of the rest and of where the page
/// belongs. Entries never cross a page, so that any entry is one read and one check away.
enum RunPages {
  static let pageByteCount = 4096
  static let roomPerPage = pageByteCount - 4

  /// Whose pages they are. A page's checksum begins with this and the page's number, neither of which the page holds:
  /// a whole page that was written to another's place is damage like any other.
  struct Owner: Sendable {
    private let checksum: UInt32

    /// The owner of a store's pages over the positions from `base`; two that begin there differ in their end.
    init(storeID: Bytes16, base: Position, end: Position? = nil) {
      var writer = ByteWriter(capacity: 32)
      writer.append(storeID)
      writer.append(base.rawValue)
      if let end { writer.append(end.rawValue) }
      checksum = CRC32C.of(writer.bytes)
    }

    /// The checksum of a page's bytes before it; pages are counted from the run's first.
    func checksum(_ bytes: RawSpan, page: Int) -> UInt32 {
      var number = ByteWriter(capacity: 8)
      number.append(UInt64(page))
      return CRC32C.of(bytes, seed: CRC32C.of(number.bytes, seed: checksum))
    }

    /// Whether these are the bytes of one of its pages.
    func isWhole(_ bytes: [UInt8], page: Int) -> Bool {
      guard bytes.count == pageByteCount else { return false }
      return bytes.withBytes {
        $0.integer(at: roomPerPage) == checksum($0.extracting(0..<roomPerPage), page: page)
      }
    }
  }

  /// One kind of entry in a run, on pages of its own.
  struct Section: Equatable, Sendable {
    static let byteCount = 24

    var entryByteCount: Int
    var firstPage: Int
    var count: Int

    var perPage: Int { RunPages.roomPerPage / entryByteCount }
    var pageCount: Int { (count + perPage - 1) / perPage }

    /// The entries on a page of the section.
    func entries(onPage page: Int) -> Range<Int> { (page * perPage)..<min(count, (page + 1) * perPage) }
  }

  /// Fills a page up and appends its checksum.
  static func finish(_ bytes: inout ByteWriter, page: Int, of owner: Owner) {
    bytes.pad(to: roomPerPage)
    bytes.append(bytes.bytes.withBytes { owner.checksum($0, page: page) })
  }
}

// MARK: - Heads

extension RunPages.Section {
  /// The sections that a head names from an offset on; nil when the numbers of one are out of bounds, or when one does not
  /// lie within the file's first `pages` pages.
  static func named(_ count: Int, in head: RawSpan, at offset: Int, pages: Int) -> [Self]? {
    var sections: [Self] = []
    for index in 0..<count {
      guard let section = Self(head, at: offset + index * byteCount),
        section.firstPage + section.pageCount <= pages
      else { return nil }
      sections.append(section)
    }
    return sections
  }

  private init?(_ span: RawSpan, at offset: Int) {
    let bounds: ClosedRange<UInt64> = 0...(1 << 32)
    let parts = (0..<3).map { span.integer(at: offset + $0 * 8, as: UInt64.self) }
    guard (1...UInt64(RunPages.roomPerPage)).contains(parts[0]), bounds.contains(parts[1]),
      bounds.contains(parts[2])
    else { return nil }
    self.init(entryByteCount: Int(parts[0]), firstPage: Int(parts[1]), count: Int(parts[2]))
  }
}

extension ByteWriter {
  /// A section as heads name it.
  mutating func append(_ section: RunPages.Section) {
    append(UInt64(section.entryByteCount))
    append(UInt64(section.firstPage))
    append(UInt64(section.count))
  }
}
