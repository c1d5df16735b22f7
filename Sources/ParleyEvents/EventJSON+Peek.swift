package import ParleyEnvelope

extension EventJSON {
  /// The text of a member of a line that could not be read as an event; nil where it has none.
  package static func text(of name: String, in line: [UInt8]) -> String? {
    guard let members = try? JSONParser.parse(line).members else { return nil }
    return members.first { $0.name == name }?.value.string
  }
}

extension Channel {
  /// The channels that a timeline shows by a word, as it shows email by `mail`.
  package static func shown(as word: String) -> [Channel] {
    names.indices.dropFirst().map { Channel(rawValue: UInt8($0)) }.filter { $0.shortWord == word }
  }
}
