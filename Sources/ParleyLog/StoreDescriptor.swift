package import ParleyEnvelope

/// What a store is, fixed when it is created: `store.json`, one line of JSON with a checksum. Every segment's
/// header repeats the line, so that it can be made again.
package struct StoreDescriptor: Equatable, Sendable {
  /// The format this version writes, and the newest it reads.
  package static let formatCurrent = 1
  static let path = "store.json"

  /// The format of the files.
  package var format = formatCurrent
  /// The store, whatever its directory is called.
  package var storeID: Bytes16
  /// When it was created.
  package var createdAt: Timestamp
  /// Options fixed at creation that the log keeps for those above it, by name. ASCII, at most 2,048 bytes in all.
  package var metadata: [String: String]

  /// The line as stored, without a line end: fixed member order, metadata sorted by name.
  func encoded() -> [UInt8] {
    let options = metadata.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
    let text =
      "{\"parley\":\(format),\"store\":\"\(storeID)\",\"created\":\"\(createdAt)\","
      + "\"options\":{\(options.joined(separator: ","))}"
    let checksum = hexString(withBigEndianBytes(CRC32C.of(Array(text.utf8))))
    return Array((text + ",\"crc32c\":\"\(checksum)\"}").utf8)
  }

  /// Whether names and values can stand in the line without escapes, and in its size.
  static func accepts(_ metadata: [String: String]) -> Bool {
    let texts = metadata.flatMap { [$0.key, $0.value] }
    let isPlain = texts.allSatisfy { text in
      text.utf8.allSatisfy {
        (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
      }
    }
    return isPlain && texts.reduce(0) { $0 + $1.utf8.count + 6 } <= LogLimits.metadataBytesMax
  }

  /// The description in a stored line; throws `damaged` or `newerFormat`.
  static func decode(_ bytes: [UInt8], file: String) throws(LogError) -> StoreDescriptor {
    let damaged = LogError(
      .damaged, "the store's description is damaged: its line does not match its checksum", file: file)
    var scanner = LineScanner(bytes)
    guard scanner.skip("{\"parley\":"), let format = scanner.number() else { throw damaged }
    guard format <= formatCurrent else {
      throw LogError(
        .newerFormat,
        "the store has format \(format), this version reads up to \(formatCurrent): use a newer parley",
        file: file)
    }
    guard scanner.skip(",\"store\":"), let store = scanner.string().flatMap({ Bytes16(hex: $0) }),
      scanner.skip(",\"created\":"), let created = scanner.string().flatMap({ Timestamp.parse(rfc3339: $0) }),
      scanner.skip(",\"options\":{"), let options = scanner.members()
    else { throw damaged }
    let summed = scanner.index
    guard scanner.skip(",\"crc32c\":"), let checksum = scanner.string(), scanner.skip("}"),
      checksum == hexString(withBigEndianBytes(CRC32C.of(Array(bytes[..<summed]))))
    else { throw damaged }
    let descriptor = StoreDescriptor(
      format: format, storeID: store, createdAt: created.time, metadata: options)
    // Not another spelling of it, nor anything behind it.
    guard format > 0, accepts(options), descriptor.encoded() == bytes else { throw damaged }
    return descriptor
  }
}

private func withBigEndianBytes(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
}

/// Reads the one form of JSON that `StoreDescriptor` writes.
private struct LineScanner {
  private let bytes: [UInt8]
  private(set) var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func skip(_ text: String) -> Bool {
    guard bytes[index...].starts(with: text.utf8) else { return false }
    index += text.utf8.count
    return true
  }

  mutating func number() -> Int? {
    let digits = bytes[index...].prefix(9).prefix { (48...57).contains($0) }
    index += digits.count
    return Int(String(decoding: digits, as: UTF8.self))
  }

  mutating func string() -> String? {
    guard skip("\"") else { return nil }
    let text = bytes[index...].prefix { $0 != UInt8(ascii: "\"") }
    index += text.count
    return skip("\"") ? String(decoding: text, as: UTF8.self) : nil
  }

  mutating func members() -> [String: String]? {
    var members: [String: String] = [:]
    while !skip("}") {
      guard members.isEmpty || skip(","), let name = string(), skip(":"), let value = string() else {
        return nil
      }
      members[name] = value
    }
    return members
  }
}
