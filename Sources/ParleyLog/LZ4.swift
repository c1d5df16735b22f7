/// LZ4 blocks: the format without frames, lengths kept by whoever stores them.
package enum LZ4 {
  /// The most plain bytes one block may hold here. No frame needs more: the largest body is 1 MiB.
  package static let plainBytesMax = 16 << 20

  /// The plain bytes of a stored block; nil when it does not decode to exactly `plainCount`.
  ///
  /// Safe on hostile bytes: nothing is read or written outside the two buffers. Runs at about 4 GB/s.
  package static func decode(_ stored: RawSpan, plainCount: Int) -> [UInt8]? {
    var plain: [UInt8] = []
    return decode(stored, plainCount: plainCount, appendingTo: &plain) ? plain : nil
  }

  /// The same, appended to an array; false, and nothing appended, when it does not decode.
  package static func decode(_ stored: RawSpan, plainCount: Int, appendingTo output: inout [UInt8]) -> Bool {
    guard (0...plainBytesMax).contains(plainCount), stored.byteCount <= plainBytesMax * 2 else {
      return false
    }
    return UnsafeBytes.lz4Decode(stored, plainCount: plainCount, appendingTo: &output)
  }

  /// Appends the plain bytes of a block that was encoded with a dictionary to an array that ends with it; false, and
  /// nothing appended, when it does not decode. That the dictionary stands there makes it half again as fast.
  static func decode(
    _ stored: RawSpan, dictionaryCount: Int, plainCount: Int, appendingTo output: inout [UInt8]
  ) -> Bool {
    guard (0...plainBytesMax).contains(plainCount), stored.byteCount <= plainBytesMax * 2,
      dictionaryCount > 0, dictionaryCount <= output.count
    else { return false }
    return UnsafeBytes.lz4Decode(
      stored, dictionaryCount: dictionaryCount, plainCount: plainCount, appendingTo: &output)
  }
}

/// Encodes blocks fast (about 600 MB/s) with working memory that it keeps, 16 KiB. For one owner: not shared
/// between threads. Equal input gives equal output, whatever was encoded before.
package final class LZ4Encoder {
  private var memory = UnsafeBytes.LZ4Memory.fast()

  /// An encoder with working memory of its own.
  package init() {}

  /// Appends the LZ4 block of some bytes to `output` and returns its length; nil, and `output` unchanged, when
  /// that would not be smaller than the bytes are.
  package func encode(_ plain: RawSpan, appendingTo output: inout [UInt8]) -> Int? {
    guard plain.byteCount <= LZ4.plainBytesMax else { return nil }
    return memory.encode(plain, appendingTo: &output)
  }
}

/// Encodes blocks small (about 100 MB/s at level 4, 60 at 9) with working memory that it keeps, 256 KiB. For one owner.
/// Equal input gives equal output, whatever was encoded before.
package final class LZ4HighEncoder {
  private var memory: UnsafeBytes.LZ4Memory

  /// An encoder of a level from 3 to 12; 9 is the useful highest, 12 takes twice as long for nothing.
  package init(level: Int32) {
    precondition((3...12).contains(level), "LZ4HighEncoder(level:) takes 3 to 12")
    memory = .high(level: level)
  }

  /// Appends the LZ4 block of some bytes to `output` and returns its length; nil, and `output` unchanged, when
  /// that would not be smaller than the bytes are. They may repeat what a dictionary has, which whoever decodes them needs
  /// then too.
  package func encode(
    _ plain: RawSpan, dictionary: [UInt8] = [], appendingTo output: inout [UInt8]
  ) -> Int? {
    guard plain.byteCount <= LZ4.plainBytesMax else { return nil }
    return memory.encode(plain, dictionary: dictionary, appendingTo: &output)
  }
}
