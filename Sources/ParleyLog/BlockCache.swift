import ParleyEnvelope
import Synchronization

/// What was read and decoded last, so that neighbours of an event cost no second reading. Bounded in bytes; what came
/// first leaves first.
final class BlockCache: Sendable {
  struct Key: Hashable {
    var owner: Owner
    /// Where it begins in the owner's file.
    var offset: Int
  }

  /// A file that blocks are kept of. Every opening of a file is an owner of its own: a segment that was sealed has
  /// nothing in common with the file before.
  struct Owner: Hashable, Sendable {
    private static let last = Atomic<UInt64>(0)
    private let number: UInt64

    init() { number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue }
  }

  /// Something decoded.
  protocol Item: Sendable {
    /// What it takes in memory, about.
    var cachedByteCount: Int { get }
  }

  /// A decoded block of a frame, and what was found in it.
  struct Block: Item {
    var plain: [UInt8]
    /// Of envelopes: how long the content of each is.
    var lengths: [Int] = []
    /// Of contents: where each is, nil where it can't be known.
    var ranges: [Range<Int>?] = []

    var cachedByteCount: Int {
      plain.count + lengths.count * MemoryLayout<Int>.stride
        + ranges.count * MemoryLayout<Range<Int>?>.stride
    }
  }

  /// A checked page.
  struct Page: Item {
    var bytes: [UInt8]
    var cachedByteCount: Int { bytes.count }
  }

  private struct State {
    var items: [Key: any Item] = [:]
    var order: [(key: Key, byteCount: Int)] = []
    /// Where `order` begins; what is before it has left.
    var first = 0
    var byteCount = 0
  }

  private let byteCountMax: Int
  private let state = Mutex(State())

  init(byteCountMax: Int = 16 << 20) { self.byteCountMax = byteCountMax }

  /// What is kept under a key.
  func item<Kept: Item>(_ key: Key, as type: Kept.Type = Kept.self) -> Kept? {
    state.withLock { $0.items[key] } as? Kept
  }

  func keep(_ item: some Item, at key: Key) {
    let byteCount = item.cachedByteCount
    state.withLock { state in
      guard state.items.updateValue(item, forKey: key) == nil else { return }
      Self.add(key, byteCount, to: &state, upTo: byteCountMax)
    }
  }

  private static func add(_ key: Key, _ byteCount: Int, to state: inout State, upTo limit: Int) {
    state.order.append((key, byteCount))
    state.byteCount += byteCount
    while state.byteCount > limit, state.first < state.order.count {
      let oldest = state.order[state.first]
      state.items[oldest.key] = nil
      state.byteCount -= oldest.byteCount
      state.first += 1
    }
    if state.first > state.order.count / 2 {
      state.order.removeFirst(state.first)
      state.first = 0
    }
  }
}

extension FrameHeader: BlockCache.Item {
  var cachedByteCount: Int { 128 + blocks.count * 64 }
}
