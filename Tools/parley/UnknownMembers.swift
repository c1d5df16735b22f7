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
        words: Self.words(
          member,
          nearest: NearMember.name(like: member.name, among: EventJSON.lineMembers) {
            EventJSON.hasMember($0, of: member.kind)
          }))
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
        "\(linesHave(furtherLines)) further members that their kinds do not know: kept as extensions")
    }
    return notes
  }

  private func note(_ member: Member) -> String {
    "\(linesHave(seen[member]?.lines ?? 0)) \(words(member))"
  }

  private static func words(_ member: Member, nearest: String?) -> String {
    let words =
      "the member \"\(shown(member.name))\", which \(member.kind.name) does not know: kept as an extension"
    return nearest.map { "\(words); nearest: \($0)" } ?? words
  }

  /// A member's name as it is shown.
  static func shown(_ name: String) -> String { VisibleText.line(String(name.prefix(shownMax))) }
}
