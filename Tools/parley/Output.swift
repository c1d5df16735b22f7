/// Standard output was closed by whoever read it, as `| head` does: no error, only the end.
struct ClosedPipe: Error {}

/// Standard output, gathered into large writes.
///
/// Nothing is seen before `flush`; a command flushes before it returns, and before it waits for input.
final class Output {
  private var buffer: [UInt8] = []
  private static let bufferBytesMax = 64 * 1024

  /// Whether a person looks at it.
  let isTerminal = System.isTerminal(System.standardOutput)

  /// Whether colors are wanted: on a terminal that has them, unless NO_COLOR says otherwise (no-color.org).
  var hasColor: Bool {
    isTerminal && (System.environment("NO_COLOR") ?? "").isEmpty && System.environment("TERM") != "dumb"
  }

  /// Appends text as it is.
  func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferBytesMax { try flush() }
  }

  /// Appends a line.
  func write(line: String) throws { try write(line + "\n") }

  /// Appends bytes as they are.
  func write(bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferBytesMax { try flush() }
  }

  /// Hands everything to the operating system. Throws `ClosedPipe` when nobody reads any more.
  func flush() throws {
    guard !buffer.isEmpty else { return }
    let bytes = buffer
    buffer.removeAll(keepingCapacity: true)
    guard System.writeAll(System.standardOutput, bytes) else { throw Self.failure() }
  }

  private static func failure() -> any Error {
    if System.isClosedPipe { return ClosedPipe() }
    return CommandFailure(.cannotOpen, "standard output: \(System.errorText())")
  }
}
