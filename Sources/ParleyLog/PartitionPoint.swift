extension Range<Int> {
  /// The first number that is behind the point where a range falls in two: `isBehind` is false for all numbers before it
  /// and true for it and all that follow; the upper bound when it is true for none. Takes log2 of the count questions.
  @inline(__always)
  func partitionPoint(_ isBehind: (Int) -> Bool) -> Int {
    var low = lowerBound
    var high = upperBound
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
