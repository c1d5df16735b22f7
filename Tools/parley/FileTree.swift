/// The files under some paths, in an order that is the same everywhere: names sorted by their bytes. Links to
/// directories are not followed, so that a loop of links ends nothing.
struct FileTree {
  /// A file to read.
  struct File {
    var path: String
    var bytes: Int
    var modifiedSeconds: Int64
  }

  /// Directories inside each other, at most.
  static let depthMax = 64

  /// The files, in order.
  private(set) var files: [File] = []
  /// What could not be read, and why.
  private(set) var failures: [(path: String, reason: String)] = []

  /// Bytes of all files.
  var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// Looks through the paths. A path that is not there is a failure of the command; what is found further down
  /// and can't be read costs itself only.
  ///
  /// - Parameter isWanted: whether a file with this path, relative to nothing, is to be listed.
  init(_ paths: [String], where isWanted: (String) -> Bool = { _ in true }) throws {
    for path in paths {
      guard let entry = System.entry(at: path) else {
        throw CommandFailure(.cannotOpen, "\(path): \(System.errorText())")
      }
      add(path, entry, depth: 0, isWanted)
    }
  }

  private mutating func add(_ path: String, _ entry: System.Entry, depth: Int, _ isWanted: (String) -> Bool) {
    switch entry {
    case .file(let bytes, let modified):
      if isWanted(path) { files.append(File(path: path, bytes: bytes, modifiedSeconds: modified)) }
    case .directory: addChildren(of: path, depth: depth, isWanted)
    case .other: failures.append((path, "neither a file nor a directory"))
    }
  }

  private mutating func addChildren(of directory: String, depth: Int, _ isWanted: (String) -> Bool) {
    guard depth < Self.depthMax else {
      failures.append((directory, "more than \(Self.depthMax) directories inside each other"))
      return
    }
    guard let (names, unreadable) = System.names(in: directory) else {
      failures.append((directory, System.errorText()))
      return
    }
    if unreadable > 0 { failures.append((directory, "\(counted(unreadable, "name")) not in UTF-8")) }
    for name in names {
      let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
      guard let entry = System.entry(at: path) else {
        failures.append((path, System.errorText()))
        continue
      }
      if case .directory = entry, System.isSymbolicLink(path) { continue }
      add(path, entry, depth: depth + 1, isWanted)
    }
  }
}
