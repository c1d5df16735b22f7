import ParleyLog

/// A decoder under test: what it begins with, and what is done with an input.
struct Target: Sendable {
  let name: String
  /// Whole, valid inputs.
  let seeds: @Sendable (Golden) -> [[UInt8]]
  /// Decodes an input and checks what comes of it. The first byte of libFuzzer's input is the recipe, the rest the
  /// bytes.
  let run: @Sendable (Recipe, [UInt8], Golden) -> Void

  init(
    _ name: String, seeds: @escaping @Sendable (Golden) -> [[UInt8]],
    run: @escaping @Sendable (Recipe, [UInt8], Golden) -> Void
  ) {
    self.name = name
    self.seeds = seeds
    self.run = run
  }

  /// The same for a decoder whose checksums are all that there is to make right: they are, unless the recipe says
  /// that the bytes stay as they are.
  init(
    _ name: String, seeds: @escaping @Sendable (Golden) -> [[UInt8]],
    repair: @escaping @Sendable (inout [UInt8]) -> Void,
    check: @escaping @Sendable ([UInt8], Golden) -> Void
  ) {
    self.init(name, seeds: seeds) { recipe, input, golden in
      var bytes = input
      if !recipe.contains(.asIs) { repair(&bytes) }
      check(bytes, golden)
    }
  }
}

/// What is made right in an input before it is decoded: no fuzzer gets past a checksum by chance.
struct Recipe: OptionSet, Sendable {
  let rawValue: UInt8

  /// Nothing at all: for the checks that come before checksums.
  static let asIs = Recipe(rawValue: 1 << 7)
  /// Also the order and the offsets of a frame's blocks.
  static let layout = Recipe(rawValue: 1 << 0)
  /// Also each frame's number, base and digest of the one before.
  static let chain = Recipe(rawValue: 1 << 1)
  /// Also a filter's bits, so that it lets everything through.
  static let filters = Recipe(rawValue: 1 << 2)
  /// The watermark says that every frame is durable.
  static let durable = Recipe(rawValue: 1 << 3)

  /// All that can be made right.
  static let all: Recipe = [.layout, .chain, .filters, .durable]
}

/// Ends the run with a finding when something that must hold does not.
func expect(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}

/// What a decoder gives when it may refuse: nil when it does, by the errors it is documented to throw.
func accepted<Value>(_ body: () throws(LogError) -> Value) -> Value? {
  do {
    return try body()
  } catch {
    expect([.damaged, .newerFormat].contains(error.code), "refused as \(error.code.rawValue): \(error)")
    return nil
  }
}

/// Whether a decoder that may refuse does not.
func isAccepted(_ body: () throws(LogError) -> Void) -> Bool { accepted(body) != nil }
