import ParleyEnvelope

/// The contents of some records of a sealed segment: their lengths, then the first sixteen bytes of each, which are random
/// and would stand in the way of what repeats, then the rest of each.
package struct ContentBlock: Sendable {
  /// Bytes of a content that stand apart.
  static let headByteCount = RecordSlot.saltSize

  /// The block's plain bytes, maybe behind others.
  package let plain: [UInt8]
  /// Where the heads begin.
  private let heads: Int
  /// Where each rest ends, the first place being where they begin.
  private let ends: [UInt32]

  package var count: Int { ends.count - 1 }

  /// A record's content without its head: the body of a whole one.
  package func rest(at index: Int) -> Range<Int> { Int(ends[index])..<Int(ends[index + 1]) }

  /// Whether a record's content is this one.
  package func isEqual(_ index: Int, to content: RawSpan) -> Bool {
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
  package func contentCount(at index: Int) -> Int { Self.headByteCount + rest(at: index).count }

  /// Plain bytes that so many records with so many bytes of contents take at most.
  static func plainCountMax(_ contents: Int, records: Int) -> Int { contents + records * 4 + 16 }

  /// The plain bytes of a block from contents that follow each other; none is shorter than a head.
  package static func encoded(_ contents: RawSpan, lengths: ArraySlice<UInt32>) -> [UInt8] {
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

  /// A block from its plain bytes, which are the last of these; nil when they are not one of so many records.
  package init?(_ bytes: [UInt8], from start: Int = 0, count: Int) {
    guard let ends = Self.ends(in: bytes, from: start, count: count) else { return nil }
    plain = bytes
    heads = Int(ends[0]) - count * Self.headByteCount
    self.ends = ends
  }

  /// Where each rest ends in a block of so many records, whose plain bytes are the last of these, the first place being
  /// where they begin; nil when they are not such a block.
  static func ends(in bytes: [UInt8], from start: Int, count: Int) -> [UInt32]? {
    guard count > 0, bytes.count <= UInt32.max else { return nil }
    return bytes.withBytes { bytes in
      var offset = start
      guard let column = PackedColumn(bytes, at: &offset, count: count),
        bytes.byteCount - offset >= count * headByteCount
      else { return nil }
      var lengths = [UInt64](repeating: 0, count: count)
      column.unpack(bytes, into: &lengths)
      var end = offset + count * headByteCount
      var ends = [UInt32(end)]
      ends.reserveCapacity(count + 1)
      for length in lengths {
        guard length <= UInt64(bytes.byteCount - end) else { return nil }
        end += Int(length)
        ends.append(UInt32(end))
      }
      return end == bytes.byteCount ? ends : nil
    }
  }
}

extension ContentBlock: BlockCache.Item {
  var cachedByteCount: Int { plain.count + ends.count * 4 }
}
