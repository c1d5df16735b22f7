/// HTML laid out as lines of plain text, for a person to read.
///
/// The elements that the HTML standard shows as blocks begin and end a line, the cells of a row are parted by a gap,
/// preformatted text stays as it is, an image says its alternative text, and a link says where it points. For reading
/// only: the markup itself stays in the event.
package struct HTMLText {
  private var tokens: HTMLTokens
  private var output: [UInt8] = []
  /// Line ends and blanks are written only before what follows them.
  private var lineEnds = 0
  private var hasBlank = false
  private var preformatted = 0
  private var isAfterPre = false
  private var row: Row?
  private var link: Link?

  /// Between the cells of a row.
  private static let gapColumns = 2

  /// A table's row, once a cell of it began.
  private struct Row {
    /// Whether nothing was written in the cell yet.
    var isCellEmpty = true
    /// Whether a cell before or this one took several lines.
    var hasLineEnds = false
    /// Whether a gap is due before the cell's text.
    var isGapDue = false
  }

  /// A link that has not ended.
  private struct Link {
    var address: HTMLAddress
    /// Where its text begins in the output.
    var start: Int
  }

  /// The text of an HTML document, or of a piece of one.
  package static func text(of html: String) -> String {
    var layout = HTMLText(tokens: HTMLTokens(html))
    return layout.run()
  }

  private init(tokens: HTMLTokens) { self.tokens = tokens }

  private mutating func run() -> String {
    while let token = tokens.next() {
      switch token {
      case .byte(let byte): write(byte)
      case .character(let character): for byte in String(character).utf8 { write(byte) }
      case .tag(let tag): read(tag)
      }
    }
    endLink()
    return String(decoding: output, as: UTF8.self)
  }

  // MARK: - Text

  private mutating func write(_ byte: UInt8) {
    if preformatted > 0 { return writeAsItIs(byte) }
    if byte.isHTMLBlank { hasBlank = true } else { append(byte) }
  }

  /// A byte of preformatted text. The standard leaves out a line end right behind the tag.
  private mutating func writeAsItIs(_ byte: UInt8) {
    defer { isAfterPre = false }
    if byte == UInt8(ascii: "\n"), isAfterPre { return }
    append(byte)
    if byte == UInt8(ascii: "\n") { row?.hasLineEnds = true }
  }

  /// A byte that is seen, behind the line ends and blanks that are due.
  private mutating func append(_ byte: UInt8) {
    if output.isEmpty { lineEnds = 0 }
    if lineEnds > 0 {
      for _ in lineEndsWritten..<max(lineEnds, lineEndsWritten) { output.append(UInt8(ascii: "\n")) }
      if row?.isCellEmpty == false { row?.hasLineEnds = true }
    } else if row?.isGapDue == true {
      output += [UInt8](repeating: UInt8(ascii: " "), count: Self.gapColumns)
    } else if hasBlank, !output.isEmpty, output.last != UInt8(ascii: "\n") {
      output.append(UInt8(ascii: " "))
    }
    (lineEnds, hasBlank) = (0, false)
    row?.isGapDue = false
    row?.isCellEmpty = false
    output.append(byte)
  }

  /// How many line ends stand at the end already, which preformatted text may have.
  private var lineEndsWritten: Int { output.suffix(2).reversed().prefix { $0 == UInt8(ascii: "\n") }.count }

  // MARK: - Tags

  private mutating func read(_ tag: HTMLTag) {
    isAfterPre = false
    switch tag.name {
    case "br": breakLine()
    case "img", "area": if let alt = tag.alt { write(alternative: alt) }
    case "a":
      endLink()
      if !tag.isEnd, let address = tag.href.flatMap({ HTMLAddress($0) }) {
        link = Link(address: address, start: output.count)
      }
    case "td", "th": if tag.isEnd { hasBlank = true } else { beginCell() }
    case "table", "caption", "thead", "tbody", "tfoot", "tr":
      row = nil
      endLine()
    case "pre", "listing", "xmp", "textarea":
      endLine(Self.spaced.contains(tag.name) ? 2 : 1)
      preformatted = max(0, preformatted + (tag.isEnd ? -1 : 1))
      isAfterPre = !tag.isEnd
    case let name where Self.spaced.contains(name): endLine(2)
    case let name where Self.blocks.contains(name): endLine()
    default: break
    }
  }

  /// Blocks with nothing above and below, and what stands on a line of its own in a list of choices.
  private static let blocks: Set<String> = [
    "address", "article", "aside", "body", "center", "dd", "details", "dialog", "dir", "div", "dt",
    "fieldset",
    "figcaption", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li", "main", "nav",
    "optgroup",
    "option", "plaintext", "search", "section", "select", "summary",
  ]

  /// Blocks that the standard shows with room above and below.
  private static let spaced: Set<String> = [
    "blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "listing", "menu", "ol", "p", "pre",
    "ul",
    "xmp",
  ]

  /// A block begins or ends: at the beginning of a cell it is where it has to be.
  private mutating func endLine(_ count: Int = 1) {
    guard row?.isCellEmpty != true else { return }
    hasBlank = false
    lineEnds = max(lineEnds, count)
  }

  /// As many line ends as were written, up to an empty line.
  private mutating func breakLine() {
    guard row?.isCellEmpty != true else { return }
    hasBlank = false
    if preformatted > 0 { return append(UInt8(ascii: "\n")) }
    lineEnds = min(lineEnds + 1, 2)
  }

  /// The next cell stands behind the last one as long as each is one line; below it else.
  private mutating func beginCell() {
    guard let before = row else {
      endLine()
      row = Row()
      return
    }
    row = Row(hasLineEnds: before.hasLineEnds)
    hasBlank = false
    if before.hasLineEnds {
      lineEnds = max(lineEnds, 1)
    } else {
      if !before.isCellEmpty { lineEnds = 0 }
      row?.isGapDue = before.isGapDue || !before.isCellEmpty
    }
  }

  private mutating func write(alternative text: String) {
    for byte in text.utf8 { if byte.isHTMLBlank { hasBlank = true } else { append(byte) } }
  }

  /// Says where a link points, unless its text says so.
  private mutating func endLink() {
    guard let link else { return }
    self.link = nil
    let text = String(decoding: output[link.start...], as: UTF8.self)
    guard !link.address.isSaid(by: text) else { return }
    // Blocks in a link's text end before its address, which belongs to them.
    let linesDue = output.count > link.start ? lineEnds : 0
    let isBlankDue = hasBlank
    lineEnds -= linesDue
    hasBlank = true
    for byte in "<\(link.address.text)>".utf8 { append(byte) }
    (lineEnds, hasBlank) = (linesDue, isBlankDue)
  }
}
