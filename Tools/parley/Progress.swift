/// A line on standard error that says how far a long command is: items, rate, bytes, time left. On a terminal
/// only, and not with `--quiet`.
struct Progress {
  private let isShown: Bool
  private let noun: String
  private let bytesTotal: Int
  /// How many items there are to do, 0 when nobody knows.
  var itemsTotal = 0
  private let began = System.seconds()
  private var shownAt = 0.0
  private var items = 0
  private var bytes = 0

  private static let secondsBetween = 0.2

  /// - Parameters:
  ///   - noun: what is counted, one of it.
  ///   - bytesTotal: how many bytes there are to do, 0 when nobody knows.
  init(_ noun: String, bytesTotal: Int = 0, isQuiet: Bool) {
    self.isShown = !isQuiet && System.isTerminal(System.standardError)
    self.noun = noun
    self.bytesTotal = bytesTotal
  }

  /// So many more items and bytes are done.
  mutating func add(items: Int = 1, bytes: Int = 0) {
    self.items += items
    self.bytes += bytes
    guard isShown else { return }
    let now = System.seconds()
    guard now - shownAt >= Self.secondsBetween else { return }
    shownAt = now
    System.writeAll(System.standardError, Array("\r\(line(seconds: now - began))\u{1B}[K".utf8))
  }

  /// Takes the line away, so that what comes next stands alone.
  func clear() {
    if isShown && shownAt > 0 { System.writeAll(System.standardError, Array("\r\u{1B}[K".utf8)) }
  }

  private func line(seconds: Double) -> String {
    let rate = Int(Double(items) / max(seconds, 0.001))
    var line = "\(counted(items, noun)), \(grouped(rate))/s"
    if bytes > 0 { line += ", \(byteCount(bytes))" }
    if bytesTotal > bytes { line += " of \(byteCount(bytesTotal))" }
    if let done = share { line += ", \(Int(seconds * (1 - done) / done) + 1) s left" }
    return line
  }

  /// How much is done, above 0 and below 1; nil when nobody knows.
  private var share: Double? {
    let done =
      bytesTotal > 0 ? Double(bytes) / Double(bytesTotal) : Double(items) / Double(max(1, itemsTotal))
    return done > 0 && done < 1 && bytesTotal + itemsTotal > 0 ? done : nil
  }
}
