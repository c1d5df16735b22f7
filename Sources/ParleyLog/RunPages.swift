import ParleyEnvelope

/// Pages of an index run: 4,096 bytes, of which the last four are the checksum of the rest. Entries never cross a
/// page, so that any entry is one read and one check away.
enum RunPages {
  static let pageByteCount = 4096
  static let roomPerPage = pageByteCount - 4

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

  /// Appends the pages of a section to a run that is being built.
  static func append<Entry>(
    _ entries: some Collection<Entry>, entryByteCount: Int, to run: inout [UInt8],
    _ store: (Entry, inout ByteWriter) -> Void
  ) -> Section {
    let section = Section(
      entryByteCount: entryByteCount, firstPage: run.count / pageByteCount, count: entries.count)
    var rest = entries[...]
    while !rest.isEmpty {
      var page = ByteWriter(capacity: pageByteCount)
      for entry in rest.prefix(section.perPage) { store(entry, &page) }
      rest = rest.dropFirst(section.perPage)
      page.pad(to: roomPerPage)
      page.append(CRC32C.of(page.bytes))
      run.append(contentsOf: page.bytes)
    }
    return section
  }

  /// Reads a page of a section and checks it.
  static func read(_ page: Int, of section: Section, from file: any StorageFile, path: String)
    throws(LogError) -> [UInt8]
  {
    let offset = (section.firstPage + page) * pageByteCount
    let bytes = try disk { () throws(StorageError) in try file.read(pageByteCount, at: offset) }
    guard isWhole(bytes) else {
      throw LogError(
        .damaged, "a page of an index is damaged: delete the file, it is made again", file: path,
        offset: offset)
    }
    return bytes
  }

  static func isWhole(_ page: [UInt8]) -> Bool {
    guard page.count == pageByteCount else { return false }
    return page.withBytes { $0.integer(at: roomPerPage) == CRC32C.of($0.extracting(0..<roomPerPage)) }
  }
}
