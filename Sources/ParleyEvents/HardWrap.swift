/// Undoes the line ends that a mail program put into a paragraph, where its lines are wider than there is room:
/// breaking each of them once more would leave a word or two on every second line.
package enum HardWrap {
  /// The widest line that a program's line ends are expected to make, in columns.
  static let columnsMax = 80

  /// The lines of a body, those of each paragraph that was filled to a width beyond `width` columns joined to one
  /// line. All other lines stay as they are. Takes time in proportion to the text.
  package static func joined(_ lines: [Substring], width: Int) -> [String] {
    var result: [String] = []
    var paragraph: [Line] = []
    for text in lines {
      let line = Line(text)
      if let last = paragraph.last, !(last.isProse && line.continues) {
        result += shown(paragraph, width)
        paragraph = []
      }
      paragraph.append(line)
    }
    return result + shown(paragraph, width)
  }

  /// A line with its width, measured once.
  private struct Line {
    let text: Substring
    let columns: Int

    init(_ text: Substring) {
      self.text = text
      columns = TerminalText.columns(text)
    }

    /// Whether it can be a line of a filled paragraph: not blank, not indented, and without a table's gaps.
    var isProse: Bool {
      guard let first = text.first, !first.isWhitespace, columns <= HardWrap.columnsMax else { return false }
      return !text.contains("\t") && !text.contains("   ")
    }

    /// Whether it can go on with the line above it: a list's and a quotation's lines begin with a mark.
    var continues: Bool { isProse && text.first?.isLetter == true }

    var firstWordColumns: Int { TerminalText.columns(text.prefix { $0 != " " }) }
  }

  private static func shown(_ paragraph: [Line], _ width: Int) -> [String] {
    let widest = paragraph.reduce(0) { max($0, $1.columns) }
    guard paragraph.count > 1, widest > width else { return paragraph.map { String($0.text) } }
    var lines = [String(paragraph[0].text)]
    for (above, line) in zip(paragraph, paragraph.dropFirst()) {
      // Whoever fills lines breaks only where the next word finds no room.
      if above.columns + 1 + line.firstWordColumns > widest {
        if lines[lines.count - 1].last != " " { lines[lines.count - 1] += " " }
        lines[lines.count - 1] += line.text
      } else {
        lines.append(String(line.text))
      }
    }
    return lines
  }
}
