/// A text body shortened for reading: quoted mail and signatures folded, long bodies cut, with what is left out
/// counted in words ("… 34 more lines, 12 quoted").
package struct BodyFold {
  /// How much of a body is shown.
  package struct Limits {
    /// Lines shown of one body; nil shows all.
    package var linesMax: Int? = 12
    /// Quoted runs of at most so many lines are shown: an answer between the lines needs its question.
    package var quotedLinesShownMax = 2
    /// Whether quoted runs and signatures are folded at all.
    package var foldsQuotes = true

    /// Limits as a reader wants them, but for these.
    package init(linesMax: Int? = 12, foldsQuotes: Bool = true) {
      self.linesMax = linesMax
      self.foldsQuotes = foldsQuotes
    }
  }

  /// One line to show.
  package enum Line: Equatable {
    /// The writer's own words.
    case own(Substring)
    /// Somebody else's words.
    case quoted(Substring)
    /// What was left out here, in words.
    case folded(String)
  }

  /// The lines of a body under limits. The body went through `VisibleText`.
  package static func lines(of text: String, limits: Limits = Limits()) -> [Line] {
    let sections = limits.foldsQuotes ? folding(sections(of: text), limits) : sections(of: text)
    return cut(sections.flatMap(\.shown), whole: sections, limits)
  }
}

// MARK: - Sections

extension BodyFold {
  /// A run of lines of one kind.
  private struct Section {
    enum Kind { case own, quoted, signature }
    var kind: Kind
    var lines: [Substring]
    /// Whether a mail program's line above a whole mail is among them: then all behind it is that mail's.
    var isForward = false
    var isFolded = false

    var shown: [Line] {
      guard !isFolded else { return [.folded("… " + summary)] }
      return lines.map { kind == .quoted ? .quoted($0) : .own($0) }
    }

    private var summary: String {
      kind == .quoted
        ? counted(lines.count, "quoted line", "quoted lines")
        : counted(lines.count, "line of signature", "lines of signature")
    }
  }

  private static func sections(of text: String) -> [Section] {
    var sections: [Section] = []
    // By bytes: to look for the bounds of characters takes several times as long as all else here.
    let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { Substring($0) }
    for line in trimmed(lines) {
      let kind = kind(of: line, after: sections.last)
      if kind == .quoted, sections.last?.kind == .own { moveAttribution(to: &sections) }
      if sections.last?.kind == kind {
        sections[sections.count - 1].lines.append(line)
      } else {
        sections.append(Section(kind: kind, lines: [line]))
      }
      if kind == .quoted, isForwardHead(line) { sections[sections.count - 1].isForward = true }
    }
    return sections.filter { !$0.lines.isEmpty }
  }

  private static func kind(of line: Substring, after last: Section?) -> Section.Kind {
    if last?.kind == .signature { return .signature }
    if line == "-- " || line == "--" { return .signature }
    if line.first == ">" || isForwardHead(line) { return .quoted }
    guard let last, last.kind == .quoted else { return .own }
    return last.isForward || line.allSatisfy(\.isWhitespace) ? .quoted : .own
  }

  /// The line above which a mail program puts the whole mail it answers.
  private static func isForwardHead(_ line: Substring) -> Bool {
    guard line.hasPrefix("---") else { return false }
    let words = line.drop { $0 == "-" || $0 == " " }
    return ["Original Message", "Original message", "Ursprüngliche Nachricht", "Message d'origine"]
      .contains { words.hasPrefix($0) }
  }

  /// "On Tuesday Ana wrote:" belongs to what it introduces. One or two lines, right above the quotation.
  private static func moveAttribution(to sections: inout [Section]) {
    var own = sections[sections.count - 1].lines
    var moved: [Substring] = []
    while let last = own.last, last.allSatisfy(\.isWhitespace) { moved.insert(own.removeLast(), at: 0) }
    guard let last = own.last, last.hasSuffix(":"), moved.count <= 1 else { return }
    moved.insert(own.removeLast(), at: 0)
    if let before = own.last, beginsAttribution(before), !beginsAttribution(last) {
      moved.insert(own.removeLast(), at: 0)
    }
    guard beginsAttribution(moved[0]) || endsAttribution(last) else { return }
    sections[sections.count - 1].lines = own
    if own.isEmpty { sections.removeLast() }
    sections.append(Section(kind: .quoted, lines: moved))
  }

  private static func beginsAttribution(_ line: Substring) -> Bool {
    ["On ", "Am ", "Le ", "El ", "Op ", "Il ", "Em ", "Den "].contains { line.hasPrefix($0) }
  }

  private static func endsAttribution(_ line: Substring) -> Bool {
    ["wrote:", "schrieb:", "writes:", "said:", "a écrit :", "escribió:"].contains { line.hasSuffix($0) }
  }

  private static func trimmed(_ lines: [Substring]) -> ArraySlice<Substring> {
    var slice = lines[...]
    while let first = slice.first, first.allSatisfy(\.isWhitespace) { slice.removeFirst() }
    while let last = slice.last, last.allSatisfy(\.isWhitespace) { slice.removeLast() }
    return slice
  }
}

// MARK: - Folding

extension BodyFold {
  private static func folding(_ sections: [Section], _ limits: Limits) -> [Section] {
    let hasOwn = sections.contains { $0.kind == .own && $0.lines.contains { !$0.allSatisfy(\.isWhitespace) } }
    return sections.map { section in
      var section = section
      // A body that is one quotation says nothing when folded.
      section.isFolded = hasOwn && section.kind != .own && section.lines.count > limits.quotedLinesShownMax
      return section
    }
  }

  private static func cut(_ lines: [Line], whole sections: [Section], _ limits: Limits) -> [Line] {
    // A cut that would save a single line is not worth its own line.
    guard let most = limits.linesMax, lines.count > most + 1 else { return lines }
    let shown = lines.prefix(most)
    let plain = shown.count { if case .folded = $0 { false } else { true } }
    let foldedShown = sections.filter(\.isFolded).prefix(shown.count - plain)
    let total = sections.reduce(0) { $0 + $1.lines.count }
    let quoted = sections.reduce(0) { $0 + ($1.kind == .quoted ? $1.lines.count : 0) }
    let quotedShown =
      shown.count { if case .quoted = $0 { true } else { false } }
      + foldedShown.reduce(0) { $0 + ($1.kind == .quoted ? $1.lines.count : 0) }
    let more = total - plain - foldedShown.reduce(0) { $0 + $1.lines.count }
    let quotedMore = quoted - quotedShown
    let tail = quotedMore > 0 ? ", \(quotedMore) quoted" : ""
    return Array(shown) + [.folded("… " + counted(more, "more line", "more lines") + tail)]
  }
}

/// A number with its noun: `1 line`, `3 lines`.
func counted(_ number: Int, _ one: String, _ many: String) -> String {
  "\(number) \(number == 1 ? one : many)"
}
