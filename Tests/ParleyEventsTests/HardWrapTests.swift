import ParleyEvents
import Testing

@Suite struct HardWrapTests {
  /// A paragraph as a mail program fills it, 38 columns wide, and its last line.
  static let paragraph = """
    my order has not come although you did
    say that it would be here on Monday at
    the latest.
    """

  static func joined(_ text: String, width: Int) -> [String] {
    HardWrap.joined(text.split(separator: "\n", omittingEmptySubsequences: false), width: width)
  }

  @Test func aFilledParagraphWiderThanTheRoomBecomesOneLine() {
    #expect(Self.joined(Self.paragraph, width: 37) == [Self.paragraph.replacing("\n", with: " ")])
  }

  @Test func whatFitsStaysAsItIs() {
    #expect(Self.joined(Self.paragraph, width: 38) == Self.paragraph.split(separator: "\n").map(String.init))
  }

  @Test(arguments: [
    "Hello,\n\n", "- one\n", "> what did you say\n", "Hello,\n", "  indented by somebody for a reason here\n",
  ])
  func linesBeforeAParagraphStayTheirOwn(before: String) {
    let lines = Self.joined(before + Self.paragraph + "\n\nAna", width: 37)
    #expect(
      lines == before.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        + [Self.paragraph.replacing("\n", with: " "), "", "Ana"])
  }

  @Test(arguments: [
    "a table's row     4711     12.00 EUR\nanother one       4712      1.00 EUR",
    "- a cup, white, for one person alone\n- a cup, black, for one person alone",
    "4711 one cup of those with a handle,\n4712 another one of those, the same",
  ])
  func listsAndTablesKeepTheirLines(text: String) {
    #expect(Self.joined(text, width: 20) == text.split(separator: "\n").map(String.init))
  }

  @Test func aLineWiderThanAProgramFillsIsNoPartOfAParagraph() {
    for (columns, count) in [(80, 1), (81, 2)] {
      let long = String(repeating: "x", count: columns - 2) + " y"
      #expect(Self.joined(long + "\nand on", width: 40).count == count)
    }
  }
}
