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

  private var lines: [Member: Int] = [:]
  /// In the order in which they came.
  private var members: [Member] = []
  private var furtherLines = 0

  /// Looks at what a line gave. A line that was exported, which its `event` tells, is no news: nobody spelled it.
  mutating func look(_ event: NewEvent) {
    guard event.event == nil, event.storedBody == nil, let extensions = event.body.payload?.extensions else {
      return
    }
    var isFurther = false
    for record in extensions where record.key != AttachedMail.extensionKey {
      let member = Member(name: record.key, kind: event.kind)
      if lines[member] == nil {
        guard members.count < Self.namedMax else {
          isFurther = true
          continue
        }
        members.append(member)
      }
      lines[member, default: 0] += 1
    }
    furtherLines += isFurther ? 1 : 0
  }

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
    let name = VisibleText.line(String(member.name.prefix(Self.shownMax)))
    let note =
      "\(Self.have(lines[member] ?? 0)) the member \"\(name)\", which \(member.kind.name) does not know: "
      + "kept as an extension"
    return NearMember.name(like: member.name, of: member.kind).map { "\(note); nearest: \($0)" } ?? note
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
