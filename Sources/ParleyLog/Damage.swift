package import ParleyEnvelope

/// Bytes below the durable mark that are not what was written, and the events they cost. Reported, never repaired
/// by cutting: everything else stays readable.
package struct Damage: Hashable, Sendable {
  /// The file, relative to the store's directory.
  package var file: String
  /// Where in the file the damaged frame or block begins.
  package var offset: Int
  /// What is damaged, `frame header`, `envelope block 0`, `content block 2`, or that it is `missing`.
  package var part: String
  /// The positions of the events that can't be read whole.
  package var positions: Range<Position>

  package init(file: String, offset: Int, part: String, positions: Range<Position>) {
    self.file = file
    self.offset = offset
    self.part = part
    self.positions = positions
  }
}

extension Damage: CustomStringConvertible {
  package var description: String { "\(file) \(finding)" }

  /// What was found, without the file's name.
  var finding: String {
    let last = positions.isEmpty ? positions.lowerBound : Position(positions.upperBound.rawValue - 1)
    let events =
      switch positions.count {
      case 0: "no event lost"
      case 1: "position \(last)"
      default: "positions \(positions.lowerBound) to \(last)"
      }
    return "at byte \(offset): \(part)\(part.hasSuffix("missing") ? "" : " damaged"), \(events)"
  }
}

extension Range<Position> {
  /// How many positions there are.
  package var count: Int { lowerBound.distance(to: upperBound) }
}
