import ParleyEnvelope

/// Reads the pages of an index, each checked.
struct RunPageReader: Sendable {
  let file: any StorageFile
  let path: String
  let owner: RunPages.Owner
  let index: Index

  /// What the pages are, and so what is to be done about a damaged one: two are derived, the third stands in the file that
  /// has the events.
  enum Index {
    case run, directory, footer

    fileprivate var damage: String {
      switch self {
      case .run: "a page of an index run is damaged: delete the file, opening for appending makes it again"
      case .directory:
        "a page of a segment's directory is damaged: delete the file, opening for appending makes it again"
      case .footer:
        "a page of the segment's footer is damaged: its blocks are read instead; never delete the file, a backup has it"
      }
    }
  }

  /// A page of a section; throws `damaged` when it is not what was written.
  func page(_ page: Int, of section: RunPages.Section) throws(LogError) -> [UInt8] {
    let number = section.firstPage + page
    let offset = number * RunPages.pageByteCount
    let file = file
    let bytes = try disk { () throws(StorageError) in try file.read(RunPages.pageByteCount, at: offset) }
    guard owner.isWhole(bytes, page: number) else {
      throw LogError(.damaged, index.damage, file: path, offset: offset)
    }
    return bytes
  }

  /// All entries of a section.
  func entries<Entry>(
    of section: RunPages.Section, _ load: (RawSpan, Int) -> Entry
  ) throws(LogError) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(section.count)
    try forEach(in: section) { entries.append(load($0, $1)) }
    return entries
  }

  /// All entries of a section of words of eight bytes, one or more to an entry.
  func words(of section: RunPages.Section) throws(LogError) -> [UInt64] {
    var words: [UInt64] = []
    words.reserveCapacity(section.count * section.entryByteCount / 8)
    try forEach(in: section) { bytes, offset in
      for word in stride(from: offset, to: offset + section.entryByteCount, by: 8) {
        words.append(bytes.integer(at: word))
      }
    }
    return words
  }

  /// Reads every page of some sections.
  func check(_ sections: [RunPages.Section]) throws(LogError) {
    for section in sections {
      for number in 0..<section.pageCount { _ = try page(number, of: section) }
    }
  }

  private func forEach(in section: RunPages.Section, _ body: (RawSpan, Int) -> Void) throws(LogError) {
    for number in 0..<section.pageCount {
      let bytes = try page(number, of: section)
      bytes.withBytes { span in
        for index in 0..<section.entries(onPage: number).count { body(span, index * section.entryByteCount) }
      }
    }
  }
}
