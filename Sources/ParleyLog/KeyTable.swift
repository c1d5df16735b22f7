import ParleyEnvelope

/// From sixteen-byte keys to the order they came in: open addressing over 32-bit ordinals, at most half full, so
/// that a key costs sixteen bytes and about six more.
struct KeyTable: Sendable {
  private(set) var keys: [Bytes16] = []
  /// Ordinal + 1, or 0 for a free slot.
  private var slots: [UInt32]
  private var mask: UInt64 { UInt64(slots.count - 1) }

  init(capacity: Int = 512) {
    var size = 1024
    while size < capacity * 2 { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
    keys.reserveCapacity(capacity)
  }

  var count: Int { keys.count }

  /// The ordinal of a key, nil when it is not there.
  func ordinal(of key: Bytes16) -> Int? {
    var slot = key.mixed & mask
    while slots[Int(slot)] != 0 {
      let ordinal = Int(slots[Int(slot)] - 1)
      if keys[ordinal] == key { return ordinal }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds a key behind the others, or finds it; says its ordinal and whether it is new.
  mutating func insert(_ key: Bytes16) -> (ordinal: Int, isNew: Bool) {
    if (keys.count + 1) * 2 > slots.count { grow() }
    var slot = key.mixed & mask
    while slots[Int(slot)] != 0 {
      let ordinal = Int(slots[Int(slot)] - 1)
      if keys[ordinal] == key { return (ordinal, false) }
      slot = (slot + 1) & mask
    }
    keys.append(key)
    slots[Int(slot)] = UInt32(keys.count)
    return (keys.count - 1, true)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (ordinal, key) in keys.enumerated() {
      var slot = key.mixed & mask
      while slots[Int(slot)] != 0 { slot = (slot + 1) & mask }
      slots[Int(slot)] = UInt32(ordinal + 1)
    }
  }
}
