package import ParleyEnvelope

/// The messages of files, directories, Maildirs and mbox files, one at a time.
package struct MailSource {
  /// A message's bytes, or why there are none.
  package struct Found {
    package var place: ImportPlace
    package var content: Content
    /// When the file was last changed.
    package var fileTime: Timestamp?
    /// The sender that an mbox file names.
    package var sender: String?

    package enum Content {
      case message([UInt8])
      case rejected(ImportRejection)
    }
  }

  private struct OpenMbox {
    var path: FilePath
    var changed: Timestamp?
    var reader: MboxReader
    var chunks: FileChunks
  }

  private let limits: MailLimits
  private var files: FileWalk
  private var mbox: OpenMbox?

  package init(_ paths: [String], limits: MailLimits) {
    self.limits = limits
    files = FileWalk(paths, depthMax: limits.directoryDepthMax)
  }

  /// The next message or rejection; nil when all were given.
  package mutating func next() -> Found? {
    while true {
      if mbox != nil, let found = nextOfMbox() { return found }
      guard let file = files.next() else { return nil }
      switch file {
      case .rejected(let path, let rejection):
        return Found(place: ImportPlace(path), content: .rejected(rejection))
      case .file(let path, let size, let changed):
        if let found = open(path, size: size, changed: changed) { return found }
      }
    }
  }

  private mutating func nextOfMbox() -> Found? {
    guard let message = mbox?.reader.next(), let open = mbox else {
      defer { mbox = nil }
      return mbox.flatMap(failure)
    }
    let place = ImportPlace(open.path, offset: message.offset)
    guard let bytes = message.bytes else {
      return Found(place: place, content: .rejected(tooLarge))
    }
    return Found(place: place, content: .message(bytes), fileTime: open.changed, sender: message.sender)
  }

  /// A read that failed in the middle of an mbox is an item of its own: what follows it was not seen.
  private func failure(of mbox: OpenMbox) -> Found? {
    guard mbox.chunks.hasFailed else { return nil }
    let rejection = ImportRejection(.unreadable, "reading stopped before the end of the file")
    return Found(place: ImportPlace(mbox.path), content: .rejected(rejection))
  }

  /// A file's one message; nil when the file is an mbox, which is then open.
  private mutating func open(_ path: FilePath, size: UInt64, changed: Timestamp?) -> Found? {
    let place = ImportPlace(path)
    func rejected(_ rejection: ImportRejection) -> Found {
      Found(place: place, content: .rejected(rejection))
    }
    guard let chunks = FileChunks(path: path) else {
      return rejected(ImportRejection(.unreadable, "the file cannot be opened, or is none any more"))
    }
    let head = chunks.read()
    if chunks.hasFailed { return rejected(ImportRejection(.unreadable, "the file cannot be read")) }
    if head.isEmpty { return rejected(ImportRejection(.empty, "the file is empty")) }
    let start = MailSniffer.start(of: head)
    if Mbox.begins(head[start...]) {
      mbox = OpenMbox(path: path, changed: changed, reader: reader(head, from: start, chunks), chunks: chunks)
      return nil
    }
    guard size <= UInt64(limits.messageBytesMax) else { return rejected(tooLarge) }
    var bytes = head
    while case let more = chunks.read(), !more.isEmpty {
      bytes += more
      if bytes.count > limits.messageBytesMax { return rejected(tooLarge) }
    }
    if chunks.hasFailed {
      return rejected(ImportRejection(.unreadable, "the file cannot be read to its end"))
    }
    return Found(place: place, content: .message(bytes), fileTime: changed)
  }

  private func reader(_ head: [UInt8], from start: Int, _ chunks: FileChunks) -> MboxReader {
    var pending: [UInt8]? = Array(head[start...])
    return MboxReader(
      LineReader(startingAt: UInt64(start)) {
        defer { pending = nil }
        return pending ?? chunks.read()
      }, messageBytesMax: limits.messageBytesMax)
  }

  private var tooLarge: ImportRejection {
    ImportRejection(.tooLarge, "a message is larger than the limit of \(limits.messageBytesMax) bytes")
  }
}
