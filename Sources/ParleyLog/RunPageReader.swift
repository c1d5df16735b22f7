import ParleyEnvelope

/// Reads the pages of an index run, each checked.
struct RunPageReader {
  let file: any StorageFile
  let path: String
  let owner: RunPages.Owner

  /// A page of a section.
  func page(_ page: Int, of section: RunPages.Section) throws(LogError) -> [UInt8] {
    try RunPages.read(page, of: section, owner, from: file, path: path)
  }

  /// All entries of a section.
  func entries<Entry>(
    of section: RunPages.Section, _ load: (RawSpan, Int) -> Entry
  ) throws(LogError) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(section.count)
    for number in 0..<section.pageCount {
      let bytes = try page(number, of: section)
      bytes.withBytes { span in
        for index in 0..<section.entries(onPage: number).count {
          entries.append(load(span, index * section.entryByteCount))
        }
      }
    }
    return entries
  }
}
