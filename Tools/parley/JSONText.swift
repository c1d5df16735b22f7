/// JSON as a command writes it: one object a line, members in the order they are given.
struct JSONText {
  private var text = "{"

  /// The object so far, whole.
  var line: String { text + "}" }

  /// Adds a text.
  mutating func add(_ name: String, _ value: String) { add(name, raw: Self.quoted(value)) }

  /// Adds a number.
  mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, raw: String(value)) }

  /// Adds yes or no.
  mutating func add(_ name: String, _ value: Bool) { add(name, raw: value ? "true" : "false") }

  /// Adds a value that is JSON already.
  mutating func add(_ name: String, raw: String) {
    if text.utf8.count > 1 { text += "," }
    text += Self.quoted(name) + ":" + raw
  }

  /// A list of values that are JSON already.
  static func list(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }

  /// A text in quotes, with what JSON and a terminal must not see escaped.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
