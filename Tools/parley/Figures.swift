/// A count with its thousands set apart: `1,234,567`.
func grouped(_ count: some BinaryInteger) -> String {
  let digits = String(count.magnitude)
  var text = count < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// So many bytes, in the unit that leaves up to four digits: `812 B`, `23.4 MB` (decimal units).
func byteCount(_ bytes: some BinaryInteger) -> String {
  var value = Double(Int(bytes))
  guard value >= 1000 else { return "\(bytes) B" }
  var unit = 0
  while value >= 1000 && unit < 4 {
    value /= 1000
    unit += 1
  }
  return "\(decimal(value, digits: 1)) \(["B", "kB", "MB", "GB", "TB"][unit])"
}

/// A number with so many digits after its point.
func decimal(_ value: Double, digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((value.magnitude * scale).rounded())
  let sign = value < 0 && whole > 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(whole)" }
  let fraction = String(whole % Int(scale))
  let zeros = String(repeating: "0", count: digits - fraction.count)
  return "\(sign)\(whole / Int(scale)).\(zeros)\(fraction)"
}

/// `1 line has`, `2 lines have`.
func linesHave(_ count: Int) -> String { "\(counted(count, "line")) \(count == 1 ? "has" : "have")" }

/// `1 mail`, `2 mails`.
func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
}
