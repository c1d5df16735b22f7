/// Normalizes phone numbers.
enum PhoneNumber {
  static func normalize(_ text: String, region: String?) throws(EventError) -> String {
    let digits = text.filter { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty else { throw NormalizationRules.invalid(.phone, "has no digits") }
    if text.hasPrefix("+") { return "+" + digits }
    if digits.hasPrefix("00") { return "+" + digits.dropFirst(2) }
    return "local/" + digits
  }
}
