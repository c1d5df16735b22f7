import Foundation
import ParleyEvents
import Testing

/// A line of `Schemas/identity-vectors.tsv`.
struct IdentityVector: CustomTestStringConvertible, Sendable {
  var region: String?
  var input: String
  var expected: String
  var testDescription: String { "\(region ?? "-") \(input)" }

  static let all: [IdentityVector] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Schemas/identity-vectors.tsv")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let fields = line.split(separator: "\t").map { unescaped($0) }
      guard fields.count >= 3 else { return nil }
      return IdentityVector(region: fields[0] == "-" ? nil : fields[0], input: fields[1], expected: fields[2])
    }
  }()

  /// Resolves `\u{…}`, which the file has for what can't be seen.
  private static func unescaped(_ field: Substring) -> String {
    String(field).replacing(#/\\u\{([0-9A-F]+)\}/#) { match in
      UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? ""
    }
  }
}

struct NormalizationTests {
  @Test func vectorsAreThere() { #expect(IdentityVector.all.count > 90) }

  @Test(arguments: IdentityVector.all)
  func everyVectorHolds(_ vector: IdentityVector) throws {
    let normalization = try Normalization(region: vector.region)
    if vector.expected.hasPrefix("!") {
      let code = EventError.Code(rawValue: String(vector.expected.dropFirst()))
      #expect(throws: EventError(code, "")) { try Identity(parsing: vector.input) }
    } else {
      let identity = try Identity(parsing: vector.input).resolved(by: normalization)
      #expect(Array(identity.description.utf8) == Array(vector.expected.utf8))
      #expect(try Identity(parsing: identity.description).resolved(by: normalization) == identity)
    }
  }

  /// Composition is our own, over pinned data; the standard library compares strings by canonical equivalence,
  /// so it can tell whether ours is right; all ideographs and syllables behave alike. (Foundation's form is wrong for a few scalars past U+10000.)
  @Test func composedTextIsCanonicallyEquivalentForEveryScalar() throws {
    let ideographsAndSyllables =
      [0x3400...0x9FFF, 0xAC10...0xD7A3, 0x17000...0x18FFF, 0x20000...0x2F7FF] as [ClosedRange<UInt32>]
    for value in UInt32(0x20)...0x2FFFF where !ideographsAndSyllables.contains(where: { $0.contains(value) })
    {
      guard let scalar = Unicode.Scalar(value), !(0x7F...0x9F).contains(value),
        !scalar.properties.isWhitespace,
        scalar.properties.age.map({ $0.major < 15 }) == true
      else { continue }
      let text = "a\(scalar)\u{327}\u{301}\u{323}b"
      let found = try Identity.agent(text).value
      if found != text { Issue.record("U+\(String(value, radix: 16)): \(found) is not \(text)") }
    }
  }

  /// Canonically equivalent texts are the same bytes: samples of Unicode's NormalizationTest.txt, composed.
  @Test(arguments: [
    ("\u{1E0A}\u{323}", "\u{1E0C}\u{307}"), ("D\u{307}\u{323}", "\u{1E0C}\u{307}"),
    ("\u{212B}", "\u{C5}"), ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"), ("\u{AC00}\u{11A8}", "\u{AC01}"),
    ("\u{AC00}\u{11A7}", "\u{AC00}\u{11A7}"), ("\u{958}", "\u{915}\u{93C}"),
    ("a\u{315}\u{300}\u{5AE}\u{300}\u{62}", "\u{E0}\u{5AE}\u{300}\u{315}b"),
    ("\u{1D15E}", "\u{1D157}\u{1D165}"), ("\u{2F868}", "\u{36FC}"), ("\u{10041}\u{327}", "\u{10041}\u{327}"),
    ("a\u{F73}\u{323}", "\u{1EA1}\u{F71}\u{F72}"), ("\u{9C7}\u{334}\u{9BE}", "\u{9C7}\u{334}\u{9BE}"),
  ])
  func equivalentTextsAreTheSameBytes(_ text: String, _ composed: String) throws {
    let found = try Identity.agent(text).value
    #expect(found.unicodeScalars.elementsEqual(composed.unicodeScalars))
  }

  @Test func normalizingTwiceChangesNothing() throws {
    var random = SplitMix(seed: 7)
    let blocks: [ClosedRange<UInt32>] = [
      0x21...0x7E, 0xA1...0x24F, 0x300...0x36F, 0x370...0x3FF, 0x590...0x5FF, 0x900...0x97F, 0x1100...0x11FF,
      0x1E00...0x1FFF, 0x2100...0x214F, 0x3040...0x30FF, 0xAC00...0xACFF, 0xF900...0xFA6D, 0xFB00...0xFB4F,
      0xFF00...0xFFEF, 0x1D400...0x1D4FF,
    ]
    var taken = 0
    for _ in 0..<4_000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let block = blocks.randomElement(using: &random)!
        if let scalar = Unicode.Scalar(UInt32.random(in: block, using: &random)) { text.append(scalar) }
      }
      for address in ["\(String(text))@example.com", "ana@\(String(text)).example"] {
        guard let once = try? Identity.email(address) else { continue }
        taken += 1
        #expect(try Identity.email(once.value).value.utf8.elementsEqual(once.value.utf8), "\(address)")
        #expect(once.value.split(separator: "@").last?.utf8.allSatisfy { $0 < 0x80 } == true)
      }
    }
    #expect(taken > 2_000)
  }

  @Test func longestLabelIsTakenAndOneByteMoreRefused() throws {
    let label = String(repeating: "a", count: 63)
    #expect(try Identity.email("a@\(label).example").value == "a@\(label).example")
    #expect(throws: EventError(.invalidIdentity, "")) { try Identity.email("a@\(label)a.example") }
  }

  @Test func longestDomainIsTakenAndOneByteMoreRefused() throws {
    let label = String(repeating: "a", count: 62)
    let domain = [label, label, label, label].joined(separator: ".") + ".a"
    #expect(domain.utf8.count == 253)
    #expect(try Identity.email("a@\(domain)").value == "a@\(domain)")
    #expect(throws: EventError(.invalidIdentity, "")) { try Identity.email("a@\(domain)a") }
  }
}

/// A seeded generator, so that a failure can be played again (S. Vigna's SplitMix64).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
