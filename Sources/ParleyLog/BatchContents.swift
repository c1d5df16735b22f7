/// The salts and bodies of a large batch in blocks of their own, encoded beside what the append has to look up
/// before it: they depend on nothing that the commit decides.
struct BatchContents: Sendable {
  /// Batches of fewer bytes share blocks with others of their group.
  static let byteCountMin = LogLimits.blockBytesMax

  private let encoding: BlockEncoding

  /// Begins to encode the contents of some records, one salt after the other.
  init(_ records: [NewRecord], salts: [UInt8]) {
    let blocks = Self.blocks(of: records)
    encoding = BlockEncoding(count: blocks.count) { place, memory in
      let (range, plainCount) = blocks[place]
      return memory.encode(.contents, firstRecord: range.lowerBound, plainCount: plainCount) { plain in
        for index in range {
          let salt = index * RecordSlot.saltSize
          salts.withBytes { plain.append(copying: $0.extracting(salt..<(salt + RecordSlot.saltSize))) }
          records[index].body.withBytes { plain.append(copying: $0) }
        }
      }
    }
    encoding.start()
  }

  /// As many records to a block as fit, one at least.
  private static func blocks(of records: [NewRecord]) -> [(records: Range<Int>, plainCount: Int)] {
    var blocks: [(records: Range<Int>, plainCount: Int)] = []
    var first = 0
    var plainCount = 0
    for index in records.indices {
      let count = RecordSlot.saltSize + records[index].body.count
      if index > first, plainCount + count > LogLimits.blockBytesMax {
        blocks.append((first..<index, plainCount))
        (first, plainCount) = (index, 0)
      }
      plainCount += count
    }
    blocks.append((first..<records.count, plainCount))
    return blocks
  }

  /// The blocks, for a frame in which the batch's first record has this number. To be called once.
  func finish(firstRecord: Int) -> [EncodedBlock] {
    encoding.finish().map { encoded in
      var encoded = encoded
      encoded.block.firstRecord += firstRecord
      return encoded
    }
  }

  /// Ends it: the batch is not stored, or not as it is.
  func cancel() { encoding.cancel() }
}
