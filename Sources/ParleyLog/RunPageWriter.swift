import ParleyEnvelope

/// Writes the pages of an index run, section after section. What is finished can be taken out and written before the
/// rest is there, so that a large run needs little memory.
struct RunPageWriter {
  private let owner: RunPages.Owner
  /// The number of the page being filled, counted from the file's first.
  private var page: Int
  private var current = ByteWriter(capacity: RunPages.pageByteCount)
  private var section: RunPages.Section?
  /// Finished pages that were not taken yet.
  private(set) var bytes: [UInt8] = []

  /// A writer whose first page is the file's `firstPage`th.
  init(_ owner: RunPages.Owner, firstPage: Int) {
    self.owner = owner
    page = firstPage
  }

  /// Begins a section; its entries follow.
  mutating func begin(entryByteCount: Int) {
    precondition(section == nil, "RunPageWriter.begin inside a section")
    section = RunPages.Section(entryByteCount: entryByteCount, firstPage: page, count: 0)
  }

  /// Whether the next entry begins a page.
  var isAtPageStart: Bool { current.bytes.isEmpty }

  /// Adds an entry; `store` appends its bytes.
  mutating func append(_ store: (inout ByteWriter) -> Void) {
    guard let entryByteCount = section?.entryByteCount else {
      preconditionFailure("RunPageWriter.append outside a section")
    }
    store(&current)
    section?.count += 1
    if current.bytes.count + entryByteCount > RunPages.roomPerPage { finishPage() }
  }

  /// Ends the section and says where it is.
  mutating func end() -> RunPages.Section {
    guard let finished = section else { preconditionFailure("RunPageWriter.end outside a section") }
    if !isAtPageStart { finishPage() }
    section = nil
    return finished
  }

  /// A whole section.
  mutating func section<Entry>(
    _ entries: some Sequence<Entry>, entryByteCount: Int, _ store: (Entry, inout ByteWriter) -> Void
  ) -> RunPages.Section {
    begin(entryByteCount: entryByteCount)
    for entry in entries { append { store(entry, &$0) } }
    return end()
  }

  /// Adds a page of its own that is no section's.
  mutating func page(_ fill: (inout ByteWriter) -> Void) {
    precondition(section == nil && isAtPageStart, "RunPageWriter.page inside a section")
    fill(&current)
    finishPage()
  }

  /// Takes the finished pages out.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func finishPage() {
    RunPages.finish(&current, page: page, of: owner)
    bytes.append(contentsOf: current.bytes)
    current = ByteWriter(capacity: RunPages.pageByteCount)
    page += 1
  }
}
