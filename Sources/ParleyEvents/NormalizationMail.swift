/// Mail addresses: `local@domain`, the local part by simple case folding, plus-tags kept.
///
/// Mail systems may tell the case of local parts apart, but none that matter do; an alias with a plus-tag is
/// something to link, not to assume.
enum MailAddress {
  static func normalize(_ text: String) throws(EventError) -> String {
    let bytes = text.utf8
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at != bytes.startIndex,
      bytes.index(after: at) != bytes.endIndex
    else { throw invalid("is not of the form local@domain") }
    return try local(text[..<at]) + "@" + DomainName.normalize(text[bytes.index(after: at)...])
  }

  private static func local(_ text: Substring) throws(EventError) -> String {
    if isQuoted(text) {
      let inside = Substring(text.unicodeScalars.dropFirst().dropLast())
      // Quotes that nothing asks for are dropped: "ana"@… is ana@…
      return SimpleFolding.normalize(String(isPlain(inside) ? inside : text))
    }
    guard isPlain(text) else { throw invalid("has a character before the @ that needs quotes") }
    return SimpleFolding.normalize(String(text))
  }

  private static func isQuoted(_ text: Substring) -> Bool {
    text.utf8.count > 2 && text.utf8.first == UInt8(ascii: "\"") && text.utf8.last == UInt8(ascii: "\"")
  }

  /// Without white space and the characters that RFC 5322 calls specials, but with dots wherever they stand:
  /// addresses with two in a row or one at the end are in use.
  private static func isPlain(_ text: Substring) -> Bool {
    !text.isEmpty && !text.unicodeScalars.contains { $0.isWhiteSpace || isSpecial($0) }
  }

  private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "(", ")", "<", ">", "[", "]", ":", ";", "@", "\\", ",", "\"": true
    default: false
    }
  }

  private static func invalid(_ what: String) -> EventError { NormalizationRules.invalid(.email, what) }
}
