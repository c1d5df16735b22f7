/// Finds the member that somebody may have meant.
enum NearMember {
  /// The longest name, in bytes, for which one is looked for.
  static let bytesMax = 32

  /// The member spelled most like a name: one of those listed, or one that is a letter away.
  static func name(
    like name: String, among listed: Set<String> = [], isMember: (String) -> Bool
  ) -> String? {
    guard name.utf8.count <= bytesMax, name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    let joined = joinedWords(name)
    if joined != name, isMember(joined) { return joined }
    var near = NearSpellings(ofWord: name)
    for member in listed where isMember(member) { near.consider(member) }
    for slip in slips(of: name) where isMember(slip) { near.consider(slip) }
    return near.best.first
  }

  /// `display_name` and `display-name` as `displayName`.
  private static func joinedWords(_ name: String) -> String {
    let words = name.split { $0 == "_" || $0 == "-" }
    return (words.first.map(String.init) ?? "")
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// Every name that is one letter away. The schemas tell of a name whether it is a member, but list none.
  private static func slips(of name: String) -> Set<String> {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    let name = Array(name)
    var slips: Set<String> = []
    for index in 0...name.count {
      for letter in letters { slips.insert(String(name[..<index] + [letter] + name[index...])) }
      guard index < name.count else { break }
      let (before, after) = (name[..<index], name[(index + 1)...])
      slips.insert(String(before + after))
      for letter in letters { slips.insert(String(before + [letter] + after)) }
      let flipped = name[index].isUppercase ? name[index].lowercased() : name[index].uppercased()
      slips.insert(String(before) + flipped + String(after))
      if let next = after.first { slips.insert(String(before + [next, name[index]] + after.dropFirst())) }
    }
    return slips
  }
}
