import ParleyEnvelope
import ParleyEvents

/// The display names of lines whose kinds have no place for them: of whom it is to, only messages and beginnings of
/// calls keep more than the identity.
struct UnkeptNames {
  private struct Place: Hashable {
    var member: String
    var kind: EventKind

    var words: String { "a name in \"\(member)\", for which \(kind.name) has no place: not kept" }
  }

  private var lines: [Place: Int] = [:]
  /// In the order in which they came.
  private var places: [Place] = []

  /// Looks at what a line gave, and says which names of it are not kept; nil when all are.
  mutating func look(_ event: NewEvent) -> String? {
    let found = EventJSON.membersWithUnkeptNames(event).map { Place(member: $0, kind: event.kind) }
    for place in found {
      if lines[place] == nil { places.append(place) }
      lines[place, default: 0] += 1
    }
    return found.isEmpty ? nil : found.map(\.words).joined(separator: "; ")
  }

  /// A note for each member of a kind.
  var notes: [String] {
    places.map { "\(linesHave(lines[$0] ?? 0)) \($0.words)" }
  }
}
