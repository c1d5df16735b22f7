import ParleyLog
import ParleySimulation
import Testing

@Suite struct LZ4Tests {
  /// Texts that compress, of every kind of length.
  private static let plains: [[UInt8]] = [13, 100, 4_095, 65_536, 65_547, 1 << 20].map { count in
    Array(Array("Where is order 4711? On its way. ".utf8).cycled(to: count))
  }

  @Test(arguments: plains) func bytesComeBack(plain: [UInt8]) throws {
    for encode in [fast(LZ4Encoder()), high(LZ4HighEncoder(level: 9))] {
      var output: [UInt8] = [1, 2, 3]
      guard let count = encode(plain, &output) else {
        #expect(plain.count < 20)
        #expect(output == [1, 2, 3])
        continue
      }
      #expect(count < plain.count && output.count == 3 + count)
      #expect(output.prefix(3) == [1, 2, 3])
      #expect(decode(Array(output[3...]), plain.count) == plain)
    }
  }

  @Test func bytesThatDoNotShrinkLeaveTheOutputUnchanged() {
    var random = SplitMix64(seed: 1)
    for count in [0, 1, 12, 300, 65_536] {
      let plain = random.bytes(count)
      var output: [UInt8] = [9]
      #expect(fast(LZ4Encoder())(plain, &output) == nil)
      #expect(high(LZ4HighEncoder(level: 4))(plain, &output) == nil)
      #expect(output == [9])
    }
  }

  @Test func aKeptEncoderGivesWhatANewOneGives() {
    let kept = fast(LZ4Encoder())
    for plain in Self.plains + Self.plains.reversed() {
      var first: [UInt8] = []
      var second: [UInt8] = []
      #expect(kept(plain, &first) == fast(LZ4Encoder())(plain, &second))
      #expect(first == second)
    }
  }

  @Test func onlyTheExactPlainLengthDecodes() throws {
    let plain = Self.plains[2]
    var stored: [UInt8] = []
    try #require(fast(LZ4Encoder())(plain, &stored) != nil)
    for count in [0, 1, plain.count - 1, plain.count + 1, LZ4.plainBytesMax, LZ4.plainBytesMax + 1, -1] {
      #expect(decode(stored, count) == nil, "\(count)")
    }
    #expect(decode(Array(stored.dropLast()), plain.count) == nil)
    #expect(decode([], plain.count) == nil)
    #expect(decode([], 0) == nil)
    #expect(decode([0], 0) == [])
  }

  @Test func hostileBytesAreRefusedOrGiveTheLengthAsked() {
    var random = SplitMix64(seed: 4)
    for _ in 0..<2_000 {
      let stored = random.bytes(random.below(200))
      let count = random.below(2_000)
      if let plain = decode(stored, count) { #expect(plain.count == count) }
    }
  }

  @Test func moreThanTheMostPlainBytesIsNotEncoded() {
    var output: [UInt8] = []
    #expect(fast(LZ4Encoder())([UInt8](repeating: 0, count: LZ4.plainBytesMax), &output) != nil)
    output = []
    #expect(fast(LZ4Encoder())([UInt8](repeating: 0, count: LZ4.plainBytesMax + 1), &output) == nil)
    #expect(output.isEmpty)
  }

  private func decode(_ stored: [UInt8], _ count: Int) -> [UInt8]? {
    stored.withBytes { LZ4.decode($0, plainCount: count) }
  }
}

private typealias Encode = ([UInt8], inout [UInt8]) -> Int?

private func fast(_ encoder: LZ4Encoder) -> Encode {
  { plain, output in plain.withBytes { encoder.encode($0, appendingTo: &output) } }
}

private func high(_ encoder: LZ4HighEncoder) -> Encode {
  { plain, output in plain.withBytes { encoder.encode($0, appendingTo: &output) } }
}

extension [UInt8] {
  fileprivate func cycled(to count: Int) -> [UInt8] {
    var bytes = self
    while bytes.count < count { bytes += bytes }
    return Array(bytes.prefix(count))
  }
}
