/// One file's content as programs see it, and as a crash finds it.
///
/// Three images: `durable` is on the medium; `pending` holds changes that a sync would add to it; and what a failed
/// sync lost is in `live` alone: reads show it, the next sync does not bring it back, a crash takes it.
package struct SimulatedFileImage: Sendable {
  /// A change that is not durable yet.
  enum Change: Sendable {
    case write([UInt8], at: Int)
    case truncate(Int)
  }

  /// The medium's unit: whole or absent after a crash.
  static let sectorBytes = 512

  /// What reads show.
  package internal(set) var live: [UInt8] = []
  package internal(set) var durable: [UInt8] = []
  var pending: [Change] = []

  mutating func write(_ bytes: [UInt8], at offset: Int) {
    live.overwrite(with: bytes[...], at: offset)
    pending.append(.write(bytes, at: offset))
  }

  mutating func truncate(to size: Int) {
    live.resize(to: size)
    pending.append(.truncate(size))
  }

  mutating func sync() {
    for change in pending { apply(change) }
    pending = []
  }

  /// A sync that fails: some of what was pending may have reached the medium, and the system forgets the rest.
  mutating func failSync(_ random: inout SplitMix64) {
    keep(.chosen(by: &random), &random)
    pending = []
  }

  /// What is there after power came back.
  mutating func crash(_ survival: Survival, _ random: inout SplitMix64) {
    let size = live.count
    keep(survival, &random)
    pending = []
    // A file system may have stored the new size before the bytes: the tail is zeros.
    if durable.count < size && survival != .nothing && random.oneIn(4) {
      durable.resize(to: durable.count + 1 + random.below(size - durable.count))
    }
    live = durable
  }

  private mutating func keep(_ survival: Survival, _ random: inout SplitMix64) {
    switch survival {
    case .nothing: break
    case .everything: for change in pending { apply(change) }
    case .prefix:
      guard !pending.isEmpty else { return }
      let torn = random.below(pending.count)
      for change in pending[..<torn] { apply(change) }
      if case .write(let bytes, let offset) = pending[torn] {
        let count = random.below(bytes.count + 1)
        durable.overwrite(with: bytes.prefix(cut(count, at: offset, &random)), at: offset)
      }
    case .scattered: for change in pending { applySome(change, &random) }
    }
  }

  /// Where a torn write ends: mostly at a sector's edge, now and then anywhere.
  private func cut(_ count: Int, at offset: Int, _ random: inout SplitMix64) -> Int {
    random.oneIn(4) ? count : max(0, (offset + count) / Self.sectorBytes * Self.sectorBytes - offset)
  }

  private mutating func apply(_ change: Change) {
    switch change {
    case .write(let bytes, let offset): durable.overwrite(with: bytes[...], at: offset)
    case .truncate(let size): durable.resize(to: size)
    }
  }

  /// Applies each sector of a write, or a truncation, or not.
  private mutating func applySome(_ change: Change, _ random: inout SplitMix64) {
    guard case .write(let bytes, let offset) = change else {
      if random.oneIn(2) { apply(change) }
      return
    }
    var start = 0
    while start < bytes.count {
      let sectorEnd = ((offset + start) / Self.sectorBytes + 1) * Self.sectorBytes - offset
      let end = min(bytes.count, sectorEnd)
      if random.oneIn(2) { durable.overwrite(with: bytes[start..<end], at: offset + start) }
      start = end
    }
  }
}

/// Which changes that were not synced outlive a crash.
package enum Survival: CaseIterable, Sendable {
  case nothing
  case everything
  /// Those made first, the last of them torn.
  case prefix
  /// Any of them, sector by sector: a disk writes in the order it likes.
  case scattered

  static func chosen(by random: inout SplitMix64) -> Survival { allCases.randomElement(using: &random)! }
}

extension [UInt8] {
  /// Writes over and past the end, zeros in a gap.
  mutating func overwrite(with bytes: ArraySlice<UInt8>, at offset: Int) {
    if bytes.isEmpty { return }
    if count < offset + bytes.count { resize(to: offset + bytes.count) }
    // Sound: both buffers are borrowed for the copy, and the target reaches to `offset + bytes.count` at least.
    // `replaceSubrange` takes 50 ns a byte in debug.
    unsafe withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: $0)
      }
    }
  }

  mutating func resize(to size: Int) {
    if size < count {
      removeLast(count - size)
    } else {
      self += [UInt8](repeating: 0, count: size - count)
    }
  }
}
