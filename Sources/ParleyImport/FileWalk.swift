package import ParleyEnvelope

/// The files of some paths, directories walked in the order of their names' bytes, so that two runs agree.
///
/// A Parley store is named, not walked: what it keeps of mails are no mails of their own. The `tmp` of a Maildir is
/// passed over: it holds what is still being delivered. Links that are met are named, not followed: they can lead in
/// circles or out of what was asked for. What is no file or directory is named and never opened: a named pipe would
/// wait for whoever writes to it.
package struct FileWalk {
  /// A file, or why a path is none.
  package enum Found {
    /// A plain file, its size in bytes and when it was last changed.
    case file(path: FilePath, size: UInt64, changed: Timestamp?)
    /// Not walked, not read.
    case rejected(path: FilePath, ImportRejection)
  }

  private struct Pending {
    var path: FilePath
    var depth: Int
  }

  private let depthMax: Int
  /// What is left, the next one last.
  private var pending: [Pending]

  /// The files below some paths, in the order of the paths.
  package init(_ paths: [String], depthMax: Int) {
    self.depthMax = depthMax
    pending = paths.reversed().map { Pending(path: FilePath($0), depth: 0) }
  }

  /// The next file; nil when all were given.
  package mutating func next() -> Found? {
    while let item = pending.popLast() {
      // A path named by the caller may be a link; what a walk finds may not.
      guard let status = FileStatus(of: item.path, followsLink: item.depth == 0) else {
        return .rejected(path: item.path, ImportRejection(.unreadable, "the file cannot be looked at"))
      }
      switch status.kind {
      case .directory:
        if let rejection = open(item) { return .rejected(path: item.path, rejection) }
      case .file: return .file(path: item.path, size: status.size, changed: status.changed)
      default: return .rejected(path: item.path, ImportRejection(.notAFile, Self.words(status.kind)))
      }
    }
    return nil
  }

  private mutating func open(_ directory: Pending) -> ImportRejection? {
    guard directory.depth < depthMax else {
      return ImportRejection(.tooDeep, "directories stand more than \(depthMax) deep inside each other")
    }
    guard let names = namesInDirectory(directory.path) else {
      return ImportRejection(.unreadable, "the directory cannot be listed")
    }
    guard !Self.isStore(names) else {
      return ImportRejection(.store, "a Parley store, whose files are no mails to import")
    }
    for name in chosen(names).sorted(by: { $1.lexicographicallyPrecedes($0) }) {
      pending.append(Pending(path: directory.path.appending(name), depth: directory.depth + 1))
    }
    return nil
  }

  private func chosen(_ names: [[UInt8]]) -> [[UInt8]] {
    guard ["cur", "new"].allSatisfy({ names.contains(Array($0.utf8)) }) else { return names }
    let passedOver = Array("tmp".utf8)
    return names.filter { $0 != passedOver }
  }

  private static func isStore(_ names: [[UInt8]]) -> Bool {
    ["store.json", "active", "blobs"].allSatisfy { names.contains(Array($0.utf8)) }
  }

  private static func words(_ kind: FileStatus.Kind) -> String {
    switch kind {
    case .link: "a link; links are not followed"
    case .namedPipe: "a named pipe; only files and directories are read"
    case .socket: "a socket; only files and directories are read"
    case .device: "a device; only files and directories are read"
    default: "neither a file nor a directory"
    }
  }
}
