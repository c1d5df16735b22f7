/// The texts of a body's parts while the rest of it goes through protobuf's JSON, which would go over each text
/// several times: a mail is little else.
struct PartTexts {
  private var texts: [String] = []

  /// Stands where a text stood, so that its member is written.
  private static let standIn = "-"

  // MARK: - Out

  /// Takes the texts out of a body's parts.
  mutating func take(from body: inout Event.Body) {
    var parts = body.parts
    guard !parts.isEmpty else { return }
    texts = parts.map(\.text)
    for index in parts.indices where !parts[index].text.isEmpty { parts[index].text = Self.standIn }
    body.parts = parts
  }

  /// Puts the texts into the members that were made of the body.
  func put(into members: inout [JSONMember]) {
    guard let index = members.firstIndex(where: { $0.name == "parts" }),
      case .array(var parts) = members[index].value
    else { return }
    for (place, text) in zip(parts.indices, texts) where !text.isEmpty {
      _ = parts[place].exchangeText(.string(text))
    }
    members[index].value = .array(parts)
  }

  // MARK: - In

  /// Takes the texts out of the members of a body. What is no text is left for its schema to refuse.
  mutating func take(from members: inout [JSONMember]) {
    guard let index = members.firstIndex(where: { $0.name == "parts" }),
      case .array(var parts) = members[index].value
    else { return }
    texts = parts.indices.map { parts[$0].exchangeText(.string(Self.standIn)) ?? "" }
    members[index].value = .array(parts)
  }

  /// Puts the texts into the parts of the body that was made of the members.
  func put(into body: inout Event.Body) {
    guard !texts.isEmpty else { return }
    var parts = body.parts
    for (index, text) in zip(parts.indices, texts) { parts[index].text = text }
    body.parts = parts
  }
}

extension JSONValue {
  /// Puts another value in the place of a part's text, and gives the text; nil and nothing done when there is none.
  fileprivate mutating func exchangeText(_ other: JSONValue) -> String? {
    guard case .object(var members) = self, let index = members.firstIndex(where: { $0.name == "text" }),
      let text = members[index].value.string
    else { return nil }
    members[index].value = other
    self = .object(members)
    return text
  }
}

// MARK: - Plain text alone, which most messages are

extension JSONValue {
  /// A list of parts that is one plain text.
  static func plainPart(_ text: String) -> JSONValue {
    .array([.object([JSONMember("text", .string(text))])])
  }

  /// The text, when a list of parts is one with nothing but a text.
  var onlyText: String? {
    guard case .array(let values) = self, values.count == 1, let members = values[0].members,
      members.count == 1, members[0].name == "text"
    else { return nil }
    return members[0].value.string
  }
}
