/// Text with everything that a reader could not see made visible.
///
/// A customer's words may hold characters that reorder the line (bidi controls), hide text (zero-width and tag
/// characters), or drive the terminal (escape sequences). Here each becomes a mark: control characters their
/// picture (`␛`), the others their number (`‹U+202E›`), runs of one kind a single mark (`‹U+200B ×40›`). What a
/// terminal shows is then what was written, and nothing else happens.
public enum VisibleText {
  /// The text with its unseen characters as marks. `\r\n` and `\n` stay line ends; tabs stay tabs.
  ///
  /// A joiner between two pictographs and one variation selector after a visible character stay: they belong to
  /// what is seen (👩‍👧, ❤️).
  public static func marked(_ text: some StringProtocol) -> String {
    guard !isPlain(text), text.unicodeScalars.contains(where: isLookedAt) else { return String(text) }
    var marker = VisibleTextMarker(scalars: Array(text.unicodeScalars))
    return marker.run()
  }

  /// The text on one line: line ends and tabs become spaces, the rest as `marked`.
  public static func line(_ text: some StringProtocol) -> String {
    let marked = marked(text)
    guard marked.utf8.contains(where: { $0 == 10 || $0 == 9 }) else { return marked }
    return marked.split(whereSeparator: { $0 == "\n" || $0 == "\t" }).joined(separator: " ")
  }

  /// Whether a character may have to be shown otherwise: in texts with letters beyond ASCII hardly ever one.
  private static func isLookedAt(_ scalar: Unicode.Scalar) -> Bool {
    if (32...126).contains(scalar.value) || scalar == "\n" || scalar == "\t" { return false }
    return HiddenClass(scalar) != nil
  }

  /// Whether the text is printable ASCII and line feeds only: nearly all lines are, and need no second look.
  private static func isPlain(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { (32...126).contains($0) || $0 == 10 || $0 == 9 }
  }
}

/// Why a character is not shown as it is.
package enum HiddenClass: Equatable {
  /// C0, C1, DEL.
  case control
  /// Reorders what is around it.
  case bidi
  /// Takes no room: joiners, fillers, marks of byte order.
  case zeroWidth
  /// Spells ASCII that nobody sees.
  case tag
  /// Chooses among shapes of what is before it; 256 of them can spell bytes that nobody sees.
  case variation
  /// A line or paragraph end that terminals treat differently.
  case separator

  /// The class of a character that is not shown as it is; nil for any other.
  package init?(_ scalar: Unicode.Scalar) {
    guard let found = Self.table(scalar.value) else { return nil }
    self = found
  }

  private static func table(_ value: UInt32) -> HiddenClass? {
    switch value {
    case 0...0x1F, 0x7F...0x9F: .control
    case 0xA0...0xAC: nil
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: .bidi
    case 0xAD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200D, 0x2060...0x2065,
      0x206A...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A:
      .zeroWidth
    case 0x2028, 0x2029: .separator
    case 0xFE00...0xFE0F, 0xE0100...0xE01EF: .variation
    case 0xE0000...0xE00FF, 0xE01F0...0xE0FFF: .tag
    default: nil
    }
  }
}

/// One pass over a text's scalars.
private struct VisibleTextMarker {
  let scalars: [Unicode.Scalar]
  private var index = 0
  private var output = String.UnicodeScalarView()

  init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func run() -> String {
    while index < scalars.count {
      guard let hidden = HiddenClass(scalars[index]), !isKept(hidden) else {
        output.append(scalars[index])
        index += 1
        continue
      }
      mark(hidden)
    }
    return String(output)
  }

  private mutating func mark(_ hidden: HiddenClass) {
    let scalar = scalars[index]
    if isLineEnd {
      index += 1
    } else if hidden == .control, scalar.value < 0x80 {
      output.append(scalar.value == 0x7F ? "\u{2421}" : Unicode.Scalar(0x2400 + scalar.value)!)
      index += 1
    } else {
      markRun(hidden)
    }
  }

  /// The carriage return of `\r\n`, which is left out.
  private var isLineEnd: Bool {
    scalars[index] == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
  }

  /// Runs of one character are counted; runs of different tags or selectors too, for they spell something.
  private mutating func markRun(_ hidden: HiddenClass) {
    let first = scalars[index]
    let start = index
    let isSpelling = hidden == .tag || hidden == .variation
    while index < scalars.count,
      scalars[index] == first || (isSpelling && HiddenClass(scalars[index]) == hidden)
    {
      index += 1
    }
    let count = index - start
    let isMixed = scalars[start..<index].contains { $0 != first }
    let name = isMixed ? (hidden == .tag ? "hidden tags" : "hidden selectors") : codePoint(first)
    output.append(contentsOf: "‹\(name)\(count > 1 ? " ×\(count)" : "")›".unicodeScalars)
  }

  private func isKept(_ hidden: HiddenClass) -> Bool {
    let scalar = scalars[index]
    switch hidden {
    case .control: return scalar == "\n" || scalar == "\t"
    case .zeroWidth: return scalar == "\u{200D}" && isPictograph(before: index) && isPictograph(at: index + 1)
    case .variation: return scalar.value <= 0xFE0F && index > 0 && HiddenClass(scalars[index - 1]) == nil
    case .bidi, .tag, .separator: return false
    }
  }

  private func isPictograph(before index: Int) -> Bool {
    guard index > 0 else { return false }
    let isSelector = scalars[index - 1] == "\u{FE0F}"
    return isPictograph(at: isSelector ? index - 2 : index - 1)
  }

  private func isPictograph(at index: Int) -> Bool {
    guard scalars.indices.contains(index) else { return false }
    return scalars[index].value > 0x7F && scalars[index].properties.isEmoji
  }

  private func codePoint(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
