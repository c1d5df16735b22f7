import Dispatch
import ParleyEnvelope
import Synchronization

/// A prepared batch on its way through the commit, and whoever waits for its answer.
final class Submission: Sendable {
  typealias Answer = Result<AppendOutcome, LogError>

  let batch: PreparedBatch
  /// What the caller found before queueing.
  let lookup: BatchLookup
  private let waiter: Waiter
  private let answer = Mutex<Answer?>(nil)

  private enum Waiter: Sendable {
    case thread(DispatchSemaphore)
    case task(CheckedContinuation<Answer, Never>)
  }

  /// A submission that a thread will wait for.
  init(_ batch: PreparedBatch, _ lookup: BatchLookup) {
    self.batch = batch
    self.lookup = lookup
    waiter = .thread(DispatchSemaphore(value: 0))
  }

  /// A submission that a suspended task waits for.
  init(_ batch: PreparedBatch, _ lookup: BatchLookup, _ continuation: CheckedContinuation<Answer, Never>) {
    self.batch = batch
    self.lookup = lookup
    waiter = .task(continuation)
  }

  /// Gives the answer, once.
  func finish(_ result: Answer) {
    switch waiter {
    case .thread(let semaphore):
      answer.withLock { $0 = result }
      semaphore.signal()
    case .task(let continuation): continuation.resume(returning: result)
    }
  }

  var isFinished: Bool { answer.withLock { $0 != nil } }

  /// Blocks until the answer is there.
  func wait() -> Answer {
    guard case .thread(let semaphore) = waiter else {
      preconditionFailure("Submission.wait() without a thread")
    }
    semaphore.wait()
    guard let answer = answer.withLock({ $0 }) else {
      preconditionFailure("Submission.wait() without an answer")
    }
    return answer
  }
}

/// What is known of a batch's ids and streams, looked up before the commit on the caller's side.
struct BatchLookup: Sendable {
  /// Known records, whatever their rule, by index.
  var known: [Int: Position] = [:]
  /// The last event of each record's stream, none where it has none.
  var tails: [Position] = []
  /// The head when it was looked up: while it is the head, nothing has changed.
  var head: Position
  /// Where the first segment began that was still indexed in memory: what comes before has not changed since.
  var checked: Position
}
