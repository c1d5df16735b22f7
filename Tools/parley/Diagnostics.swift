/// What a command says to the person, on standard error.
enum Diagnostics {
  /// A line of text.
  static func write(_ line: String) {
    System.writeAll(System.standardError, Array((line.hasSuffix("\n") ? line : line + "\n").utf8))
  }

  /// A failure, with what to do about it.
  static func error(_ failure: CommandFailure) {
    write("parley: \(failure.message)")
    if let hint = failure.hint { write("  \(hint)") }
  }
}
