import ParleyLog

extension ConversationStore {
  /// Seals every event there is: groups them by stream and compresses them high, now instead of when enough has come
  /// together, which the store does by itself in the background.
  ///
  /// Reads and appends go on meanwhile and see the same events. Takes about a second for each 100,000 events, and room on
  /// the disk for both forms of a part. Throws `notWritable` for a store that reads, `diskFull` and `disk`: nothing is lost
  /// then, and it can be done again. What is damaged stays as it is.
  @concurrent
  public func seal() async throws(StoreError) {
    try await IOThreads.shared.run { () throws(StoreError) in
      try StoreError.wrappingLog { () throws(LogError) in try self.log.seal() }
    }
  }
}
