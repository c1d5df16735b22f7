package import ParleyEnvelope

/// All the engine gets from outside: disk, time and randomness, so that every run can be played again from a
/// seed.
package struct LogEnvironment: Sendable {
  /// The store's directory.
  package var storage: any Storage
  /// The time now. It may stand still or go back; the log's own clock does not.
  package var clock: @Sendable () -> Timestamp
  /// So many bytes that nobody can guess.
  package var random: @Sendable (Int) -> [UInt8]

  package init(
    storage: any Storage, clock: @escaping @Sendable () -> Timestamp,
    random: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.storage = storage
    self.clock = clock
    self.random = random
  }

  /// The operating system's files under a directory, its clock and its randomness.
  package static func posix(
    at path: String, networkFileSystems: POSIXStorage.NetworkRule = .refused
  ) -> LogEnvironment {
    LogEnvironment(
      storage: POSIXStorage(at: path, networkFileSystems: networkFileSystems),
      clock: { SystemCall.now() },
      random: { UnsafeBytes.random($0) })
  }
}
