/// A path as the system has it: bytes, which need not be text in any encoding.
package struct FilePath: Hashable, Sendable {
  /// The path's bytes, none of them zero.
  package let bytes: [UInt8]

  /// A path from its bytes.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A path from text.
  package init(_ text: String) { bytes = Array(text.utf8) }

  /// The path of a name in this directory.
  func appending(_ name: [UInt8]) -> FilePath {
    let slash = UInt8(ascii: "/")
    return FilePath(bytes.last == slash ? bytes + name : bytes + [slash] + name)
  }
}

extension FilePath: CustomStringConvertible {
  /// The path for people: UTF-8, with each byte that is none written `\xE9`. The same path always gives the same
  /// text; what is opened are the bytes.
  package var description: String {
    String(validating: bytes, as: UTF8.self) ?? withBadBytesVisible
  }

  private var withBadBytesVisible: String {
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var text = ""
    var place = 0
    while true {
      switch parser.parseScalar(from: &input) {
      case .valid(let encoded):
        text.unicodeScalars.append(Unicode.UTF8.decode(encoded))
        place += encoded.count
      case .error(let length):
        for byte in bytes[place..<(place + length)] { text += "\\x" + Self.hex(byte) }
        place += length
      case .emptyInput: return text
      }
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }
}
