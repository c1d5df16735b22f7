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

  /// Seals every event there is, and merges sealed segments, small from having been sealed early, until no two neighbours
  /// fit into one of 262,144 events and 64 MiB. In the background that is done as soon as four of about one size are there.
  ///
  /// Reads and appends go on meanwhile and see the same events. Takes about a second for each 100,000 events that it moves,
  /// none for those that lie as they should, and throws as `seal` does.
  @concurrent
  public func compact() async throws(StoreError) {
    try await IOThreads.shared.run { () throws(StoreError) in
      try StoreError.wrappingLog { () throws(LogError) in try self.log.compact() }
    }
  }
}
