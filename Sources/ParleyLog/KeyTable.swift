package import ParleyEnvelope

/// From sixteen-byte keys to the order they came in: open addressing, at most half full. A slot holds half of the
/// key's hash beside its ordinal, so that a probe reads no key but the one it finds, and growing reads none. A key
/// costs 16 bytes and 16 to 32 more.
package struct KeyTable: Sendable {
  package private(set) var keys: [Bytes16] = []
  /// The hash above, the ordinal + 1 below; 0 for a free slot.
  private var slots: [UInt64]
  private var mask: Int

  /// A table with room for so many keys before it grows.
  package init(capacity: Int = 8) {
    slots = [UInt64](repeating: 0, count: Self.slotCount(for: capacity))
    mask = slots.count - 1
    keys.reserveCapacity(capacity)
  }

  package var count: Int { keys.count }

  /// Makes room for so many keys in all.
  mutating func reserveCapacity(_ capacity: Int) {
    let wanted = Self.slotCount(for: capacity)
    if wanted > slots.count { grow(to: wanted) }
    keys.reserveCapacity(capacity)
  }

  /// The ordinal of a key, nil when it is not there.
  package func ordinal(of key: Bytes16) -> Int? {
    let entry = slot(of: key, key.mixed >> 32).entry
    return entry == 0 ? nil : Self.ordinal(in: entry)
  }

  /// Adds a key behind the others, or finds it; says its ordinal and whether it is new.
  package mutating func insert(_ key: Bytes16) -> (ordinal: Int, isNew: Bool) {
    let hash = key.mixed >> 32
    let slot = slot(of: key, hash)
    if slot.entry != 0 { return (Self.ordinal(in: slot.entry), false) }
    keys.append(key)
    slots[slot.number] = hash << 32 | UInt64(keys.count)
    if keys.count * 2 >= slots.count { grow(to: slots.count * 2) }
    return (keys.count - 1, true)
  }

  /// The slot that a key is in with what it holds, or the free one where it would be.
  @inline(__always)
  private func slot(of key: Bytes16, _ hash: UInt64) -> (number: Int, entry: UInt64) {
    var number = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[number]
      if entry == 0 || entry >> 32 == hash && keys[Self.ordinal(in: entry)] == key { return (number, entry) }
      number = (number + 1) & mask
    }
  }

  /// The ordinals of the keys in ascending order of the keys. Keys are hashes or random: dealt out by their first
  /// bits, some sixteen to a pile, there is little left to sort. Keys that are not come out right, only later.
  package func ordinalsByKey() -> [Int] {
    let shift = UInt64(64 - max(0, (Int.bitWidth - keys.count.leadingZeroBitCount) - 4))
    var starts = [Int](repeating: 0, count: Int(keys.isEmpty ? 0 : UInt64.max >> shift) + 2)
    for key in keys { starts[Int(key.high >> shift) + 1] += 1 }
    for pile in starts.indices.dropFirst() { starts[pile] += starts[pile - 1] }
    var ordinals = [Int](repeating: 0, count: keys.count)
    var next = starts
    for (ordinal, key) in keys.enumerated() {
      let pile = Int(key.high >> shift)
      ordinals[next[pile]] = ordinal
      next[pile] += 1
    }
    for (start, end) in zip(starts, starts.dropFirst()) where end - start > 1 {
      ordinals[start..<end].sort { keys[$0] < keys[$1] }
    }
    return ordinals
  }

  private mutating func grow(to count: Int) {
    let old = slots
    slots = [UInt64](repeating: 0, count: count)
    mask = count - 1
    for entry in old where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> 32) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }

  private static func ordinal(in slot: UInt64) -> Int { Int(truncatingIfNeeded: slot & 0xffff_ffff) - 1 }

  /// A power of two more than twice the keys.
  private static func slotCount(for capacity: Int) -> Int {
    var count = 16
    while count <= capacity * 2 { count *= 2 }
    return count
  }
}
