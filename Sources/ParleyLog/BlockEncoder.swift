import Dispatch
import Synchronization

/// A block of a frame before it is encoded: its events' bytes among those of its kind.
struct PlainBlock: Sendable {
  var kind: FrameHeader.BlockKind
  /// Its first event, counted from the frame's base.
  var firstRecord: Int
  var range: Range<Int>
}

/// Encodes the blocks of a frame, those of a large one on several cores: compression is most of what a large batch
/// costs. Equal blocks give equal bytes, whichever core had them. For one owner, kept for its working memory.
final class BlockEncoder: Sendable {
  /// Frames of fewer plain bytes are encoded at once: another core takes some 50 µs to wake.
  private static let sharedByteCount = 192 << 10
  private static let workersMax = 4

  private let workers: [Worker]

  /// Where a block stands encoded, until the next frame: with which worker, and where in its bytes.
  struct Encoded: Sendable {
    var block: FrameHeader.Block
    fileprivate var worker: Int
    fileprivate var range: Range<Int>
  }

  init() {
    workers = (0..<min(SystemCall.coreCount(), Self.workersMax)).map { _ in Worker() }
  }

  /// Encodes blocks; their offsets in the frame are for the caller to set.
  func encode(_ blocks: [PlainBlock], envelopes: [UInt8], contents: [UInt8]) -> [Encoded] {
    let isShared = envelopes.count + contents.count >= Self.sharedByteCount
    let count = isShared ? min(workers.count, blocks.count) : 1
    let workers = workers
    let next = Atomic(0)
    let work: @Sendable (Int) -> Void = { worker in
      workers[worker].encode(as: worker) {
        let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard block < blocks.count else { return nil }
        return (block, blocks[block], blocks[block].kind == .envelopes ? envelopes : contents)
      }
    }
    if count == 1 { work(0) } else { DispatchQueue.concurrentPerform(iterations: count, execute: work) }
    return workers.prefix(count).flatMap(\.encoded).sorted { $0.place < $1.place }.map(\.encoded)
  }

  /// Appends an encoded block's bytes.
  func append(_ encoded: Encoded, to bytes: inout [UInt8]) {
    workers[encoded.worker].append(encoded.range, to: &bytes)
  }
}

/// What one core works with.
private final class Worker: Sendable {
  private struct State {
    let encoder = LZ4Encoder()
    var stored: [UInt8] = []
    var encoded: [(place: Int, encoded: BlockEncoder.Encoded)] = []
  }

  private let state = Mutex(State())

  /// What it encoded of the last frame, each with its place among the frame's blocks.
  var encoded: [(place: Int, encoded: BlockEncoder.Encoded)] { state.withLock { $0.encoded } }

  /// Encodes block after block until there is none left.
  func encode(as worker: Int, _ next: () -> (place: Int, block: PlainBlock, plain: [UInt8])?) {
    state.withLock { state in
      // What an unusually large batch needed is given back.
      state.stored.removeAll(keepingCapacity: state.stored.capacity <= LogLimits.groupBytesMax)
      state.encoded.removeAll(keepingCapacity: true)
      while let (place, block, plain) = next() {
        let start = state.stored.count
        let isEncoded = plain.withBytes { bytes in
          let plain = bytes.extracting(block.range)
          if state.encoder.encode(plain, appendingTo: &state.stored) != nil { return true }
          state.stored.append(copying: plain)
          return false
        }
        let range = start..<state.stored.count
        let checksum = state.stored.withBytes { CRC32C.of($0.extracting(range)) }
        let stored = FrameHeader.Block(
          offset: 0, storedCount: range.count, plainCount: block.range.count, checksum: checksum,
          firstRecord: block.firstRecord, kind: block.kind, codec: isEncoded ? .lz4 : .stored)
        state.encoded.append((place, BlockEncoder.Encoded(block: stored, worker: worker, range: range)))
      }
    }
  }

  func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
    state.withLock { state in state.stored.withBytes { bytes.append(copying: $0.extracting(range)) } }
  }
}
