import ParleyEvents
import Testing

@Suite struct BodyFoldTests {
  private func shown(_ text: String, linesMax: Int? = 12, foldsQuotes: Bool = true) -> [String] {
    let limits = BodyFold.Limits(linesMax: linesMax, foldsQuotes: foldsQuotes)
    return BodyFold.lines(of: text, limits: limits).map { line in
      switch line {
      case .own(let text): String(text)
      case .quoted(let text): "q " + text
      case .folded(let text): text
      }
    }
  }

  @Test func aQuotedMailFoldsWithItsIntroduction() {
    let mail = "Yes.\n\nOn Tue, Ana wrote:\n> one\n> two\n> three\n\n-- \nKim\nSupport\nExample"
    #expect(shown(mail) == ["Yes.", "", "… 5 quoted lines", "… 4 lines of signature"])
  }

  @Test func anIntroductionOverTwoLinesFoldsToo() {
    let mail = "Yes.\n\nOn Tuesday the first,\nAna Example wrote:\n\n> one\n> two\n> three"
    #expect(shown(mail) == ["Yes.", "", "… 6 quoted lines"])
  }

  @Test func shortQuotationsStayBetweenTheAnswers() {
    #expect(shown("> when?\nNow.\n> why?\nBecause.") == ["q > when?", "Now.", "q > why?", "Because."])
  }

  @Test func aBodyThatIsOneQuotationIsShown() {
    #expect(shown("> a\n> b\n> c\n> d") == ["q > a", "q > b", "q > c", "q > d"])
  }

  @Test func aForwardedMailIsQuotedToItsEnd() {
    let mail = "See below.\n\n-----Original Message-----\nFrom: Bob\n\nHello\nWorld"
    #expect(shown(mail) == ["See below.", "", "… 5 quoted lines"])
  }

  @Test func aLongBodySaysWhatIsLeftOut() {
    let own = (1...20).map { "line \($0)" }.joined(separator: "\n")
    let quoted = (1...12).map { "> q\($0)" }.joined(separator: "\n")
    let lines = shown(own + "\n" + quoted, linesMax: 5)
    #expect(lines == (1...5).map { "line \($0)" } + ["… 27 more lines, 12 quoted"])
  }

  @Test(arguments: [(13, 13), (14, 13)])
  func aCutSavesMoreThanItsOwnLine(lines: Int, shownLines: Int) {
    #expect(shown((1...lines).map(String.init).joined(separator: "\n")).count == shownLines)
  }

  @Test func everyLineIsShownOrCounted() {
    for quoted in 0...6 {
      for own in 0...16 {
        let text = (0..<own).map { "own \($0)" } + (0..<quoted).map { "> q \($0)" }
        let lines = shown(text.joined(separator: "\n"), linesMax: 5)
        let folded = lines.filter { $0.hasPrefix("…") }
        let counts = folded.compactMap { Int($0.split(separator: " ")[1]) }
        let plain = own + quoted == 0 ? 0 : lines.count - folded.count
        #expect(plain + counts.reduce(0, +) == own + quoted, "\(own) own, \(quoted) quoted: \(lines)")
      }
    }
  }

  @Test func nothingIsFoldedWithoutALimit() {
    let mail = "Yes.\n> one\n> two\n> three\n-- \nKim"
    #expect(shown(mail, linesMax: nil, foldsQuotes: false).count == 6)
  }
}
