/// What the answer to an append promises.
package enum LogDurability: UInt8, Sendable {
  /// The events are on disk: an fdatasync before every answer.
  case sync = 0
  /// The events are written and outlive the process. They are on disk `LogLimits.syncDelay` seconds later, or earlier when
  /// `LogLimits.unsyncedBytesMax` have come together; a power loss before takes the last of them, never one without all
  /// behind it.
  case delayed = 1

  /// Its name in options and in what commands print.
  package var name: String {
    switch self {
    case .sync: "sync"
    case .delayed: "delayed"
    }
  }
}
