/// The rules of mbox files: what parts one message from the next, and what was quoted to keep it from doing so.
///
/// A line parts two messages when it is `From `, a sender and a time with a year (or `From -` alone), and a header
/// field follows. An
/// empty line before it is not asked for: files that were put together lack it, and a message swallowed is worse
/// than one cut in two. `Content-Length` is not looked at: it can claim the messages behind it.
enum Mbox {
  private static let from = Array("From ".utf8)
  private static let quote = UInt8(ascii: ">")
  /// The time that `git format-patch` writes into all its separators. Patches are attached to mail as they are,
  /// so such a line only parts messages in a file that begins with one.
  private static let patchTime = Array(" Mon Sep 17 00:00:00 2001".utf8)

  /// Whether a file's first bytes make it an mbox.
  static func begins(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.starts(with: from) }

  /// Whether a line may begin a message.
  static func isSeparator(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.starts(with: from) else { return false }
    let words = line.dropFirst(from.count).split(separator: 32, omittingEmptySubsequences: true)
    // Thunderbird writes no more than this.
    if words.count == 1, words[0].prefix(while: { $0 > 32 }) == [UInt8(ascii: "-")] { return true }
    return words.contains(where: isClock) && words.contains(where: isYear)
  }

  /// Whether a separator is one of git's.
  static func isPatch(_ line: ArraySlice<UInt8>) -> Bool {
    line.reversed().drop { $0 == 10 || $0 == 13 }.starts(with: patchTime.reversed())
  }

  /// The sender that a separator names, where it is an address.
  static func sender(_ line: ArraySlice<UInt8>) -> String? {
    let word = line.dropFirst(from.count).prefix { $0 > 32 }
    return word.contains(UInt8(ascii: "@")) ? String(decoding: word, as: UTF8.self) : nil
  }

  /// A line with one `>` less if it is a quoted `From ` line, as mboxrd and mboxo write them. (An mboxo writer
  /// left `>From ` alone, so a reader cannot know; the source digest looks through all of them.)
  static func unquoted(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard line.first == quote, line.drop(while: { $0 == quote }).starts(with: from) else { return line }
    return line.dropFirst()
  }

  /// A line without any of the `>` before `From `.
  static func withoutQuotes(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard line.first == quote else { return line }
    let bare = line.drop { $0 == quote }
    return bare.starts(with: from) ? bare : line
  }

  private static func isClock(_ word: ArraySlice<UInt8>) -> Bool {
    let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    return (2...3).contains(parts.count) && parts[parts.startIndex].allSatisfy(isDigit)
      && (1...2).contains(parts[parts.startIndex].count) && parts[parts.startIndex + 1].allSatisfy(isDigit)
      && parts[parts.startIndex + 1].count == 2
  }

  private static func isYear(_ word: ArraySlice<UInt8>) -> Bool {
    let digits = word.prefix { $0 > 32 }
    return digits.count == 4 && digits.allSatisfy(isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
