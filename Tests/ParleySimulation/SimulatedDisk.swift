import ParleyLog

/// A disk as a value: files, names, and which of both a crash would find. Copying it is cheap until one of the
/// copies changes, so that a test can keep one of every moment.
///
/// Names are as un-durable as POSIX lets them be: a created, renamed or removed name outlives a crash for sure only
/// after its directory was synced, on its own or not. A rename within a directory is whole or absent; one across
/// directories may leave both names, never neither. A synced file in a directory whose own name was not synced is
/// gone with it.
package struct SimulatedDisk: Sendable {
  enum Node: Equatable, Sendable {
    case file(Int)
    case directory
  }

  enum NameChange: Sendable {
    case link(String, Node)
    case unlink(String, Node)
    case rename(String, to: String, Node)
  }

  var files: [Int: SimulatedFileImage] = [:]
  var names: [String: Node] = [:]
  var durableNames: [String: Node] = [:]
  var pendingNames: [NameChange] = []
  private var nextFile = 1

  /// An empty disk: the root is there, and durable.
  package init() {}

  // MARK: - What a test sees and does

  /// All files' paths, sorted.
  package var paths: [String] {
    names.compactMap { $0.value == .directory ? nil : $0.key }.sorted()
  }

  /// What programs read in a file; nil when there is none.
  package func bytes(of path: String) -> [UInt8]? { fileID(path).flatMap { files[$0]?.live } }

  /// What a file holds for sure.
  package func durableBytes(of path: String) -> [UInt8]? { fileID(path).flatMap { files[$0]?.durable } }

  /// Turns one bit of the medium around.
  package mutating func flip(_ path: String, offset: Int, bit: Int) {
    guard let id = fileID(path), var bytes = files[id]?.live, offset < bytes.count else {
      preconditionFailure("SimulatedDisk.flip: no byte \(offset) in \(path)")
    }
    bytes[offset] ^= 1 << UInt8(bit)
    replace(path, with: bytes)
  }

  /// Puts other content on the medium, or another file: an old copy, an empty one.
  package mutating func replace(_ path: String, with bytes: [UInt8]) {
    var image = SimulatedFileImage()
    image.live = bytes
    image.durable = bytes
    if let id = fileID(path) {
      files[id] = image
    } else {
      let id = makeFile(image)
      names[path] = .file(id)
      durableNames[path] = .file(id)
    }
  }

  /// Loses a file.
  package mutating func lose(_ path: String) {
    names[path] = nil
    durableNames[path] = nil
    pendingNames.removeAll { $0.touches(path) }
  }

  /// The disk after the power failed and came back; what was synced is there, of the rest whatever the seed says.
  package func crashed(seed: UInt64) -> SimulatedDisk {
    var random = SplitMix64(seed: seed)
    return crashed(.chosen(by: &random), seed: random.next())
  }

  /// The same, with a say in what outlives it.
  package func crashed(_ survival: Survival, seed: UInt64) -> SimulatedDisk {
    var random = SplitMix64(seed: seed)
    var disk = self
    disk.crashNames(survival, &random)
    let kept = Set(disk.names.values.compactMap { $0.file })
    disk.files = disk.files.filter { kept.contains($0.key) }
    for id in disk.files.keys.sorted() { disk.files[id]?.crash(survival, &random) }
    return disk
  }

  /// Bytes in all files that have a name.
  package var usedBytes: Int {
    names.values.reduce(0) { $0 + ($1.file.flatMap { files[$0]?.live.count } ?? 0) }
  }

  // MARK: - Names

  func fileID(_ path: String) -> Int? { names[path]?.file }

  func node(_ path: String) throws(SystemError) -> Node {
    if path.isEmpty { return .directory }
    guard path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isPlainName) else {
      throw .invalid
    }
    if let node = names[path] { return node }
    if case .file = names[Self.parent(of: path)] { throw .notDirectory }
    throw .notFound
  }

  mutating func create(_ path: String) throws(SystemError) -> Int {
    if try exists(path) { throw .exists }
    guard try node(Self.parent(of: path)) == .directory else { throw .notDirectory }
    let id = makeFile(SimulatedFileImage())
    link(path, .file(id))
    return id
  }

  func exists(_ path: String) throws(SystemError) -> Bool {
    do {
      _ = try node(path)
      return true
    } catch  where error == .notFound || error == .notDirectory {
      return false
    }
  }

  func list(_ directory: String) throws(SystemError) -> [String] {
    guard try node(directory) == .directory else { throw .notDirectory }
    let prefix = directory.isEmpty ? "" : directory + "/"
    return names.keys.filter { Self.parent(of: $0) == directory }.map { String($0.dropFirst(prefix.count)) }
      .sorted()
  }

  mutating func createDirectory(_ path: String) throws(SystemError) {
    if try exists(path) {
      guard try node(path) == .directory else { throw .notDirectory }
      return
    }
    try createDirectory(Self.parent(of: path))
    link(path, .directory)
  }

  mutating func rename(_ path: String, to newPath: String) throws(SystemError) {
    let node = try node(path)
    // The engine renames files only.
    guard node != .directory, names[newPath] != .directory else { throw .isDirectory }
    guard try self.node(Self.parent(of: newPath)) == .directory else { throw .notDirectory }
    if path == newPath { return }
    names[path] = nil
    names[newPath] = node
    pendingNames.append(.rename(path, to: newPath, node))
  }

  mutating func remove(_ path: String) throws(SystemError) {
    let node = try node(path)
    guard node != .directory else { throw .isDirectory }
    names[path] = nil
    pendingNames.append(.unlink(path, node))
  }

  mutating func syncDirectory(_ directory: String) throws(SystemError) {
    guard try node(directory) == .directory else { throw .notDirectory }
    var left: [NameChange] = []
    for change in pendingNames {
      switch change {
      case .rename(let path, let newPath, let node)
      where Self.parent(of: newPath) == directory && Self.parent(of: path) != directory:
        durableNames[newPath] = node
        left.append(.unlink(path, node))
      case .rename(let path, let newPath, _)
      where Self.parent(of: newPath) == directory || Self.parent(of: path) == directory:
        apply(change)
      case .link(let path, _) where Self.parent(of: path) == directory,
        .unlink(let path, _) where Self.parent(of: path) == directory:
        apply(change)
      default: left.append(change)
      }
    }
    pendingNames = left
  }

  static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private mutating func makeFile(_ image: SimulatedFileImage) -> Int {
    defer { nextFile += 1 }
    files[nextFile] = image
    return nextFile
  }

  private mutating func link(_ path: String, _ node: Node) {
    names[path] = node
    pendingNames.append(.link(path, node))
  }

  private mutating func apply(_ change: NameChange) {
    switch change {
    case .link(let path, let node): durableNames[path] = node
    case .unlink(let path, let node): if durableNames[path] == node { durableNames[path] = nil }
    case .rename(let path, let newPath, let node):
      if durableNames[path] == node { durableNames[path] = nil }
      durableNames[newPath] = node
    }
  }

  private mutating func crashNames(_ survival: Survival, _ random: inout SplitMix64) {
    let kept: Int
    switch survival {
    case .nothing: kept = 0
    case .prefix: kept = random.below(pendingNames.count + 1)
    case .everything, .scattered: kept = pendingNames.count
    }
    for change in pendingNames[..<kept] where survival != .scattered || random.oneIn(2) { apply(change) }
    pendingNames = []
    // Shorter paths first: a directory that is gone takes what is in it.
    var names: [String: Node] = [:]
    for path in durableNames.keys.sorted(by: { $0.utf8.count < $1.utf8.count }) {
      let parent = Self.parent(of: path)
      if parent.isEmpty || names[parent] == .directory { names[path] = durableNames[path] }
    }
    self.names = names
    durableNames = names
  }
}

extension SimulatedDisk.Node {
  var file: Int? {
    if case .file(let id) = self { id } else { nil }
  }
}

extension SimulatedDisk.NameChange {
  func touches(_ path: String) -> Bool {
    switch self {
    case .link(let name, _), .unlink(let name, _): name == path
    case .rename(let name, let newName, _): name == path || newName == path
    }
  }
}

private func isPlainName(_ name: Substring) -> Bool { !name.isEmpty && name != "." && name != ".." }
