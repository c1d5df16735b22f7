/// Text of a mail from its bytes.
///
/// The order of belief: the declared character set where it explains every byte; UTF-8 where that does; else the
/// declared one with each wrong byte replaced, provided it explains most of what is not ASCII; else windows-1252,
/// what most undeclared 8-bit mail is. Names that stand for a smaller set than senders mean by them are read as
/// the larger one (WHATWG's encoding labels: iso-8859-1 is windows-1252, gb2312 is gb18030 …).
package struct TextDecoder {
  /// A decoded text.
  package struct Result {
    package var text: String
    /// Whether the declared set did not explain every byte.
    package var hasErrors: Bool
  }

  package static func decode(_ bytes: [UInt8], charset declared: String?) -> Result {
    let charset = canonical(declared ?? "us-ascii")
    switch charset {
    case "us-ascii", "utf-8":
      if let text = String(validating: bytes, as: UTF8.self) {
        return Result(text: withoutMark(text), hasErrors: charset == "us-ascii" && !isASCII(bytes))
      }
      if charset == "utf-8", let result = mostlyUTF8(bytes) { return result }
      return Result(text: windows1252(bytes), hasErrors: true)
    case "windows-1252":
      return Result(text: windows1252(bytes), hasErrors: false)
    default:
      return decode(bytes, foreign: charset)
    }
  }

  private static func decode(_ bytes: [UInt8], foreign charset: String) -> Result {
    let decoded = isAllowed(charset) ? Iconv.decode(bytes, charset: charset) : nil
    if let decoded, decoded.errors == 0 {
      return Result(text: withoutMark(String(decoding: decoded.text, as: UTF8.self)), hasErrors: false)
    }
    if let text = String(validating: bytes, as: UTF8.self), decoded == nil || !isASCII(bytes) {
      return Result(text: withoutMark(text), hasErrors: true)
    }
    if let decoded {
      let text = String(decoding: decoded.text, as: UTF8.self)
      if isMostlyExplained(text) { return Result(text: withoutMark(text), hasErrors: true) }
    }
    return Result(text: windows1252(bytes), hasErrors: true)
  }

  private static func mostlyUTF8(_ bytes: [UInt8]) -> Result? {
    let text = String(decoding: bytes, as: UTF8.self)
    return isMostlyExplained(text) ? Result(text: withoutMark(text), hasErrors: true) : nil
  }

  /// Whether more characters outside ASCII were understood than replaced.
  private static func isMostlyExplained(_ text: String) -> Bool {
    var understood = 0
    var replaced = 0
    for scalar in text.unicodeScalars where scalar.value >= 0x80 {
      if scalar.value == 0xFFFD { replaced += 1 } else { understood += 1 }
    }
    return understood >= replaced
  }

  private static func withoutMark(_ text: String) -> String {
    text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  private static func isASCII(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

  // MARK: Names

  /// The set a declared name stands for, in lower case.
  static func canonical(_ declared: String) -> String {
    var name = declared.lowercased().filter { !"\"' ;".contains($0) }
    if name.hasPrefix("x-") { name.removeFirst(2) }
    if let end = name.firstIndex(of: "*") { name = String(name[..<end]) }  // RFC 2231 §5: a language follows
    return aliases[name] ?? name
  }

  private static let aliases: [String: String] = [
    "": "us-ascii", "ascii": "us-ascii", "ansi_x3.4-1968": "us-ascii", "unknown-8bit": "us-ascii",
    "unknown": "us-ascii", "default": "us-ascii", "default_charset": "us-ascii", "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252", "iso_8859-1": "windows-1252", "latin1": "windows-1252",
    "iso-8859-1-i": "windows-1252", "cp1252": "windows-1252", "cp-1252": "windows-1252", "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "utf-8mb4": "utf-8", "unicode-1-1-utf-7": "utf-7", "utf7": "utf-7",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030", "euc-cn": "gb18030",
    "shift_jis": "cp932", "sjis": "cp932", "shift-jis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932",
    "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949",
    "iso-8859-9": "windows-1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "big5": "big5-hkscs",
    "mac-roman": "macintosh",
    "mac-cyrillic": "mac-cyrillic", "cp-850": "cp850", "iso-2022-jp": "iso-2022-jp-2",
    "iso-2022-jp-3": "iso-2022-jp-2",
  ]

  /// Whether a name may go to iconv: families that mail uses, because iconv's rarer converters have a history of
  /// endless loops and overruns.
  private static func isAllowed(_ name: String) -> Bool {
    guard name.utf8.count <= 24, name.utf8.allSatisfy(isNameByte) else { return false }
    return families.contains { name.hasPrefix($0) }
  }

  private static let families = [
    "iso-8859-", "iso8859-", "windows-125", "cp125", "cp437", "cp85", "cp86", "cp87", "cp932", "cp949",
    "koi8-",
    "utf-7", "utf-16", "utf-32", "ucs-2", "ucs-4", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "gb18030",
    "hz",
    "big5", "euc-jp", "euc-tw", "eucjp", "macintosh", "mac-", "viscii", "tcvn", "armscii-8", "georgian",
    "ibm437",
    "ibm850", "ibm852", "ibm866", "ibm037", "johab",
  ]

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: false
    }
  }

  // MARK: windows-1252

  /// Every byte has a reading: the five that the set leaves open are the controls they are in iso-8859-1.
  private static func windows1252(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      if byte < 0x80 { text.append(byte) } else { text += utf8Of1252[Int(byte) - 0x80] }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes from 0x80 on in UTF-8.
  private static let utf8Of1252 = (0x80...0xFF).map { byte -> [UInt8] in
    let scalar = byte <= 0x9F ? high1252[byte - 0x80] : UInt16(byte)
    return Array(String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
  }

  private static let high1252: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
    0x008D,
    0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
    0x203A,
    0x0153, 0x009D, 0x017E, 0x0178,
  ]
}
