import ParleyEnvelope

@testable import ParleyLog

// An input is the number of records (u16) and the plain bytes.

func contentBlockSeeds(_ golden: Golden) -> [[UInt8]] {
  let records = SealedRecords(golden, count: 57)
  return [0..<1, 0..<9, 0..<57].map { short($0.count) + records.contents($0) }
}

/// A block of contents, alone and behind other bytes.
func runContentBlock(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  guard input.count >= 2 else { return }
  let count = Int(input.integer(0, as: UInt16.self))
  let plain = Array(input.dropFirst(2))
  let ends = ContentBlock.ends(in: plain, from: 0, count: count)
  let behind = ContentBlock.ends(in: [1, 2, 3] + plain, from: 3, count: count)
  expect(behind == ends.map { $0.map { $0 + 3 } }, "others behind other bytes")
  let block = ContentBlock(plain, count: count)
  expect((block == nil) == (ends == nil), "decoded by one way and not by the other")
  guard let block, let ends else { return }
  expect(block.count == count && ends.count == count + 1, "not as many records as were asked for")
  let heads = Int(ends[0]) - count * ContentBlock.headByteCount
  var contents: [UInt8] = []
  var lengths: [UInt32] = []
  var end = Int(ends[0])
  for index in 0..<count {
    let rest = end..<Int(ends[index + 1])
    expect(block.rest(at: index) == rest, "contents that don't follow each other")
    end = rest.upperBound
    let head = heads + index * ContentBlock.headByteCount
    let content = plain[head..<(head + ContentBlock.headByteCount)] + plain[rest]
    expect(block.contentCount(at: index) == content.count, "another length")
    expect(Array(content).withBytes { block.isEqual(index, to: $0) }, "a content is not itself")
    contents += content
    lengths.append(UInt32(content.count))
  }
  expect(end == plain.count, "bytes of no content")
  let again = contents.withBytes { ContentBlock.encoded($0, lengths: lengths[...]) }
  guard let back = ContentBlock(again, count: count) else {
    fatalError("what was encoded again does not decode")
  }
  var start = 0
  for (index, length) in lengths.enumerated() {
    let content = Array(contents[start..<(start + Int(length))])
    expect(content.withBytes { back.isEqual(index, to: $0) }, "what was encoded again is another content")
    start += Int(length)
  }
}
