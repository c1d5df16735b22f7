import ParleyEvents
import Testing

@Suite struct BodyPartsTests {
  @Test func partsAreTheTopLevelFieldsInOrder() throws {
    let body: [UInt8] =
      [0x0a, 1, 0x61, 0x10, 0x80, 1, 0x0a, 0, 0x19] + Array(repeating: 9, count: 8) + [0x25, 1, 2, 3, 4]
    let ranges = try #require(BodyParts.ranges(in: body))
    #expect(ranges == [0..<3, 3..<6, 6..<8, 8..<17, 17..<22])
    #expect(ranges.map { BodyParts.fieldNumber(in: body, at: $0.lowerBound) } == [1, 2, 1, 3, 4])
    #expect(BodyParts.ranges(in: []) == [])
  }

  @Test(
    arguments: [
      [0x0a], [0x0a, 2, 1], [0x10], [0x10, 0x80], [0x19, 1, 2, 3, 4, 5, 6, 7], [0x25, 1, 2, 3], [0x0b],
      [0x02, 0],
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
      [0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ] as [[UInt8]])
  func bytesThatAreNoMessageHaveNoParts(body: [UInt8]) {
    #expect(BodyParts.ranges(in: body) == nil)
  }
}
