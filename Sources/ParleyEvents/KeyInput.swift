/// The bytes a store hashes with its key to make an id: a purpose and some parts, each with its length before it,
/// so that no two different inputs give the same bytes.
package struct KeyInput {
  /// The bytes so far.
  package private(set) var bytes: [UInt8] = []

  /// Most inputs are shorter.
  private static let usualBytes = 128

  /// No parts yet.
  init() { bytes.reserveCapacity(Self.usualBytes) }

  /// Begins with the purpose, which keeps ids of different sorts apart.
  package init(purpose: String) {
    self.init()
    append(purpose)
  }

  /// Appends the part's length in four bytes, little-endian, and the part in UTF-8.
  package mutating func append(_ part: String) {
    append(count: part.utf8.count)
    bytes.append(contentsOf: part.utf8)
  }

  /// Appends the part's length in four bytes, little-endian, and the part.
  package mutating func append(_ part: [UInt8]) {
    append(count: part.count)
    bytes.append(contentsOf: part)
  }

  private mutating func append(count: Int) {
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
  }

  package init(purpose: String, _ parts: [String]) {
    self.init(purpose: purpose)
    for part in parts { append(part) }
  }
}

/// The longest names a key is made of, in bytes of UTF-8.
package enum KeyLimits {
  /// A system's name.
  package static let systemBytesMax = 255
  /// An account's, thread's, item's, revision's, actor's, case's or touchpoint's name.
  package static let nameBytesMax = 2048

  package static func check(system: String) throws(EventError) {
    guard !system.isEmpty, !system.utf8.contains(UInt8(ascii: "/")) else {
      throw EventError(
        .invalidKey, "a system's name is empty or has a slash in it; name it as in webchat/c-991")
    }
    try check(system, bytesMax: systemBytesMax, what: "a system's name")
  }

  package static func check(_ text: String, bytesMax: Int = nameBytesMax, what: String) throws(EventError) {
    let count = text.utf8.count
    guard count <= bytesMax else {
      throw EventError(.keyTooLong, "\(what) has \(count) bytes, at most \(bytesMax) are kept; shorten it")
    }
  }

  /// The halves of `SYSTEM/NAME`, parted at the first slash.
  package static func split(_ text: some StringProtocol) -> (system: String, name: String)? {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    let name = text[text.utf8.index(after: slash)...]
    guard slash != text.startIndex, !name.isEmpty else { return nil }
    return (String(text[..<slash]), String(name))
  }
}
