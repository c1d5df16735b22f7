/// Lines of a stream of bytes, in pieces of bounded size, with their offsets.
package struct LineReader {
  /// A line with its end, or a piece of one that is longer than a piece may be.
  package struct Line {
    package var bytes: [UInt8]
    /// Where it begins in the stream.
    package var offset: UInt64
    /// Whether it begins a line, rather than going on with one.
    package var isStart: Bool
  }

  /// The longest piece of a line.
  package static let lineBytesMax = 64 << 10

  private let read: () -> [UInt8]
  private var window: [UInt8] = []
  private var next = 0
  private var offset: UInt64 = 0
  private var isLineStart = true
  private var isAtEnd = false
  private var peeked: Line?

  /// Lines of what `read` gives, chunk after chunk; an empty chunk is the end. The first line's offset is stated.
  package init(startingAt offset: UInt64 = 0, _ read: @escaping () -> [UInt8]) {
    self.offset = offset
    self.read = read
  }

  /// The next piece; nil at the end.
  package mutating func line() -> Line? {
    if let line = peeked {
      peeked = nil
      return line
    }
    return take()
  }

  /// The piece after the one last taken, left where it is.
  package mutating func peek() -> Line? {
    if peeked == nil { peeked = take() }
    return peeked
  }

  private mutating func take() -> Line? {
    var end = newline(from: next)
    while end == nil, window.count - next < Self.lineBytesMax, fill() { end = newline(from: next) }
    guard next < window.count else { return nil }
    let stop = min(end.map { $0 + 1 } ?? window.count, next + Self.lineBytesMax)
    let line = Line(bytes: Array(window[next..<stop]), offset: offset, isStart: isLineStart)
    isLineStart = window[stop - 1] == 10
    offset += UInt64(stop - next)
    next = stop
    return line
  }

  private func newline(from start: Int) -> Int? { window[start...].firstIndex(of: 10) }

  private mutating func fill() -> Bool {
    guard !isAtEnd else { return false }
    let chunk = read()
    isAtEnd = chunk.isEmpty
    window.removeFirst(next)
    next = 0
    window += chunk
    return !chunk.isEmpty
  }
}
