import Foundation
package import ParleyEnvelope

/// The files of some paths, directories walked in the order of their names' bytes, so that two runs agree.
///
/// The `tmp` of a Maildir is passed over: it holds what is still being delivered. Links are named, not followed:
/// they can lead in circles or out of what was asked for.
package struct FileWalk {
  /// A file, or why a path is none.
  package enum Found {
    /// A plain file, its size in bytes and when it was last changed.
    case file(path: String, size: UInt64, changed: Timestamp?)
    /// Not walked, not read.
    case rejected(path: String, ImportRejection)
  }

  private struct Pending {
    var path: String
    var depth: Int
  }

  private let depthMax: Int
  /// What is left, the next one last.
  private var pending: [Pending]

  /// The files below some paths, in the order of the paths.
  package init(_ paths: [String], depthMax: Int) {
    self.depthMax = depthMax
    pending = paths.reversed().map { Pending(path: $0, depth: 0) }
  }

  /// The next file; nil when all were given.
  package mutating func next() -> Found? {
    while let item = pending.popLast() {
      guard let attributes = attributes(of: item) else {
        return .rejected(path: item.path, ImportRejection(.unreadable, "the file cannot be looked at"))
      }
      switch attributes[.type] as? FileAttributeType {
      case .typeDirectory:
        if let rejection = open(item) { return .rejected(path: item.path, rejection) }
      case .typeRegular:
        return .file(
          path: item.path, size: (attributes[.size] as? UInt64) ?? 0,
          changed: (attributes[.modificationDate] as? Date).flatMap(timestamp))
      default:
        return .rejected(
          path: item.path, ImportRejection(.notAFile, "a link, device or socket; links are not followed"))
      }
    }
    return nil
  }

  /// A path named by the caller may be a link; what a walk finds may not.
  private func attributes(of item: Pending) -> [FileAttributeKey: Any]? {
    let path = item.depth == 0 ? URL(fileURLWithPath: item.path).resolvingSymlinksInPath().path : item.path
    return try? FileManager.default.attributesOfItem(atPath: path)
  }

  private mutating func open(_ directory: Pending) -> ImportRejection? {
    guard directory.depth < depthMax else {
      return ImportRejection(.tooDeep, "directories stand more than \(depthMax) deep inside each other")
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path) else {
      return ImportRejection(.unreadable, "the directory cannot be listed")
    }
    let sorted = chosen(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for name in sorted.reversed() {
      pending.append(Pending(path: joined(directory.path, name), depth: directory.depth + 1))
    }
    return nil
  }

  private func chosen(_ names: [String]) -> [String] {
    guard ["cur", "new"].allSatisfy(names.contains) else { return names }
    return names.filter { $0 != "tmp" }
  }

  private func joined(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  private func timestamp(_ date: Date) -> Timestamp? {
    let seconds = date.timeIntervalSince1970.rounded(.down)
    return abs(seconds) < 1e11 ? Timestamp(seconds: Int64(seconds)) : nil
  }
}

/// A file's bytes, chunk by chunk.
package final class FileChunks {
  private let handle: FileHandle
  /// Whether the last read failed: what follows is missing.
  package private(set) var hasFailed = false

  /// Bytes of one chunk.
  package static let chunkBytes = 256 << 10

  /// Opens a file; nil when it cannot be read.
  package init?(path: String) {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    self.handle = handle
  }

  /// The next bytes, at most so many; empty at the end.
  package func read(upTo count: Int = FileChunks.chunkBytes) -> [UInt8] {
    do {
      return try handle.read(upToCount: count).map { [UInt8]($0) } ?? []
    } catch {
      hasFailed = true
      return []
    }
  }
}
