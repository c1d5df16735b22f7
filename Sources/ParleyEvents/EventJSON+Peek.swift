package import ParleyEnvelope

extension EventJSON {
  /// The text of a member of a line that could not be read as an event; nil where it has none.
  package static func text(of name: String, in line: [UInt8]) -> String? {
    guard let members = try? JSONParser.parse(line).members else { return nil }
    return members.first { $0.name == name }?.value.string
  }

  /// The wrong names in a line that could not be read as an event, each with the member that its refusal begins with.
  package static func wrongNames(in line: [UInt8]) -> [(member: String, WrongName)] {
    guard let members = try? JSONParser.parse(line).members else { return [] }
    let codes = codeMembers.compactMap { name, names in
      members.first { $0.name == name }?.value.string.map { (name, WrongName.code($0, names: names)) }
    }
    guard let kind = text(of: "kind", in: line).flatMap({ EventKind(name: $0) }) else { return codes }
    return codes + BodyJSON.wrongNames(of: kind, members.filter { !lineMembers.contains($0.name) })
  }

  /// The members of the envelope that take a code, and its names.
  private static let codeMembers: [(String, [String])] = [
    ("direction", Direction.names), ("visibility", Visibility.names), ("precision", TimePrecision.names),
    ("actorKind", ActorKind.names),
  ].map { ($0, Array($1.dropFirst())) }
}

extension Channel {
  /// The channels that a timeline shows by a word, as it shows email by `mail`.
  package static func shown(as word: String) -> [Channel] {
    names.indices.dropFirst().map { Channel(rawValue: UInt8($0)) }.filter { $0.shortWord == word }
  }
}
