import ParleyEnvelope

/// The contents of some records of a sealed segment: their lengths, then the first sixteen bytes of each, which are random
/// and would stand in the way of what repeats, then the rest of each.
struct ContentBlock: Sendable {
  /// Bytes of a content that stand apart.
  static let headByteCount = RecordSlot.saltSize

  /// The block's plain bytes.
  let plain: [UInt8]
  /// Where the heads begin.
  private let heads: Int
  /// Where each rest ends, the first place being where they begin.
  private let ends: [UInt32]

  var count: Int { ends.count - 1 }

  /// A record's content without its head: the body of a whole one.
  func rest(at index: Int) -> Range<Int> { Int(ends[index])..<Int(ends[index + 1]) }

  /// Whether a record's content is this one.
  func isEqual(_ index: Int, to content: RawSpan) -> Bool {
    let head = heads + index * Self.headByteCount
    let rest = rest(at: index)
    guard content.byteCount == Self.headByteCount + rest.count else { return false }
    return plain.withBytes {
      UnsafeBytes.areEqual(
        $0.extracting(head..<(head + Self.headByteCount)), content.extracting(0..<Self.headByteCount))
        && UnsafeBytes.areEqual(
          $0.extracting(rest), content.extracting(Self.headByteCount..<content.byteCount))
    }
  }

  /// Appends a record's content, head and rest.
  func append(_ index: Int, to output: inout [UInt8]) {
    let head = heads + index * Self.headByteCount
    output += plain[head..<(head + Self.headByteCount)]
    output += plain[rest(at: index)]
  }

  /// The bytes of a record's content.
  func contentCount(at index: Int) -> Int { Self.headByteCount + rest(at: index).count }

  /// Plain bytes that so many records with so many bytes of contents take at most.
  static func plainCountMax(_ contents: Int, records: Int) -> Int { contents + records * 4 + 16 }

  /// The plain bytes of a block from contents that follow each other; none is shorter than a head.
  static func encoded(_ contents: RawSpan, lengths: ArraySlice<UInt32>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(plainCountMax(contents.byteCount, records: lengths.count))
    PackedColumn.append(lengths.map { UInt64($0) - UInt64(headByteCount) }, to: &output)
    var start = 0
    for length in lengths {
      output.append(copying: contents.extracting(start..<(start + headByteCount)))
      start += Int(length)
    }
    start = 0
    for length in lengths {
      output.append(copying: contents.extracting((start + headByteCount)..<(start + Int(length))))
      start += Int(length)
    }
    return output
  }

  /// A block from its plain bytes; nil when they are not one of so many records.
  init?(_ plain: [UInt8], count: Int) {
    guard let rests = Self.rests(in: plain, from: 0, count: count), let first = rests.first else {
      return nil
    }
    self.plain = plain
    heads = first.lowerBound - count * Self.headByteCount
    ends = [UInt32(first.lowerBound)] + rests.map { UInt32($0.upperBound) }
  }

  /// Where the rests of a block of so many records are, whose plain bytes are the last of these; nil when they are not such
  /// a block.
  static func rests(in bytes: [UInt8], from start: Int, count: Int) -> [Range<Int>]? {
    var offset = start
    let lengths = bytes.withBytes { PackedColumn.read($0, at: &offset, count: count) }
    guard let lengths, bytes.count - offset >= count * headByteCount else { return nil }
    var end = offset + count * headByteCount
    var rests: [Range<Int>] = []
    rests.reserveCapacity(count)
    for length in lengths {
      guard length <= UInt64(bytes.count - end) else { return nil }
      rests.append(end..<(end + Int(length)))
      end += Int(length)
    }
    return end == bytes.count ? rests : nil
  }
}

extension ContentBlock: BlockCache.Item {
  var cachedByteCount: Int { plain.count + ends.count * 4 }
}
