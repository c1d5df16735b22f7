import Dispatch
import Synchronization

/// A few threads for work that blocks on the disk, so that it never holds a thread of Swift's cooperative pool,
/// which has one to a core.
///
/// Work starts in the order it came. Work that waits for other work of the same pool can wait for ever: keep that
/// off these threads. A hop here and back costs about 40 µs.
package final class IOThreads: Sendable {
  /// The process's pool: four threads, started when first asked for and kept.
  package static let shared = IOThreads(count: 4)

  private typealias Work = @Sendable () -> Void

  private let queue = Mutex(WorkQueue())
  private let waiting = DispatchSemaphore(value: 0)

  /// A pool of so many threads, 1 to 16, which live as long as the process.
  package init(count: Int) {
    precondition((1...16).contains(count), "IOThreads(count:) takes 1 to 16")
    let started = (0..<count).filter { _ in SystemCall.startThread { self.serve() } }
    precondition(!started.isEmpty, "IOThreads: the system gives no thread")
  }

  /// Runs work on one of the threads and returns what it returns, or throws what it throws. Not cancellable: work
  /// once given is run.
  package func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result = await withCheckedContinuation { continuation in
      submit { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
  }

  /// Gives work to the threads and returns at once.
  package func submit(_ work: @escaping @Sendable () -> Void) {
    queue.withLock { $0.append(work) }
    waiting.signal()
  }

  private func serve() {
    while true {
      waiting.wait()
      let work = queue.withLock { $0.next() }
      work?()
    }
  }

  /// First in, first out, in amortized constant time: what comes goes to one array, what leaves is taken from the
  /// end of another.
  private struct WorkQueue {
    private var incoming: [Work] = []
    private var outgoing: [Work] = []

    mutating func append(_ work: @escaping Work) { incoming.append(work) }

    mutating func next() -> Work? {
      if outgoing.isEmpty {
        outgoing = incoming.reversed()
        incoming.removeAll(keepingCapacity: true)
      }
      return outgoing.popLast()
    }
  }
}
