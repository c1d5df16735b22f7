/// Normalization Form C (Unicode Standard Annex 15) over pinned data.
///
/// Foundation and the standard library have the form too, but of whatever Unicode version they were built with:
/// a scalar assigned later would be reordered or composed by one machine and not by another, and the same
/// identity would then have two streams.
enum CanonicalComposition {
  static func normalize(_ text: String) -> String {
    // No scalar below U+0300 is changed by the form, and none of them is a combining mark.
    guard text.unicodeScalars.contains(where: { $0.value >= 0x300 }) else { return text }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: compose(reorder(decompose(text.unicodeScalars))))
    return String(result)
  }

  /// A scalar in Normalization Form D, its marks not sorted.
  static func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    append(scalar, to: &result)
    return result
  }

  // MARK: - Steps

  private static func decompose(_ scalars: String.UnicodeScalarView) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in scalars { append(scalar, to: &result) }
    return result
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
    if let jamo = Hangul.decompose(scalar) {
      result.append(contentsOf: jamo)
    } else if let parts = data.decompositions[scalar] {
      for part in parts { append(part, to: &result) }
    } else {
      result.append(scalar)
    }
  }

  /// Sorts each run of combining marks by class, keeping the order of equals.
  private static func reorder(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var run: [(scalar: Unicode.Scalar, class: UInt32)] = []
    func flush() {
      let sorted = run.enumerated().sorted { ($0.element.class, $0.offset) < ($1.element.class, $1.offset) }
      result.append(contentsOf: sorted.map(\.element.scalar))
      run = []
    }
    for scalar in scalars {
      let combining = combiningClass(scalar)
      if combining == 0 {
        flush()
        result.append(scalar)
      } else {
        run.append((scalar, combining))
      }
    }
    flush()
    return result
  }

  /// Joins each scalar with the last starter before it, unless something of its class or higher stands between.
  private static func compose(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var starter: Int?
    var lastClass: UInt32?
    for scalar in scalars {
      let combining = combiningClass(scalar)
      if let index = starter, lastClass.map({ $0 < combining }) ?? true,
        let composed = pair(result[index], scalar)
      {
        result[index] = composed
        continue
      }
      if combining == 0 {
        starter = result.count
        lastClass = nil
      } else {
        lastClass = combining
      }
      result.append(scalar)
    }
    return result
  }

  // MARK: - Data

  private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt32 {
    guard scalar.value >= 0x300, case .replace(let classes) = NormalizationTables.classes.action(for: scalar)
    else { return 0 }
    return classes[0]
  }

  private static func pair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    Hangul.compose(first, second) ?? data.compositions[Pair(first: first, second: second)]
  }

  private struct Pair: Hashable {
    var first: Unicode.Scalar
    var second: Unicode.Scalar
  }

  private struct Data {
    var decompositions: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    var compositions: [Pair: Unicode.Scalar] = [:]
  }

  private static let data: Data = {
    var data = Data()
    let tokens = NormalizationTables.decompositionsText.utf8.split {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n")
    }
    for token in tokens {
      var reader = TokenReader(rest: token)
      let from = Unicode.Scalar(0).moved(by: Int32(reader.number()))
      _ = reader.skip("=")
      let parts = reader.numbers().map { Unicode.Scalar(0).moved(by: Int32($0)) }
      data.decompositions[from] = parts
      if !reader.skip("!") { data.compositions[Pair(first: parts[0], second: parts[1])] = from }
    }
    return data
  }()
}

/// Hangul syllables, which the standard composes by arithmetic (chapter 3.12).
private enum Hangul {
  private static let (syllables, leads, vowels, trails) = (
    0xAC00 as UInt32, 0x1100 as UInt32, 0x1161 as UInt32, 0x11A7 as UInt32
  )
  private static let (leadCount, vowelCount, trailCount) = (19 as UInt32, 21 as UInt32, 28 as UInt32)

  static func decompose(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    guard (syllables..<syllables + leadCount * vowelCount * trailCount).contains(scalar.value) else {
      return nil
    }
    let index = scalar.value - syllables
    let trail = index % trailCount
    let codes = [leads + index / (vowelCount * trailCount), vowels + index / trailCount % vowelCount]
    return (trail == 0 ? codes : codes + [trails + trail]).compactMap { Unicode.Scalar($0) }
  }

  static func compose(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    if (leads..<leads + leadCount).contains(first.value),
      (vowels..<vowels + vowelCount).contains(second.value)
    {
      let syllable = (first.value - leads) * vowelCount + (second.value - vowels)
      return Unicode.Scalar(syllables + syllable * trailCount)
    }
    guard (syllables..<syllables + leadCount * vowelCount * trailCount).contains(first.value),
      (first.value - syllables).isMultiple(of: trailCount),
      (trails + 1..<trails + trailCount).contains(second.value)
    else { return nil }
    return Unicode.Scalar(first.value + second.value - trails)
  }
}
