/// Normalizes mail addresses.
enum MailAddress {
  static func normalize(_ text: String) throws(EventError) -> String {
    let bytes = text.utf8
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at != bytes.startIndex,
      bytes.index(after: at) != bytes.endIndex
    else { throw NormalizationRules.invalid(.email, "is not of the form local@domain") }
    return text[..<at].lowercased() + "@" + text[bytes.index(after: at)...].lowercased()
  }
}
