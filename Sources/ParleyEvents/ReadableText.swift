import ParleySchemas

/// The text of a body's parts, for a person to read.
package enum ReadableText {
  /// The plain parts, joined; where there are none, what the HTML ones say.
  package static func of(_ parts: [ContentPart]) -> String {
    let plain = parts.filter { $0.isText && !$0.isHTML && !$0.text.isEmpty }
    if !plain.isEmpty { return plain.map(\.text).joined(separator: "\n") }
    return parts.filter { $0.isText && $0.isHTML }.map { HTMLText.text(of: $0.text) }.joined(separator: "\n")
  }
}

extension ContentPart {
  /// Whether the text is the beginning of one that stands whole in a blob.
  var isCutText: Bool {
    hasBlob && !text.isEmpty && UInt64(text.utf8.count) < blob.size
      && blob.mediaType == mediaType + "; charset=utf-8"
  }
  /// Whether it is text to be read in place: no media type means plain text.
  fileprivate var isText: Bool {
    (!hasBlob || isCutText) && (mediaType.isEmpty || mediaType.hasPrefix("text/"))
  }
  fileprivate var isHTML: Bool { mediaType.hasPrefix("text/html") }
}
