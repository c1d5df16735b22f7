import ParleyEvents

/// A name for a file that a sender named: one step of a path, visible, and no option or hidden file either.
struct SafeFileName {
  /// The longest name, in bytes of UTF-8, with room below what file systems take for a number.
  static let bytesMax = 200

  private var stem: String
  private var suffix: String

  /// A name as it was given; when nothing of it can be used, `substitute`, which must be safe.
  init(_ given: String, substitute: String) {
    // Marks instead of control characters, of what reorders the text and of what nobody sees.
    let visible = VisibleText.line(given).map { "/\\:".contains($0) ? "_" : $0 }
    var name = String(visible)
    while let first = name.first, first == "." || first == "-" || first.isWhitespace { name.removeFirst() }
    while let last = name.last, last == "." || last.isWhitespace { name.removeLast() }
    if name.isEmpty { name = substitute }
    (stem, suffix) = Self.parted(name)
  }

  /// The name, or a further one when so many files have it already.
  func text(after others: Int) -> String { others == 0 ? stem + suffix : "\(stem)-\(others + 1)\(suffix)" }

  /// The name without and with what tells its format, cut to the limit.
  private static func parted(_ name: String) -> (stem: String, suffix: String) {
    let dot = name.lastIndex(of: ".").flatMap { name[$0...].utf8.count <= 16 ? $0 : nil } ?? name.endIndex
    var stem = String(name[..<dot])
    let suffix = String(name[dot...])
    while stem.utf8.count + suffix.utf8.count > bytesMax { stem.removeLast() }
    return (stem, suffix)
  }
}
