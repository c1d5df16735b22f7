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
        .usage, error.message,
        hint: Self.guess(text).map { "Did you mean \($0)?" }
          ?? "An identity is written as in \(Self.example(like: text)).")
    }
  }

  /// An identity of the kind that somebody typed.
  private static func example(like text: String) -> String {
    examples.first { text.hasPrefix($0.prefix { $0 != ":" } + ":") } ?? examples[0]
  }

  private static let examples = [
    "email:ana@example.com", "phone:+493012345678", "social:x/2244994945", "visitor:shop.example/4051",
    "account:eu/4711", "name:room-7/Ana",
  ]

  /// What a text without a kind, or with another one, looks like: a mail address, a phone number, a kind misspelt.
  private static func guess(_ text: String) -> Identity? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let value = String(parts.last ?? "")
    if parts.count > 1, let identity = guess(kind: String(parts[0]), value) { return identity }
    if value.contains("@") { return try? Identity.email(value) }
    return value.hasPrefix("+") || value.hasPrefix("00") ? try? Identity.phone(value) : nil
  }

  private static func guess(kind: String, _ value: String) -> Identity? {
    var near = NearSpellings(ofWord: kind.lowercased())
    IdentityKind.names.dropFirst().forEach { near.consider($0) }
    return near.best.lazy.compactMap { try? Identity(parsing: "\($0):\(value)") }.first
  }

  /// The identity that a command's only identity argument stands for.
  static func identity(_ argument: String) throws -> Identity {
    var reader = IdentityReader()
    let identity = try reader.identity(argument)
    try reader.requireNoMore()
    return identity
  }

  /// Throws when standard input holds another line already: its identity would be left out without a word.
  private mutating func requireNoMore() throws {
    guard input?.isReady == true, try input?.line() != nil else { return }
    throw CommandFailure(
      .usage, "standard input holds more than the one identity that was expected",
      hint: "Run the command once for each.")
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
