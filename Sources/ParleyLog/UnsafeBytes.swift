// The only unsafe code of this module: pointers lent to C for the length of one call.

import CLZ4
import CParleySystem

/// Calls into C, each given bytes that Swift owns and that outlive the call.
enum UnsafeBytes {
  /// The checksum of borrowed bytes, after a seed.
  static func crc32c(_ bytes: RawSpan, seed: UInt32) -> UInt32 {
    // Sound: the buffer is borrowed for the call, and C reads `count` bytes of it.
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe parley_crc32c(seed, buffer.baseAddress, buffer.count)
    }
  }
}

// MARK: - LZ4

extension UnsafeBytes {
  /// Decodes a block into an array that is not filled with zeros first; nil when it is not exactly `plainCount`.
  static func lz4Decode(_ stored: RawSpan, plainCount: Int) -> [UInt8]? {
    // Sound: LZ4_decompress_safe reads at most `count` and writes at most `plainCount` bytes, and says how many
    // it wrote, which is what the array takes as initialized. An empty array's buffer may have no address, which
    // liblz4 does not promise to accept: hence one byte at least.
    var isExact = false
    let plain = unsafe [UInt8](unsafeUninitializedCapacity: max(1, plainCount)) { output, initializedCount in
      let written = unsafe stored.withUnsafeBytes { input in
        guard let from = input.baseAddress, let to = output.baseAddress else {
          return Int32(-1)
        }
        return unsafe LZ4_decompress_safe(
          from.assumingMemoryBound(to: CChar.self),
          UnsafeMutableRawPointer(to).assumingMemoryBound(to: CChar.self),
          Int32(input.count), Int32(plainCount))
      }
      isExact = Int(written) == plainCount
      initializedCount = isExact ? plainCount : 0
    }
    return isExact ? plain : nil
  }

  /// liblz4's working memory for one encoder, freed with it.
  @safe struct LZ4Memory: ~Copyable {
    private let state: UnsafeMutableRawPointer
    /// The level of HC, nil for the fast encoder.
    private let level: Int32?

    private init(byteCount: Int32, level: Int32?) {
      // Sound: liblz4 asks for 8-byte alignment; a kept pointer has one owner, this value, which frees it.
      unsafe state = .allocate(byteCount: Int(byteCount), alignment: 16)
      self.level = level
    }

    deinit { unsafe state.deallocate() }

    static func fast() -> LZ4Memory { LZ4Memory(byteCount: LZ4_sizeofState(), level: nil) }

    static func high(level: Int32) -> LZ4Memory { LZ4Memory(byteCount: LZ4_sizeofStateHC(), level: level) }

    /// Appends the block of `plain`; nil, with `output` as it was, when it would not be smaller.
    mutating func encode(_ plain: RawSpan, appendingTo output: inout [UInt8]) -> Int? {
      let room = plain.byteCount - 1
      guard room > 0 else { return nil }
      let before = output.count
      output.append(addingCapacity: room) { span in
        // Sound: the span has room for `room` more bytes; both calls write at most that and say how many they
        // wrote, 0 when it is not enough. They set the state up anew each time, so equal input gives equal
        // output: `LZ4_resetStream_fast` would save 0.3 µs a block and give that up.
        unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
          let written = unsafe plain.withUnsafeBytes { input -> Int32 in
            guard let from = input.baseAddress, let to = buffer.baseAddress else { return 0 }
            let source = unsafe from.assumingMemoryBound(to: CChar.self)
            let target = unsafe UnsafeMutableRawPointer(to + initializedCount).assumingMemoryBound(
              to: CChar.self)
            if let level {
              return unsafe LZ4_compress_HC_extStateHC(
                state, source, target, Int32(input.count), Int32(room), level)
            }
            return unsafe LZ4_compress_fast_extState(
              state, source, target, Int32(input.count), Int32(room), 1)
          }
          initializedCount += Int(max(0, written))
        }
      }
      let written = output.count - before
      return written > 0 ? written : nil
    }
  }
}
