import ParleyEnvelope
import ParleyEvents

/// The members of lines that their kinds do not know. They are kept, as the format says, and may be slips of the pen:
/// a message whose text is spelled `txt` has none.
struct UnknownMembers {
  /// Members named; of further ones only the lines are counted.
  static let namedMax = 20
  /// Characters of a name that are shown.
  static let shownMax = 64

  private struct Member: Hashable {
    var name: String
    var kind: EventKind
  }

  /// What is known of a member that is named.
  private struct Seen {
    var lines = 0
    var words: String
  }

  private var seen: [Member: Seen] = [:]
  /// In the order in which they came.
  private var members: [Member] = []
  private var furtherLines = 0

  /// Looks at what a line gave, and says which members of it are unknown; nil when none is. A line that was exported,
  /// which its `event` tells, is no news: nobody spelled it.
  mutating func look(_ event: NewEvent) -> String? {
    guard event.event == nil, event.storedBody == nil, let extensions = event.body.payload?.extensions else {
      return nil
    }
    let names = extensions.map(\.key).filter { $0 != AttachedMail.extensionKey }
    guard !names.isEmpty else { return nil }
    var isFurther = false
    for name in names where !count(Member(name: name, kind: event.kind)) { isFurther = true }
    furtherLines += isFurther ? 1 : 0
    var warnings = names.prefix(Self.namedMax).map { words(Member(name: $0, kind: event.kind)) }
    let further = names.count - warnings.count
    if further > 0 { warnings.append("\(counted(further, "further member")) kept as extensions") }
    return warnings.joined(separator: "; ")
  }

  /// Counts a line with a member. False when there are too many others to name it at the end.
  private mutating func count(_ member: Member) -> Bool {
    if seen[member] == nil {
      guard members.count < Self.namedMax else { return false }
      members.append(member)
      // Looking for what may be meant takes a while: once for all lines.
      seen[member] = Seen(
        words: Self.words(member, nearest: NearMember.name(like: member.name, of: member.kind)))
    }
    seen[member]?.lines += 1
    return true
  }

  private func words(_ member: Member) -> String { seen[member]?.words ?? Self.words(member, nearest: nil) }

  /// A note a name, and one for what is not named.
  var notes: [String] {
    var notes = members.map(note)
    if furtherLines > 0 {
      notes.append(
        "\(Self.have(furtherLines)) further members that their kinds do not know: kept as extensions")
    }
    return notes
  }

  private func note(_ member: Member) -> String {
    "\(Self.have(seen[member]?.lines ?? 0)) \(words(member))"
  }

  private static func words(_ member: Member, nearest: String?) -> String {
    let name = VisibleText.line(String(member.name.prefix(shownMax)))
    let words = "the member \"\(name)\", which \(member.kind.name) does not know: kept as an extension"
    return nearest.map { "\(words); nearest: \($0)" } ?? words
  }

  private static func have(_ lines: Int) -> String {
    "\(counted(lines, "line")) \(lines == 1 ? "has" : "have")"
  }
}

/// Finds the member that somebody may have meant.
private enum NearMember {
  /// The longest name, in bytes, for which one is looked for.
  static let bytesMax = 32

  static func name(like name: String, of kind: EventKind) -> String? {
    guard name.utf8.count <= bytesMax, name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    let joined = joinedWords(name)
    if joined != name, EventJSON.hasMember(joined, of: kind) { return joined }
    var near = NearSpellings(ofWord: name)
    for member in EventJSON.lineMembers where EventJSON.hasMember(member, of: kind) { near.consider(member) }
    for slip in slips(of: name) where EventJSON.hasMember(slip, of: kind) { near.consider(slip) }
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
