/// Bytes as the key of a cache, hashed once and eight at a time: Swift hashes an array of bytes byte by byte, and a
/// cache asks for the hash several times.
struct ByteKey: Hashable, Sendable {
  let bytes: [UInt8]
  private let hash: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var hasher = Hasher()
    var word: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      word = word << 8 | UInt64(byte)
      if index % 8 == 7 { hasher.combine(word) }
    }
    hasher.combine(word)
    hash = hasher.finalize()
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  static func == (left: ByteKey, right: ByteKey) -> Bool {
    left.hash == right.hash && left.bytes == right.bytes
  }
}
