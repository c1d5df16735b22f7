import Synchronization

/// Memory that the filters of one opened log's index runs may take together, in bytes.
final class FilterBudget: Sendable {
  private let left: Mutex<Int>

  init(byteCountMax: Int) { left = Mutex(byteCountMax) }

  /// Takes so many bytes; false, and nothing taken, when they are more than half of what is left: a large run comes first,
  /// and the smaller ones behind it, of which a byte saves more reading, shall get theirs.
  func take(_ byteCount: Int) -> Bool {
    left.withLock { left in
      guard byteCount <= left / 2 else { return false }
      left -= byteCount
      return true
    }
  }

  func giveBack(_ byteCount: Int) { left.withLock { $0 += byteCount } }
}
