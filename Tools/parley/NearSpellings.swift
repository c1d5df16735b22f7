/// Finds the texts that are spelled most like one that is not there.
struct NearSpellings {
  /// Single changes between the two, at most.
  static let distanceMax = 3
  /// Texts named.
  static let namedMax = 3

  private let wanted: [UInt8]
  private let distanceMax: Int
  private var found: [(distance: Int, text: String)] = []

  /// The spellings near one that may be long, such as an identity.
  init(of text: String) { self.init(of: text, distanceMax: Self.distanceMax) }

  /// The spellings near a word: of a short one at most half the letters may be others.
  init(ofWord word: String) {
    self.init(of: word, distanceMax: min(Self.distanceMax, (word.utf8.count + 1) / 2))
  }

  private init(of text: String, distanceMax: Int) {
    wanted = Array(text.utf8)
    self.distanceMax = distanceMax
  }

  /// The nearest, the nearest first.
  var best: [String] { found.map(\.text) }

  /// Looks at one that is there.
  mutating func consider(_ text: String) {
    let bytes = Array(text.utf8)
    guard abs(bytes.count - wanted.count) <= distanceMax else { return }
    let distance = Self.distance(wanted, bytes)
    guard distance <= distanceMax, !found.contains(where: { $0.text == text }) else { return }
    found.append((distance, text))
    found.sort { ($0.distance, $0.text) < ($1.distance, $1.text) }
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
