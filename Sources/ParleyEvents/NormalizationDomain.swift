/// Domains by UTS 46: non-transitional processing to Punycode, STD3 rules off but for the ASCII characters of
/// `isAllowed`, hyphens unchecked, joiners and bidirectional text unchecked (an identity has to be told from
/// others, not registered), lengths checked.
enum DomainName {
  static let labelBytesMax = 63
  static let bytesMax = 253

  static func normalize(_ text: some StringProtocol) throws(EventError) -> String {
    if isPlain(text.utf8) { return SimpleFolding.lowercase(text.utf8) }
    if text.hasPrefix("[") { return try addressLiteral(String(text)) }
    let mapped = CanonicalComposition.normalize(try map(text))
    var labels = mapped.split(separator: ".", omittingEmptySubsequences: false)
    if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }  // the root's dot
    var result: [String] = []
    for label in labels { result.append(try ascii(label)) }
    let domain = result.joined(separator: ".")
    guard domain.utf8.count <= bytesMax else { throw invalid("is longer than \(bytesMax) bytes") }
    return domain
  }

  /// Whether it is a host's name in ASCII, of which only the case may change: what nearly all domains are.
  private static func isPlain(_ text: some Collection<UInt8>) -> Bool {
    var labelBytes = 0
    for byte in text {
      if byte == UInt8(ascii: ".") {
        guard labelBytes > 0 else { return false }
        labelBytes = 0
      } else {
        // A third and fourth hyphen may make the label Punycode.
        guard isAllowed(byte) || isUpperCase(byte), !(labelBytes == 3 && byte == UInt8(ascii: "-")) else {
          return false
        }
        labelBytes += 1
      }
      guard labelBytes <= labelBytesMax else { return false }
    }
    return labelBytes > 0 && text.count <= bytesMax
  }

  private static func isUpperCase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  /// An address in brackets (RFC 5321, section 4.1.3), in lower case.
  private static func addressLiteral(_ text: String) throws(EventError) -> String {
    let inside = text.dropFirst().dropLast()
    guard text.hasSuffix("]"), !inside.isEmpty, inside.utf8.allSatisfy(isOfAddress) else {
      throw invalid("has a bracket but no address in brackets")
    }
    return SimpleFolding.normalize(text)
  }

  private static func isOfAddress(_ byte: UInt8) -> Bool {
    isAllowed(byte | 0x20) || isAllowed(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
  }

  private static func map(_ text: some StringProtocol) throws(EventError) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch NormalizationTables.mapping(of: scalar) {
      case .keep?: result.append(scalar)
      case .drop?: break
      case .move(let distance)?: result.append(scalar.moved(by: distance))
      case .replace(let codes)?:
        result.append(contentsOf: codes.map { Unicode.Scalar(0).moved(by: Int32($0)) })
      case .moveEverySecond?, nil: throw invalid("has a character that UTS 46 disallows")
      }
    }
    return String(result)
  }

  private static func ascii(_ label: Substring) throws(EventError) -> String {
    guard !label.isEmpty else { throw invalid("has an empty label") }
    let scalars = try label.hasPrefix("xn--") ? decoded(label) : Array(label.unicodeScalars)
    try check(scalars)
    let isASCII = scalars.allSatisfy(\.isASCII)
    // Encoding takes time quadratic in the length, and gives at least one byte a scalar.
    guard scalars.count <= labelBytesMax else {
      throw invalid("has a label longer than \(labelBytesMax) bytes")
    }
    let result = isASCII ? String(label) : "xn--" + Punycode.encode(scalars)
    guard result.utf8.count <= labelBytesMax else {
      throw invalid("has a label longer than \(labelBytesMax) bytes")
    }
    return result
  }

  private static func decoded(_ label: Substring) throws(EventError) -> [Unicode.Scalar] {
    guard label.utf8.count <= labelBytesMax, let scalars = Punycode.decode(label.dropFirst(4)),
      !scalars.allSatisfy(\.isASCII)
    else { throw invalid("has a label that is no Punycode") }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    guard Array(CanonicalComposition.normalize(String(text)).unicodeScalars) == scalars,
      scalars.allSatisfy({ NormalizationTables.mapping(of: $0) == .keep })
    else { throw invalid("has a label in Punycode that no domain can have") }
    return scalars
  }

  private static func check(_ label: [Unicode.Scalar]) throws(EventError) {
    guard label.allSatisfy({ !$0.isASCII || isAllowed(UInt8($0.value)) }) else {
      throw invalid("has a character that no host name has")
    }
    guard let first = label.first, NormalizationTables.labelMarks.action(for: first) == nil else {
      throw invalid("has a label that begins with a combining mark")
    }
  }

  /// Lower-case letters, digits, hyphen, and the underscore that many a real host has.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }

  private static func invalid(_ what: String) -> EventError {
    NormalizationRules.invalid(.email, "\(what) in its domain")
  }
}

extension NormalizationTables {
  /// The UTS 46 mapping of a scalar, without touching the table for ASCII.
  static func mapping(of scalar: Unicode.Scalar) -> NormalizationTable.Action? {
    guard scalar.isASCII else { return domains.action(for: scalar) }
    return (0x41...0x5A).contains(scalar.value) ? .move(0x20) : .keep
  }
}
