import ParleyEnvelope
import ParleyLog
import ParleySimulation
import Testing

@Suite struct KeyTableTests {
  @Test(arguments: [0, 1, 2, 15, 16, 17, 1_000, 5_000])
  func keysAreOrderedWhateverTheirFirstBits(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    for mask in [UInt64.max, 0, 0xff, ~0xff] as [UInt64] {
      var table = KeyTable()
      for _ in 0..<count {
        _ = table.insert(Bytes16(high: random.next() & mask, low: random.next()))
      }
      #expect(table.count == count)
      #expect(table.ordinalsByKey().map { table.keys[$0] } == table.keys.sorted())
    }
  }

  @Test func aKeyIsFoundUnderTheNumberItCameWith() {
    var random = SplitMix64(seed: 3)
    var table = KeyTable()
    let keys = (0..<3_000).map { _ in Bytes16(high: random.next(), low: random.next()) }
    for (ordinal, key) in keys.enumerated() {
      #expect(table.ordinal(of: key) == nil)
      #expect(table.insert(key) == (ordinal, true))
    }
    for (ordinal, key) in keys.enumerated() { #expect(table.insert(key) == (ordinal, false)) }
  }
}
