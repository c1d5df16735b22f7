/// Text as a search compares it: upper and lower case, accented and plain, full-width and common letters are the same,
/// `ß` is `ss`, every dash is `-` and every blank a space.
///
/// The mapping is that of domains (UTS 46, whose data is pinned), because it holds both case and compatibility forms;
/// the marks that are written on Latin, Greek and Cyrillic letters are then left out. For finding only: what is found
/// may be spelt otherwise than what was looked for.
enum SearchFolding {
  /// UTF-8 folded to UTF-8. Bytes that are no text stay apart from all that is.
  static func fold(_ text: some RandomAccessCollection<UInt8>) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(text.count)
    var rest = text[...]
    while let byte = rest.first {
      if byte < 0x80 {
        folded.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        rest = rest.dropFirst()
      } else {
        let run = rest.prefix { $0 >= 0x80 }
        for scalar in String(decoding: run, as: UTF8.self).unicodeScalars { folded += bytes(of: scalar) }
        rest = rest[run.endIndex...]
      }
    }
    return folded
  }

  /// Folded text with every stretch of white space as one space, line ends included: mail is wrapped hard.
  static func joiningBlanks(_ folded: [UInt8]) -> [UInt8] {
    var joined: [UInt8] = []
    joined.reserveCapacity(folded.count)
    for byte in folded {
      if !isBlank(byte) {
        joined.append(byte)
      } else if joined.last != space {
        joined.append(space)
      }
    }
    return joined
  }

  static let space: UInt8 = 0x20

  /// Whether a byte of folded text is white space.
  static func isBlank(_ byte: UInt8) -> Bool { byte == space || (0x09...0x0D).contains(byte) }

  // MARK: - One scalar

  private static func bytes(of scalar: Unicode.Scalar) -> [UInt8] {
    let index = Int(scalar.value) - 0x80
    return common.indices.contains(index) ? common[index] : compute(scalar)
  }

  /// Those of two bytes, which are most that are not ASCII.
  private static let common: [[UInt8]] = (0x80..<0x800 as Range<UInt32>).map { value in
    Unicode.Scalar(value).map(compute) ?? []
  }

  private static func compute(_ scalar: Unicode.Scalar) -> [UInt8] {
    var folded = String.UnicodeScalarView()
    for mapped in mapped(scalar) {
      folded.append(contentsOf: CanonicalComposition.decomposed(mapped).filter { !isMark($0) })
    }
    return Array(String(folded).utf8)
  }

  private static func mapped(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.isWhiteSpace { return [" "] }
    switch scalar {
    case "ß": return ["s", "s"]
    case "ς": return ["σ"]
    case "\u{2010}"..."\u{2015}", "\u{2212}", "\u{FE58}", "\u{FE63}", "\u{FF0D}": return ["-"]
    default: break
    }
    switch NormalizationTables.mapping(of: scalar) {
    case .keep?, .moveEverySecond?: return [scalar]
    case .drop?: return []
    case .move(let distance)?: return [scalar.moved(by: distance)]
    case .replace(let codes)?: return codes.map { Unicode.Scalar(0).moved(by: Int32($0)) }
    case nil: return Array(SimpleFolding.normalize(String(Character(scalar))).unicodeScalars)
    }
  }

  /// Accents and the like: combining marks that belong to no script.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x300...0x36F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F: true
    default: false
    }
  }
}
