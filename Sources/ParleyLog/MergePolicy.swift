import ParleyEnvelope

/// Which of some things that follow each other, runs or small sealed segments, become one.
enum MergePolicy {
  /// How many are merged at once.
  static let fanIn = 4

  /// The newest that follow each other and of which none is much larger than the others together, so that every event is
  /// written a few times whatever the store's size, and few things are left. Empty when there is nothing to gain.
  static func due<Item>(
    _ items: [Item], _ positions: (Item) -> Range<Position>,
    where fits: (ArraySlice<Item>) throws(LogError) -> Bool
  ) throws(LogError) -> [Item] {
    guard items.count >= fanIn else { return [] }
    for first in (0...(items.count - fanIn)).reversed() {
      let group = items[first..<(first + fanIn)]
      let counts = group.map { positions($0).count }
      let total = counts.reduce(0, +)
      let largest = counts.max() ?? 0
      if isConnected(group, positions), largest <= 3 * (total - largest), try fits(group) {
        return Array(group)
      }
    }
    return []
  }

  /// The oldest that follow each other and fit, as many as do; empty when no two of them fit.
  static func all<Item>(
    _ items: [Item], _ positions: (Item) -> Range<Position>,
    where fits: (ArraySlice<Item>) throws(LogError) -> Bool
  ) throws(LogError) -> [Item] {
    for first in items.indices {
      var group = items[first...first]
      while group.endIndex < items.endIndex {
        let longer = items[first...group.endIndex]
        guard isConnected(longer.suffix(2), positions), try fits(longer) else { break }
        group = longer
      }
      if group.count > 1 { return Array(group) }
    }
    return []
  }

  private static func isConnected<Item>(
    _ items: ArraySlice<Item>, _ positions: (Item) -> Range<Position>
  ) -> Bool {
    zip(items, items.dropFirst()).allSatisfy { positions($0).upperBound == positions($1).lowerBound }
  }
}
