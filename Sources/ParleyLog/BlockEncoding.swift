import Dispatch
import Synchronization

/// A block as it is stored. Its offset in the frame is for the frame to set.
struct EncodedBlock: Sendable {
  var block: FrameHeader.Block
  var stored: [UInt8]
}

/// Blocks being encoded, by whoever asks for them and by other cores that come to it in time: compression is most of
/// what a large batch costs. Equal blocks give equal bytes, whichever core had them.
final class BlockEncoding: Sendable {
  /// Cores that are asked to take part, beside the one that waits.
  private static let helpersMax = 3

  private let count: Int
  private let encode: @Sendable (Int, EncoderMemory) -> EncodedBlock
  private let next = Atomic(0)
  private let state: Mutex<State>
  private let finished = DispatchSemaphore(value: 0)

  private struct State {
    var blocks: [EncodedBlock?]
    var left: Int
  }

  /// So many blocks, at least one, each encoded by its number.
  init(count: Int, _ encode: @escaping @Sendable (Int, EncoderMemory) -> EncodedBlock) {
    precondition(count > 0, "BlockEncoding of nothing")
    self.count = count
    self.encode = encode
    state = Mutex(State(blocks: Array(repeating: nil, count: count), left: count))
  }

  /// Lets other cores begin. Another takes some 50 µs to wake; one that comes too late finds nothing to do.
  func start() {
    for _ in 0..<min(Self.helpersMax, SystemCall.coreCount() - 1, count) {
      DispatchQueue.global(qos: .userInitiated).async { self.run() }
    }
  }

  /// Begins no more blocks: nobody will ask for them.
  func cancel() { next.store(count, ordering: .relaxed) }

  /// Encodes what nobody has begun, waits for what others have, and returns all blocks. To be called once.
  func finish() -> [EncodedBlock] {
    run()
    finished.wait()
    return state.withLock { state in state.blocks.compactMap { $0 } }
  }

  private func run() {
    EncoderMemory.borrow { memory in
      while case let place = next.wrappingAdd(1, ordering: .relaxed).oldValue, place < count {
        let block = encode(place, memory)
        let isLast = state.withLock { state in
          state.blocks[place] = block
          state.left -= 1
          return state.left == 0
        }
        if isLast { finished.signal() }
      }
    }
  }
}

/// What one core works with: LZ4's memory, and room to lay a block out.
final class EncoderMemory: Sendable {
  /// Those that nobody uses.
  private static let idle = Mutex<[EncoderMemory]>([])
  private static let idleMax = 8

  private struct State {
    let encoder = LZ4Encoder()
    var plain: [UInt8] = []
  }

  private let state = Mutex(State())

  private init() {}

  /// Lends one to a core.
  static func borrow<Result>(_ body: (EncoderMemory) -> Result) -> Result {
    let memory = idle.withLock { $0.popLast() } ?? EncoderMemory()
    defer { idle.withLock { if $0.count < idleMax { $0.append(memory) } } }
    return body(memory)
  }

  /// Encodes a block whose plain bytes are appended by `layOut`.
  func encode(
    _ kind: FrameHeader.BlockKind, firstRecord: Int, plainCount: Int, _ layOut: (inout [UInt8]) -> Void
  ) -> EncodedBlock {
    state.withLock { state in
      // What an unusually large event needed is given back.
      state.plain.removeAll(keepingCapacity: state.plain.capacity <= LogLimits.blockBytesMax * 2)
      state.plain.reserveCapacity(plainCount)
      layOut(&state.plain)
      return state.plain.withBytes { Self.encode(kind, firstRecord: firstRecord, $0, with: state.encoder) }
    }
  }

  /// Encodes a block.
  func encode(_ kind: FrameHeader.BlockKind, firstRecord: Int, _ plain: RawSpan) -> EncodedBlock {
    state.withLock { Self.encode(kind, firstRecord: firstRecord, plain, with: $0.encoder) }
  }

  private static func encode(
    _ kind: FrameHeader.BlockKind, firstRecord: Int, _ plain: RawSpan, with encoder: LZ4Encoder
  ) -> EncodedBlock {
    var stored: [UInt8] = []
    let isSmaller = encoder.encode(plain, appendingTo: &stored) != nil
    if !isSmaller { stored.append(copying: plain) }
    let block = FrameHeader.Block(
      offset: 0, storedCount: stored.count, plainCount: plain.byteCount,
      checksum: stored.withBytes { CRC32C.of($0) }, firstRecord: firstRecord, kind: kind,
      codec: isSmaller ? .lz4 : .stored)
    return EncodedBlock(block: block, stored: stored)
  }
}
