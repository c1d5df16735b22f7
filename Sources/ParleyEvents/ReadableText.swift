import ParleySchemas

/// The text of a body's parts, for a person to read.
package enum ReadableText {
  /// The plain parts, joined; where there are none, what the HTML ones say.
  package static func of(_ parts: [ContentPart]) -> String {
    let plain = parts.filter { $0.isText && !$0.isHTML && !$0.text.isEmpty }
    if !plain.isEmpty { return plain.map(\.text).joined(separator: "\n") }
    return parts.filter { $0.isText && $0.isHTML }.map { ofHTML($0.text) }.joined(separator: "\n")
  }

  /// HTML without its tags: blocks and breaks end lines, styles and scripts say nothing, the commonest references
  /// become their characters. For reading only; the markup itself stays in the event.
  package static func ofHTML(_ html: String) -> String {
    var reader = HTMLReader(scalars: Array(html.unicodeScalars))
    return reader.run()
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

/// One pass over the characters of an HTML text.
private struct HTMLReader {
  let scalars: [Unicode.Scalar]
  private var index = 0
  private var output = String.UnicodeScalarView()
  private var lineEnds = 2
  private var hasBlank = false

  init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func run() -> String {
    while index < scalars.count {
      switch scalars[index] {
      case "<" where startsTag: tag()
      case "&": reference()
      case " ", "\n", "\r", "\t":
        hasBlank = true
        index += 1
      default:
        append(scalars[index])
        index += 1
      }
    }
    return String(output)
  }

  private var startsTag: Bool {
    guard index + 1 < scalars.count else { return false }
    let next = scalars[index + 1]
    return next == "/" || next == "!" || next == "?" || next.properties.isAlphabetic
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    if hasBlank, lineEnds == 0 { output.append(" ") }
    hasBlank = false
    lineEnds = 0
    output.append(scalar)
  }

  private mutating func endLine(_ count: Int) {
    hasBlank = false
    while lineEnds < count {
      output.append("\n")
      lineEnds += 1
    }
  }

  private mutating func tag() {
    if scalars[index...].starts(with: "<!--".unicodeScalars) { return skip(past: "-->") }
    index += 1
    let name = tagName()
    skip(past: ">")
    switch name {
    case "br", "/div", "/tr", "/li", "/h1", "/h2", "/h3", "/h4", "div", "tr", "li", "hr": endLine(1)
    case "p", "/p", "/table", "/ul", "/ol", "/blockquote": endLine(2)
    case "style", "script", "head", "title": skip(past: "</\(name)>")
    default: break
    }
  }

  private mutating func tagName() -> String {
    var name = ""
    while index < scalars.count, name.count < 12 {
      let scalar = scalars[index]
      guard scalar.properties.isAlphabetic || scalar == "/" && name.isEmpty || ("0"..."9").contains(scalar)
      else {
        break
      }
      name.append(Character(scalar))
      index += 1
    }
    return name.lowercased()
  }

  /// Behind the next occurrence of an end, or at the end of the text.
  private mutating func skip(past end: String) {
    let end = Array(end.unicodeScalars)
    while index < scalars.count {
      let slice = scalars[index..<min(index + end.count, scalars.count)]
      if slice.elementsEqual(end, by: { $0 == $1 || $0.properties.lowercaseMapping == String($1) }) {
        index += end.count
        return
      }
      index += 1
    }
  }

  private static let named: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "auml": "ä", "ouml": "ö",
    "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "euro": "€",
    "ndash": "–",
    "mdash": "—", "hellip": "…", "rsquo": "’", "lsquo": "‘", "rdquo": "”", "ldquo": "“", "copy": "©",
  ]

  private mutating func reference() {
    let end = scalars[index...].prefix(12).firstIndex(of: ";")
    guard let end, let scalar = Self.scalar(scalars[(index + 1)..<end]) else {
      append("&")
      index += 1
      return
    }
    if scalar == " " { hasBlank = true } else { append(scalar) }
    index = end + 1
  }

  private static func scalar(_ name: ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
    var text = String(String.UnicodeScalarView(name))
    guard text.hasPrefix("#") else { return named[text] }
    text.removeFirst()
    let isHex = text.hasPrefix("x") || text.hasPrefix("X")
    return UInt32(isHex ? String(text.dropFirst()) : text, radix: isHex ? 16 : 10).flatMap(
      Unicode.Scalar.init)
  }
}
