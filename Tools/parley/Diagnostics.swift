import ParleyEvents

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

  /// Says what is damaged of what a command read. Throws exit code 4 when something is.
  static func report(_ gaps: [TimelineGap]) throws {
    let damaged = gaps.filter { $0.reason == .damaged }
    guard !damaged.isEmpty else { return }
    damaged.explanations.forEach(write)
    throw ExitStatus.damage
  }
}

extension [TimelineGap] {
  /// What is missing and why, each block once: it may hold many events of the customer.
  var explanations: [String] {
    var said: Set<String> = []
    return map(\.explanation).filter { said.insert($0).inserted }
  }
}
