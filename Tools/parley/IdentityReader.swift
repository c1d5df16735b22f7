import ParleyEvents

/// Reads identities as the command line has them: their text, or `-` for the next line of standard input.
struct IdentityReader {
  private var input: LineReader?

  /// The identity that an argument stands for.
  mutating func identity(_ argument: String) throws -> Identity {
    let text = argument == "-" ? try nextLine() : argument
    do {
      return try Identity(parsing: text)
    } catch {
      throw CommandFailure(
        .usage, error.message, hint: "An identity is written as in email:ana@example.com.")
    }
  }

  /// The identity that a command's only identity argument stands for.
  static func identity(_ argument: String) throws -> Identity {
    var reader = IdentityReader()
    return try reader.identity(argument)
  }

  private mutating func nextLine() throws -> String {
    var reader = try input ?? LineReader(path: nil)
    defer { input = reader }
    guard case .bytes(let bytes)? = try reader.line() else {
      throw CommandFailure(.usage, "standard input holds no identity where one was expected")
    }
    var text = String(decoding: bytes, as: UTF8.self)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
