import Synchronization
import Testing

/// Records a loop's first issues and says when it is enough: one bug fails a thousand cases, slowly.
final class IssueLimit: Sendable {
  private static let issuesMax = 8
  private let count = Mutex(0)

  var isReached: Bool { count.withLock { $0 >= Self.issuesMax } }

  func record(_ text: String) {
    if isReached { return }
    count.withLock { $0 += 1 }
    Issue.record("\(text)")
  }
}
