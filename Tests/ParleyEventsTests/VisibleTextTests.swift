import ParleyEvents
import Testing

@Suite struct VisibleTextTests {
  @Test(arguments: [
    ("plain, with ümlaut and 漢字", "plain, with ümlaut and 漢字"),
    ("\u{1B}[31mred\u{1B}[0m", "␛[31mred␛[0m"),
    ("\u{9B}31m", "‹U+009B›31m"),
    ("bell\u{07} and nul\u{00} and del\u{7F}", "bell␇ and nul␀ and del␡"),
    ("one\r\ntwo\rthree", "one\ntwo␍three"),
    ("invoice\u{202E}fdp.exe", "invoice‹U+202E›fdp.exe"),
    ("\u{2066}a\u{2069}\u{200E}\u{061C}", "‹U+2066›a‹U+2069›‹U+200E›‹U+061C›"),
    ("pass\u{200B}\u{200B}\u{200B}word", "pass‹U+200B ×3›word"),
    ("hi\u{E0068}\u{E0069}\u{E007F}", "hi‹hidden tags ×3›"),
    ("x\u{E0101}\u{E0102}", "x‹hidden selectors ×2›"),
    ("line\u{2028}separator", "line‹U+2028›separator"),
    ("👩\u{200D}👧 and ❤\u{FE0F}\u{200D}🔥", "👩\u{200D}👧 and ❤\u{FE0F}\u{200D}🔥"),
    ("a\u{200D}b", "a‹U+200D›b"),
    ("\u{FEFF}bom", "‹U+FEFF›bom"),
    ("soft\u{AD}hyphen", "soft‹U+00AD›hyphen"),
  ])
  func whatCannotBeSeenBecomesAMark(raw: String, shown: String) {
    #expect(VisibleText.marked(raw) == shown)
  }

  @Test func noHiddenCharacterIsLeft() {
    let all = (0...0xE0FFF).compactMap(Unicode.Scalar.init).filter { HiddenClass($0) != nil }
    let text = String(
      String.UnicodeScalarView(all.flatMap { [Unicode.Scalar("x"), $0, Unicode.Scalar("y")] }))
    let shown = VisibleText.marked(text).unicodeScalars
    let left = shown.filter { HiddenClass($0) != nil && $0 != "\n" && $0 != "\t" }
    #expect(Set(left.map(\.value)) == Set(0xFE00...0xFE0F), "one selector behind a character is part of it")
  }

  @Test func aLineStaysALine() {
    #expect(VisibleText.line("Re: a\r\n\tb") == "Re: a b")
  }

  @Test(arguments: [
    ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("👩\u{200D}👧", 2), ("ｆ", 2), ("", 0), ("🇩🇪", 2), ("ß", 1),
  ])
  func wideCharactersTakeTwoColumns(text: String, columns: Int) {
    #expect(TerminalText.columns(text) == columns)
  }

  @Test func linesBreakAfterBlanks() {
    #expect(TerminalText.wrapped("the quick brown fox", width: 10) == ["the quick", "brown fox"])
    #expect(TerminalText.wrapped("漢字漢字漢字", width: 5) == ["漢字", "漢字", "漢字"])
    #expect(
      TerminalText.wrapped("see https://example.com/long now", width: 12) == [
        "see", "https://exam", "ple.com/long", "now",
      ])
    #expect(TerminalText.wrapped("  indented text here", width: 12) == ["  indented", "text here"])
    #expect(TerminalText.wrapped("", width: 12) == [""])
  }

  @Test func noLineIsWiderThanTheWidth() {
    let text = "word 漢字漢字漢字漢字 https://example.com/averylongpath?with=query 👩\u{200D}👧👩\u{200D}👧 end  \tx"
    for width in 2...40 {
      let lines = TerminalText.wrapped(text, width: width)
      #expect(lines.allSatisfy { TerminalText.columns($0) <= width }, "width \(width)")
      let kept = lines.joined().filter { $0 != " " }
      #expect(kept == text.filter { $0 != " " && $0 != "\t" }, "nothing is lost at width \(width)")
    }
  }

  @Test func cutTextEndsWithAnEllipsis() {
    #expect(TerminalText.cut("subject line", width: 8) == "subject…")
    #expect(TerminalText.cut("short", width: 8) == "short")
  }

  @Test func lookalikeLettersAreNoticed() {
    #expect(MixedScript.isMixed("p\u{0430}ypal@example.com"))
    #expect(!MixedScript.isMixed("jürgen@example.com"))
    #expect(!MixedScript.isMixed("почта"))
  }
}
