/// What somebody looks for in texts: found however it is spelt and its lines are broken there (`SearchFolding`), and a number that may be a
/// phone's however it is parted.
package struct SearchText: Sendable {
  private let folded: [UInt8]
  /// Whether the white space of a text matters.
  private let hasBlank: Bool
  /// The number's digits, in each way they may be written; none when it is no number.
  private let digits: [[UInt8]]

  /// Digits from which on a number may be a phone's.
  package static let phoneDigitsMin = 6
  /// Blanks, dashes, dots, slashes and brackets in a row that part a number's digits and do not end it.
  package static let separatorsMax = 3

  /// What is looked for, as it was typed.
  /// - Parameter normalization: by whose region a national number is an international one too.
  package init(_ text: String, normalization: Normalization = .standard) {
    let text = SearchFolding.fold(Array(text.utf8))
    folded = SearchFolding.joiningBlanks(text)
    hasBlank = folded.contains(SearchFolding.space)
    digits = Self.phoneDigits(text, normalization)
  }

  /// Whether a text in UTF-8 holds it, or other bytes with texts among them, as a stored body is. Empty is in
  /// everything.
  package func isFound(in text: [UInt8]) -> Bool {
    let text = SearchFolding.fold(text)
    if (hasBlank ? SearchFolding.joiningBlanks(text) : text).contains(folded) { return true }
    return !digits.isEmpty
      && Self.numbers(in: text).contains { number in digits.contains { number.contains($0) } }
  }

  /// Whether a text holds it.
  package func isFound(in text: String) -> Bool { isFound(in: Array(text.utf8)) }

  /// Where a text holds it first, in characters; nil where it does not.
  package func range(in text: String) -> Range<Int>? {
    var (all, owners): ([UInt8], [Int]) = ([], [])
    for (index, character) in text.enumerated() {
      let bytes = SearchFolding.joiningBlanks(SearchFolding.fold(Array(character.utf8)))
      guard bytes != [SearchFolding.space] || all.last != SearchFolding.space else { continue }
      all += bytes
      owners += bytes.map { _ in index }
    }
    guard !folded.isEmpty else { return nil }
    for start in all.indices {
      guard let end = end(of: start, in: all) else { continue }
      return owners[start]..<(owners[end - 1] + 1)
    }
    return nil
  }

  /// Behind the last byte of what is looked for, when it begins at an offset of folded text.
  private func end(of start: Int, in text: [UInt8]) -> Int? {
    if text[start...].starts(with: folded) { return start + folded.count }
    return digits.lazy.compactMap { Self.end(of: $0, from: start, in: text) }.first
  }

  private static func end(of digits: [UInt8], from start: Int, in text: [UInt8]) -> Int? {
    var (next, separators) = (0, 0)
    for index in start..<text.count {
      if text[index] == digits[next] {
        (next, separators) = (next + 1, 0)
        if next == digits.count { return index + 1 }
      } else {
        separators += 1
        guard next > 0, isSeparator(text[index]), separators <= separatorsMax else { return nil }
      }
    }
    return nil
  }

  // MARK: - Numbers

  private static func phoneDigits(_ folded: [UInt8], _ normalization: Normalization) -> [[UInt8]] {
    let bare = folded.first == UInt8(ascii: "+") ? folded.dropFirst() : folded[...]
    let digits = bare.filter(\.isDigit)
    guard digits.count >= phoneDigitsMin, bare.allSatisfy({ $0.isDigit || isSeparator($0) }) else {
      return []
    }
    // Without the zero of `+49 (0)30 …`, with the plus that `0049` stands for, and with the region's code.
    let normal = (try? Identity.phone(String(decoding: folded, as: UTF8.self))).map {
      $0.resolved(by: normalization).value.utf8.filter(\.isDigit)
    }
    return normal.map { $0 == digits ? [digits] : [digits, $0] } ?? [digits]
  }

  /// The digits of every number that is parted in some way or long enough.
  private static func numbers(in text: [UInt8]) -> [[UInt8]] {
    var numbers: [[UInt8]] = []
    var number: [UInt8] = []
    var separators = 0
    func end() {
      if number.count >= phoneDigitsMin { numbers.append(number) }
      number = []
    }
    for byte in text {
      if byte.isDigit {
        number.append(byte)
        separators = 0
      } else if !number.isEmpty {
        separators += 1
        if !isSeparator(byte) || separators > separatorsMax { end() }
      }
    }
    end()
    return numbers
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."),
      UInt8(ascii: "/"):
      true
    default: false
    }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}

extension [UInt8] {
  fileprivate func contains(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    guard count >= needle.count else { return false }
    for start in 0...(count - needle.count) where self[start] == first {
      if needle.indices.allSatisfy({ self[start + $0] == needle[$0] }) { return true }
    }
    return false
  }
}
