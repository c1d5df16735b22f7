package import ParleyEnvelope
import Synchronization

/// A clock that a test moves. Each look at it takes a millisecond.
package final class SimulatedClock: Sendable {
  private let time: Mutex<Timestamp>

  /// A clock that starts at a time, 2024-01-01T00:00:00Z unless stated.
  package init(at start: Timestamp = Timestamp(seconds: 1_704_067_200)) { time = Mutex(start) }

  /// The time now, a millisecond after the last look.
  package func now() -> Timestamp {
    time.withLock {
      $0 = $0 + 1_000
      return $0
    }
  }

  /// Moves the clock by so many microseconds, back when negative.
  package func move(by microseconds: Int64) { time.withLock { $0 = $0 + microseconds } }
}
