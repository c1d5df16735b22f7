import Crypto

/// The digests of a mail, as `Schemas/mail-source-digest.md` defines them.
package enum MailDigest {
  /// The digest's first bytes, so that a later form can never be taken for this one.
  static let label = Array("parley mail source digest 1\n".utf8)

  /// The digest of a mail's content, whatever container it came in.
  static func source(of root: MailPart) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: label)
    for name in ["From", "Date", "Subject"] {
      guard let raw = root.headers.first(name) else {
        hash.update(data: littleEndian(.max))
        continue
      }
      let value = unfolded(raw)
      hash.update(data: littleEndian(UInt32(value.count)))
      hash.update(data: value)
    }
    var leaves: [[UInt8]] = []
    collect(root, into: &leaves)
    hash.update(data: littleEndian(UInt32(leaves.count)))
    for leaf in leaves { hash.update(data: leaf) }
    return Array(hash.finalize())
  }

  /// SHA-256 of bytes as they are.
  package static func plain(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  private static func collect(_ part: MailPart, into leaves: inout [[UInt8]]) {
    switch part.content {
    case .bytes(let bytes): leaves.append(plain(part.isEncoded ? bytes : normalized(bytes)))
    case .parts(let parts): for part in parts { collect(part, into: &leaves) }
    case .message(_, let message): for part in message { collect(part, into: &leaves) }
    }
  }

  /// Content as it was before a container changed its line ends, quoted its `From ` lines or ended it with an
  /// empty line.
  package static func normalized(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var lineStart = 0
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: 10) ?? bytes.count
      var textEnd = lineEnd
      while textEnd > lineStart, bytes[textEnd - 1] == 13 { textEnd -= 1 }
      let line = bytes[lineStart..<textEnd]
      result.append(contentsOf: Mbox.withoutQuotes(line))
      result.append(10)
      lineStart = lineEnd + 1
    }
    while result.last == 10 { result.removeLast() }
    return result
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }
}
