/// Numbers that look random and are the same in every run.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// What is appended: texts of one length from a small vocabulary, which LZ4 compresses about as it does chats.
struct Workload {
  /// Bytes of a body, unless the case says otherwise.
  static let bodyBytes = 300
  /// Customers whose last positions fit the caches.
  static let customers = 10_000

  /// Whose event comes next: everybody in turn, so that a million events are a hundred of each customer, and far
  /// apart.
  static func customer(at index: Int) -> Int { index * 7919 % customers }

  private static let words = """
    the order is still not here and I would like to know where it went thank you for your answer we have sent \
    it on monday morning by parcel please look at tracking number before you call us again because nobody can \
    say more than carrier refund invoice broken cup delivery address changed account password reset login help \
    appointment doctor hotel room booking bank transfer balance confirmed sorry happy to anything else today no
    """.split(separator: " ").map { Array($0.utf8) }

  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  mutating func next(below bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  mutating func number() -> UInt64 { random.next() }

  /// Words up to exactly so many bytes, with a number now and then.
  mutating func text(bytes count: Int = bodyBytes) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(count + 16)
    while text.count < count {
      if random.next() % 8 == 0 {
        text.append(contentsOf: String(random.next() % 100_000).utf8)
      } else {
        text.append(contentsOf: Self.words[Int(random.next() % UInt64(Self.words.count))])
      }
      text.append(UInt8(ascii: " "))
    }
    text.removeLast(text.count - count)
    return text
  }
}
