import Synchronization

/// Remembers what was made from keys, up to a number of entries; the longest unused half goes when it is full.
///
/// Split into shards with a lock each, because a contended `Mutex` is slow and many callers share one cache.
package final class BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Shard {
    /// What was used since the last turn, and what was used in the one before.
    var recent: [Key: Value] = [:]
    var former: [Key: Value] = [:]
  }

  private final class LockedShard: Sendable {
    let entries = Mutex(Shard())
  }

  private let shards: [LockedShard]
  private let recentEntriesMax: Int

  /// A cache of at most about so many entries.
  package init(entriesMax: Int, shards count: Int = 16) {
    precondition(count > 0 && entriesMax >= 2 * count, "BoundedCache: two entries a shard at least")
    shards = (0..<count).map { _ in LockedShard() }
    recentEntriesMax = entriesMax / (2 * count)
  }

  /// The value of a key, remembered or made. `make` runs outside the lock, so two callers may both run it: it must
  /// be a pure function of the key.
  package func value(for key: Key, make: (Key) -> Value) -> Value {
    if let value = self[key] { return value }
    let value = make(key)
    self[key] = value
    return value
  }

  /// What is remembered for a key.
  package subscript(key: Key) -> Value? {
    get {
      shard(of: key).entries.withLock { shard in
        if let value = shard.recent[key] { return value }
        guard let value = shard.former[key] else { return nil }
        insert(value, for: key, into: &shard)
        return value
      }
    }
    set {
      shard(of: key).entries.withLock { shard in
        if let newValue {
          insert(newValue, for: key, into: &shard)
        } else {
          shard.recent[key] = nil
          shard.former[key] = nil
        }
      }
    }
  }

  /// Entries held now.
  package var count: Int {
    shards.reduce(0) { sum, locked in
      sum
        + locked.entries.withLock { shard in
          shard.recent.count + shard.former.keys.count { shard.recent[$0] == nil }
        }
    }
  }

  private func insert(_ value: Value, for key: Key, into shard: inout Shard) {
    if shard.recent.count >= recentEntriesMax {
      shard.former = shard.recent
      shard.recent = [:]
    }
    shard.recent[key] = value
  }

  private func shard(of key: Key) -> LockedShard {
    shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))]
  }
}
