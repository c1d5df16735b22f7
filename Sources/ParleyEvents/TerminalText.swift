/// How many columns text takes on a terminal, and how to break it into lines of a width.
///
/// An approximation that fits common terminals: East Asian wide and fullwidth characters and emoji take two columns,
/// combining marks none, everything else one. It expects text that went through `VisibleText`.
package enum TerminalText {
  /// The columns of a text without line ends.
  package static func columns(_ text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + columns(of: $1) }
  }

  /// The columns of one character as a reader sees it.
  static func columns(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if first.value < 0x300 { return 1 }
    if isCombining(first) { return 0 }
    let isEmojiSequence = scalars.count > 1 && scalars.contains { $0.value == 0xFE0F || $0.value == 0x20E3 }
    return isWide(first) || isEmojiSequence ? 2 : 1
  }

  /// The lines of one line of text, each at most `width` columns: broken after a blank, inside a word only when the
  /// word alone is too long (addresses of pages). Blanks at the front are kept, blanks at a break are dropped.
  package static func wrapped(_ text: some StringProtocol, width: Int) -> [String] {
    let line = expandingTabs(text)
    guard columns(line) > width else { return [line] }
    var wrapper = LineWrapper(width: max(width, 2))
    for character in line { wrapper.add(character) }
    return wrapper.finish()
  }

  /// The text cut to `width` columns, with `…` at the end when something was cut.
  package static func cut(_ text: String, width: Int) -> String {
    guard columns(text) > width else { return text }
    var kept = ""
    var used = 1
    for character in text {
      used += columns(of: character)
      if used > width { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// The text followed by blanks up to `width` columns.
  static func padded(_ text: String, width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - columns(text)))
  }

  private static func expandingTabs(_ text: some StringProtocol) -> String {
    guard text.utf8.contains(9) else { return String(text) }
    var expanded = ""
    var column = 0
    for character in text {
      let isTab = character == "\t"
      let width = isTab ? 4 - column % 4 : columns(of: character)
      expanded += isTab ? String(repeating: " ", count: width) : String(character)
      column += width
    }
    return expanded
  }

  private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }

  /// Unicode's East_Asian_Width W and F, by blocks.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
      0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }
}

/// Fills lines word by word.
private struct LineWrapper {
  let width: Int
  private var lines: [String] = []
  private var line = ""
  private var lineColumns = 0
  private var word = ""
  private var wordColumns = 0

  init(width: Int) { self.width = width }

  mutating func add(_ character: Character) {
    if character == " " {
      addBlank()
    } else {
      addToWord(character)
    }
  }

  mutating func finish() -> [String] {
    endWord()
    if !line.isEmpty || lines.isEmpty { endLine() }
    return lines
  }

  private mutating func addBlank() {
    endWord()
    let isAtBreak = line.isEmpty && !lines.isEmpty
    guard !isAtBreak, lineColumns < width else { return }
    line.append(" ")
    lineColumns += 1
  }

  private mutating func addToWord(_ character: Character) {
    let columns = TerminalText.columns(of: character)
    if wordColumns + columns > width {
      if lineColumns > 0 { endLine() }
      endWord()
      endLine()
    }
    word.append(character)
    wordColumns += columns
  }

  private mutating func endWord() {
    if lineColumns + wordColumns > width, lineColumns > 0 { endLine() }
    line += word
    lineColumns += wordColumns
    word = ""
    wordColumns = 0
  }

  private mutating func endLine() {
    while line.last == " " { line.removeLast() }
    lines.append(line)
    line = ""
    lineColumns = 0
  }
}
