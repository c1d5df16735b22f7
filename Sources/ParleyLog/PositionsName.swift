import ParleyEnvelope

// Files that are called after the positions they have.

extension Position {
  /// 20 decimal digits, so that names sort as positions do.
  var padded: String {
    let digits = String(rawValue)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }
}

extension Range<Position> {
  /// The name of a file for these positions.
  func fileName(_ suffix: String) -> String { "\(lowerBound.padded)-\(upperBound.padded)\(suffix)" }

  /// The positions in a file's name, nil for another name.
  init?(fileName name: String, _ suffix: String) {
    guard name.hasSuffix(suffix), name.utf8.count == 41 + suffix.utf8.count else { return nil }
    let bounds = name.dropLast(suffix.utf8.count).split(separator: "-").compactMap { UInt64($0) }
    guard bounds.count == 2, bounds[0] < bounds[1], Position(rawValue: bounds[1]).isReachable else {
      return nil
    }
    self = Position(rawValue: bounds[0])..<Position(rawValue: bounds[1])
  }
}
