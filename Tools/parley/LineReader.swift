import ParleyEvents

/// Reads lines from a file or standard input, each in bounded memory.
struct LineReader {
  /// The longest line that is kept, in bytes without its end.
  static let lineBytesMax = EventJSON.lineBytesMax

  /// One line without its end.
  enum Line {
    case bytes([UInt8])
    /// Longer than `lineBytesMax`; none of it was kept.
    case tooLong(bytes: Int)

    var byteCount: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .tooLong(let bytes): bytes
      }
    }
  }

  private let descriptor: Int32
  private let path: String?
  private var chunk: [UInt8] = []
  private var next = 0
  private var isAtEnd = false
  private var steps = 0
  private static let chunkBytes = 256 * 1024
  private static let stepMilliseconds: Int32 = 200
  /// Steps without a byte, from the beginning on, after which somebody may wonder.
  private static let silentSteps = 10

  /// Called once when nothing was written to the input in its first seconds.
  var whileWaiting: (() -> Void)?

  /// The input, for people.
  var name: String { path ?? Self.standardInputName }
  static let standardInputName = "standard input"

  /// The bytes there are to read; 0 when nobody knows.
  var bytesTotal: Int { System.fileSize(descriptor) }

  /// How many lines were read: the number of the last one, counted from 1.
  private(set) var number = 0

  /// Reads a file, or standard input for nil and `-`.
  init(path: String?) throws {
    self.path = path == "-" ? nil : path
    guard let path, path != "-" else {
      descriptor = System.standardInput
      return
    }
    guard let opened = System.openForReading(path) else {
      throw CommandFailure(.cannotOpen, "\(path): \(System.errorText())")
    }
    descriptor = opened
    guard !System.isDevice(opened) else {
      throw CommandFailure(.cannotOpen, "\(path): a device; a file, a pipe or a terminal is read")
    }
  }

  /// Whether the next line may be there without waiting for whoever writes the input.
  var isReady: Bool { next < chunk.count || isAtEnd || System.isReadable(descriptor, milliseconds: 0) }

  /// The next line that is not blank; nil at the end of the input, or once Ctrl-C came.
  mutating func line() throws -> Line? {
    while let line = try anyLine() {
      guard case .bytes(let bytes) = line, bytes.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) else {
        return line
      }
    }
    return nil
  }

  private mutating func anyLine() throws -> Line? {
    var bytes: [UInt8] = []
    var dropped = 0
    while true {
      if next == chunk.count, try !fill() {
        // Of a line that Ctrl-C cut short nobody knows what it was going to be.
        guard !System.isInterrupted, !bytes.isEmpty || dropped > 0 else { return nil }
        return finish(bytes, dropped)
      }
      let end = chunk[next...].firstIndex(of: UInt8(ascii: "\n")) ?? chunk.count
      take(next..<end, into: &bytes, &dropped)
      next = min(end + 1, chunk.count)
      if end < chunk.count { return finish(bytes, dropped) }
    }
  }

  private mutating func take(_ range: Range<Int>, into bytes: inout [UInt8], _ dropped: inout Int) {
    if dropped == 0 && bytes.count + range.count <= Self.lineBytesMax {
      bytes.append(contentsOf: chunk[range])
    } else {
      dropped += range.count + bytes.count
      bytes = []
    }
  }

  private mutating func finish(_ bytes: [UInt8], _ dropped: Int) -> Line {
    number += 1
    return dropped > 0 ? .tooLong(bytes: dropped) : .bytes(bytes)
  }

  /// Waits in steps, so that Ctrl-C is seen also while nobody writes, and says so once.
  private mutating func fill() throws -> Bool {
    guard !isAtEnd else { return false }
    while !System.isReadable(descriptor, milliseconds: Self.stepMilliseconds) {
      if System.isInterrupted { return false }
      steps += 1
      if steps == Self.silentSteps { whileWaiting?() }
    }
    steps = max(steps, Self.silentSteps)
    if System.isInterrupted { return false }
    guard let read = System.readSome(descriptor, Self.chunkBytes) else {
      throw CommandFailure(.cannotOpen, "\(name): \(System.errorText())")
    }
    // What Windows programs put before UTF-8; no line's own.
    let isMarked = chunk.isEmpty && read.starts(with: [0xEF, 0xBB, 0xBF])
    chunk = read
    next = isMarked ? 3 : 0
    isAtEnd = read.isEmpty
    return !isAtEnd
  }
}
