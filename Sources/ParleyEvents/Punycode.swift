/// Punycode (RFC 3492), the form of a domain's labels that are not ASCII.
enum Punycode {
  private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)
  private static let (initialBias, initialScalar) = (72, 0x80)

  /// The label without its `xn--`. Takes time quadratic in the label's length, which callers keep under 1,024.
  static func encode(_ label: [Unicode.Scalar]) -> String {
    let basic = label.filter(\.isASCII)
    var output = basic.map { UInt8($0.value) }
    if !basic.isEmpty { output.append(UInt8(ascii: "-")) }
    var (scalar, delta, bias, handled) = (initialScalar, 0, initialBias, basic.count)
    while handled < label.count {
      let next = label.lazy.map { Int($0.value) }.filter { $0 >= scalar }.min() ?? scalar
      delta += (next - scalar) * (handled + 1)
      scalar = next
      for each in label {
        if each.value < scalar { delta += 1 }
        guard each.value == scalar else { continue }
        appendVariableLength(delta, bias: bias, to: &output)
        bias = adapt(delta, count: handled + 1, isFirst: handled == basic.count)
        delta = 0
        handled += 1
      }
      delta += 1
      scalar += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The scalars of a label without its `xn--`; nil when it is no Punycode.
  static func decode(_ text: some StringProtocol) -> [Unicode.Scalar]? {
    let bytes = Array(text.utf8)
    let delimiter = bytes.lastIndex(of: UInt8(ascii: "-"))
    var output: [Unicode.Scalar] = bytes[..<(delimiter ?? 0)].map { Unicode.Scalar($0) }
    guard delimiter != 0, output.allSatisfy(\.isASCII) else { return nil }
    var input = bytes[(delimiter.map { $0 + 1 } ?? 0)...]
    var (scalar, index, bias, isFirst) = (initialScalar, 0, initialBias, true)
    while !input.isEmpty {
      guard let distance = variableLength(&input, bias: bias) else { return nil }
      let count = output.count + 1
      bias = adapt(distance, count: count, isFirst: isFirst)
      isFirst = false
      index += distance
      scalar += index / count
      index %= count
      guard scalar <= 0x10FFFF, let decoded = Unicode.Scalar(UInt32(scalar)) else { return nil }
      output.insert(decoded, at: index)
      index += 1
    }
    return output
  }

  private static func appendVariableLength(_ value: Int, bias: Int, to output: inout [UInt8]) {
    var (rest, k) = (value, base)
    while true {
      let t = threshold(k, bias)
      if rest < t { break }
      output.append(digit(t + (rest - t) % (base - t)))
      rest = (rest - t) / (base - t)
      k += base
    }
    output.append(digit(rest))
  }

  private static func variableLength(_ input: inout ArraySlice<UInt8>, bias: Int) -> Int? {
    var (value, weight, k) = (0, 1, base)
    while let byte = input.popFirst() {
      guard let digit = digitValue(byte) else { return nil }
      value += digit * weight
      guard value <= 0x7FFF_FFFF else { return nil }
      let t = threshold(k, bias)
      if digit < t { return value }
      weight *= base - t
      guard weight <= 0x7FFF_FFFF else { return nil }
      k += base
    }
    return nil
  }

  private static func threshold(_ k: Int, _ bias: Int) -> Int { min(max(k - bias, tMin), tMax) }

  private static func adapt(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var (delta, k) = (isFirst ? delta / damp : delta / 2, 0)
    delta += delta / count
    while delta > (base - tMin) * tMax / 2 {
      delta /= base - tMin
      k += base
    }
    return k + (base - tMin + 1) * delta / (delta + skew)
  }

  private static func digit(_ value: Int) -> UInt8 {
    UInt8(value < 26 ? value + 97 : value - 26 + 48)
  }

  private static func digitValue(_ digit: UInt8) -> Int? {
    switch digit {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit) - 97
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit) - 65
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit) - 48 + 26
    default: nil
    }
  }
}
