import CParleySystem
import ParleyLog
import ParleySimulation
import Testing

/// RFC 3720 appendix B.4, and the check value of the catalogues of checksums.
private let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
  (Array("123456789".utf8), 0xe306_9283),
  ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
  ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
  (Array(0..<32), 0x46dd_794e),
  (Array((0..<32).reversed()), 0x113f_db5c),
  ([], 0),
]

@Suite struct CRC32CTests {
  @Test(arguments: vectors.indices) func publishedVectorsHold(index: Int) {
    #expect(CRC32C.of(vectors[index].bytes) == vectors[index].checksum)
    #expect(byTables(vectors[index].bytes) == vectors[index].checksum)
  }

  @Test func instructionAndTablesAgreeAtEveryLengthAndAlignment() {
    var random = SplitMix64(seed: 1)
    let bytes = random.bytes(40_000)
    let lengths = Array(0...700) + [1_535, 1_536, 1_537, 4_096, 12_287, 12_288, 12_289, 39_990]
    for length in lengths {
      let slice = Array(bytes[(length % 8)..<(length % 8 + length)])
      #expect(CRC32C.of(slice) == byTables(slice), "\(length) bytes")
    }
  }

  @Test func aSeedContinuesAChecksum() {
    var random = SplitMix64(seed: 2)
    let bytes = random.bytes(20_000)
    for cut in [0, 1, 7, 300, 1_536, 12_288, 20_000] {
      let first = CRC32C.of(Array(bytes[..<cut]))
      #expect(CRC32C.of(Array(bytes[cut...]), seed: first) == CRC32C.of(bytes))
    }
  }

  @Test func everyFlippedBitShows() {
    var random = SplitMix64(seed: 3)
    let bytes = random.bytes(400)
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(CRC32C.of(changed) != CRC32C.of(bytes))
    }
  }

  private func byTables(_ bytes: [UInt8]) -> UInt32 {
    // Sound: the buffer lives for the call.
    unsafe bytes.withUnsafeBytes { unsafe parley_crc32c_by_tables(0, $0.baseAddress, $0.count) }
  }
}
