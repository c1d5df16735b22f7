import ParleyEvents

/// Finds the identities that are spelled most like one that is not there.
struct NearSpellings {
  /// Single changes between the two, at most.
  static let distanceMax = 3
  /// Identities named.
  static let namedMax = 3

  private let wanted: [UInt8]
  private var found: [(distance: Int, identity: Identity)] = []

  init(of identity: Identity) { wanted = Array(identity.description.utf8) }

  /// The nearest, the nearest first.
  var best: [Identity] { found.map(\.identity) }

  /// Looks at one that is there.
  mutating func consider(_ identity: Identity) {
    let text = Array(identity.description.utf8)
    guard abs(text.count - wanted.count) <= Self.distanceMax else { return }
    let distance = Self.distance(wanted, text)
    guard distance <= Self.distanceMax else { return }
    found.append((distance, identity))
    found.sort { ($0.distance, $0.identity) < ($1.distance, $1.identity) }
    if found.count > Self.namedMax { found.removeLast() }
  }

  /// How many bytes must be put in, taken out or changed to make one text of the other (Levenshtein).
  private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (index, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in second.indices {
        let change = diagonal + (byte == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
