import ParleyEnvelope

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

// The calls of the operating system by which files are found and read, and all their `unsafe`. By hand, because
// Foundation knows a file only by a text, and a name need not be one.

/// What stands at a path.
struct FileStatus {
  /// Plain files and directories are read; the others are named.
  enum Kind { case file, directory, link, namedPipe, socket, device, other }

  var kind: Kind
  /// In bytes.
  var size: UInt64
  /// When the content was last changed; nil for a time that no store takes.
  var changed: Timestamp?

  /// What stands at a path, or what a link there leads to; nil when that cannot be found out. Opens nothing.
  init?(of path: FilePath, followsLink: Bool) {
    var status = stat()
    let result = unsafe path.withCString { name in
      // Sound: the string ends with a zero and lives as long as the call, which fills the struct it is given.
      unsafe followsLink ? stat(name, &status) : lstat(name, &status)
    }
    guard result == 0 else { return nil }
    self.init(status)
  }

  fileprivate init(_ status: stat) {
    kind = Self.kind(status.st_mode)
    size = UInt64(max(0, status.st_size))
    #if canImport(Darwin)
    let seconds = Int64(status.st_mtimespec.tv_sec)
    #else
    let seconds = Int64(status.st_mtim.tv_sec)
    #endif
    // Multiplied only where it fits: a file's time can be anything.
    changed = Self.secondsTaken.contains(seconds) ? Timestamp(seconds: seconds) : nil
  }

  /// Seconds since 1970 of the years 0001 to 9999.
  private static let secondsTaken =
    Timestamp.earliest.microseconds / 1_000_000...Timestamp.latest.microseconds / 1_000_000

  private static func kind(_ mode: mode_t) -> Kind {
    switch mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    case S_IFLNK: .link
    case S_IFIFO: .namedPipe
    case S_IFSOCK: .socket
    case S_IFCHR, S_IFBLK: .device
    default: .other
    }
  }
}

/// The names in a directory, `.` and `..` left out, in no order; nil when it cannot be listed to its end.
func namesInDirectory(_ path: FilePath) -> [[UInt8]]? {
  guard let directory = unsafe path.withCString({ unsafe opendir($0) }) else { return nil }
  defer { unsafe _ = closedir(directory) }
  var names: [[UInt8]] = []
  while true {
    errno = 0
    guard let entry = unsafe readdir(directory) else { return errno == 0 ? names : nil }
    // Sound: the name stands in the entry, ends with a zero, and is copied before the next call.
    let start = unsafe UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
    let text = unsafe start.assumingMemoryBound(to: CChar.self)
    let name = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: strlen(text)))
    if name != [46], name != [46, 46] { names.append(name) }
  }
}

/// A plain file's bytes, chunk by chunk.
package final class FileChunks {
  private let descriptor: Int32
  /// Whether the last read failed: what follows is missing.
  package private(set) var hasFailed = false

  /// Bytes of one chunk.
  package static let chunkBytes = 256 << 10

  /// Opens a file; nil when it cannot be read or is no plain file. Never waits: a named pipe that took a file's
  /// place would, for somebody who writes to it.
  package init?(path: FilePath) {
    let opened = unsafe path.withCString { name in
      // Sound: the string ends with a zero and lives as long as the call.
      unsafe open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }
    guard opened >= 0 else { return nil }
    descriptor = opened
    var status = stat()
    // Sound: fstat fills the struct it is given, which lives here.
    guard unsafe fstat(opened, &status) == 0, FileStatus(status).kind == .file else { return nil }
  }

  deinit { _ = close(descriptor) }

  /// The next bytes, so many but at the end; empty behind it.
  package func read(upTo count: Int = FileChunks.chunkBytes) -> [UInt8] {
    // Sound: `readFull` says how many bytes of the array's own memory it has filled.
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe filled = readFull(UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Fills a buffer and gives how many bytes there were for it.
  private func readFull(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    var filled = 0
    while filled < buffer.count, let start = buffer.baseAddress {
      // Sound: the pointer and count stay inside the buffer.
      let got = unsafe Self.read(descriptor, start + filled, buffer.count - filled)
      if got < 0, errno == EINTR { continue }
      hasFailed = got < 0
      guard got > 0 else { return hasFailed ? 0 : filled }
      filled += got
    }
    return filled
  }

  private static func read(_ descriptor: Int32, _ start: UnsafeMutableRawPointer, _ count: Int) -> Int {
    #if canImport(Darwin)
    unsafe Darwin.read(descriptor, start, count)
    #else
    unsafe Glibc.read(descriptor, start, count)
    #endif
  }
}

extension FilePath {
  /// Lends the path as a C string.
  fileprivate func withCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
    let terminated = bytes + [0]
    return unsafe terminated.withUnsafeBytes { buffer in
      // Sound: the buffer holds at least the terminator, so it has a base address.
      unsafe body(buffer.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
  }
}
