/// One node of a mail as it was parsed: its header fields, what it says it is, and what it holds.
struct MailPart: Sendable {
  var headers: MailHeaders
  var mediaType = MediaType.plainText
  /// The declared character set, as it stands.
  var charset: String?
  /// `report-type` of a multipart/report.
  var reportType: String?
  /// `inline`, `attachment` or another word, in lower case.
  var disposition: String?
  /// The name given to the content: data, never a path.
  var fileName: String?
  /// Content-ID without its brackets.
  var contentID: String?
  /// Whether the content came in base64 or uuencode, so that its bytes are exact whatever carried the mail.
  var isEncoded = false
  var content = Content.bytes([])

  init(headers: MailHeaders) { self.headers = headers }

  /// What a node holds.
  indirect enum Content: Sendable {
    /// A leaf's bytes, transfer encoding undone.
    case bytes([UInt8])
    /// A multipart's parts.
    case parts([MailPart])
    /// An attached message, as its bytes and (within the depth limit) as the one part it is.
    case message([UInt8], [MailPart])
  }

  /// Whether a text can be base64: whether its first line with anything on it is. What lists add below is not
  /// asked.
  static func isBase64(_ bytes: [UInt8]) -> Bool {
    let line = bytes.drop { $0 <= 32 }.prefix { $0 != 10 && $0 != 13 }
    return line.reversed().drop { $0 == 32 || $0 == 9 }.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
        true
      default: false
      }
    }
  }

  /// Takes over a body's description and content: a message and its body are one node. GMime gives the Content-
  /// fields to the body and the rest to the message.
  mutating func take(bodyFrom body: MailPart) {
    let fields = headers.fields + body.headers.fields
    self = body
    headers.fields = fields
  }
}

/// A media type in lower case.
package struct MediaType: Hashable, Sendable, CustomStringConvertible {
  /// `text`, `image` …
  package var type: String
  /// `plain`, `html` …
  package var subtype: String

  /// RFC 2045's default.
  package static let plainText = MediaType(type: "text", subtype: "plain")

  package init(type: String, subtype: String) {
    self.type = type.lowercased()
    self.subtype = subtype.lowercased()
  }

  package var description: String { "\(type)/\(subtype)" }
}

/// One header field as it stood.
struct MailHeader: Sendable {
  var name: String
  /// What follows the colon, folds included.
  var raw: [UInt8]
}

/// The header fields of a message or part, in order.
struct MailHeaders: Sendable {
  var fields: [MailHeader] = []

  /// The first field of a name, whatever its case.
  func first(_ name: String) -> [UInt8]? { fields.first { isSame($0.name, name) }?.raw }

  /// All fields of a name, in order.
  func all(_ name: String) -> [[UInt8]] { fields.filter { isSame($0.name, name) }.map(\.raw) }

  /// A field's value as plain text: unfolded and trimmed, undecodable bytes replaced, nothing decoded.
  func plain(_ name: String) -> String? { first(name).map { String(decoding: unfolded($0), as: UTF8.self) } }

  private func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8) { $0 | 0x20 == $1 | 0x20 }
  }
}

/// A header value with folds and runs of blanks as one blank, and none at either end.
func unfolded(_ raw: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  var pendingBlank = false
  for byte in raw {
    if byte == 32 || byte == 9 || byte == 10 || byte == 13 {
      pendingBlank = !result.isEmpty
    } else {
      if pendingBlank { result.append(32) }
      pendingBlank = false
      result.append(byte)
    }
  }
  return result
}
