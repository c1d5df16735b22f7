import ParleyEnvelope
import Synchronization

/// Decoded blocks and frame headers that were read last, so that neighbours of an event cost no second decoding.
/// Bounded in bytes; what came first leaves first.
final class BlockCache: Sendable {
  struct Key: Hashable {
    var segment: Position
    var offset: Int
  }

  /// A decoded block, and what was found in it.
  struct Block: Sendable {
    var plain: [UInt8]
    /// Of envelopes: how long the content of each is.
    var lengths: [Int] = []
    /// Of contents: where each is, nil where it can't be known.
    var ranges: [Range<Int>?] = []

    var byteCount: Int {
      plain.count + lengths.count * MemoryLayout<Int>.stride
        + ranges.count * MemoryLayout<Range<Int>?>.stride
    }
  }

  private struct State {
    var blocks: [Key: Block] = [:]
    var headers: [Key: FrameHeader] = [:]
    var order: [(key: Key, byteCount: Int)] = []
    /// Where `order` begins; what is before it has left.
    var first = 0
    var byteCount = 0
  }

  private let byteCountMax: Int
  private let state = Mutex(State())

  init(byteCountMax: Int = 16 << 20) { self.byteCountMax = byteCountMax }

  func block(_ key: Key) -> Block? { state.withLock { $0.blocks[key] } }

  func header(_ key: Key) -> FrameHeader? { state.withLock { $0.headers[key] } }

  func keep(_ block: Block, at key: Key) {
    state.withLock { state in
      guard state.blocks.updateValue(block, forKey: key) == nil else { return }
      Self.add(key, block.byteCount, to: &state, upTo: byteCountMax)
    }
  }

  func keep(_ header: FrameHeader, at key: Key) {
    state.withLock { state in
      guard state.headers.updateValue(header, forKey: key) == nil else { return }
      Self.add(key, 128 + header.blocks.count * 64, to: &state, upTo: byteCountMax)
    }
  }

  private static func add(_ key: Key, _ byteCount: Int, to state: inout State, upTo limit: Int) {
    state.order.append((key, byteCount))
    state.byteCount += byteCount
    while state.byteCount > limit, state.first < state.order.count {
      let oldest = state.order[state.first]
      // A header and a block never share an offset: a frame's first block comes after its header.
      state.blocks[oldest.key] = nil
      state.headers[oldest.key] = nil
      state.byteCount -= oldest.byteCount
      state.first += 1
    }
    if state.first > state.order.count / 2 {
      state.order.removeFirst(state.first)
      state.first = 0
    }
  }
}
