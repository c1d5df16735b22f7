/// What a piece of terminal text means, and the colors that show it: the sixteen every terminal has, so that the
/// reader's own theme decides.
enum TerminalStyle: String {
  case heading = "1"
  case dim = "2"
  case warning = "33"
  case customer = "1;36"
  case us = "1;32"
  case machine = "35"
  case `internal` = "3;33"
  case email = "34"
  case voice = "32"
  case chat = "36"
  case social = "95"
  case plain = ""

  /// The text in this style, or as it is when colors are off.
  func applied(to text: String, isOn: Bool) -> String {
    guard isOn, !rawValue.isEmpty, !text.isEmpty else { return text }
    return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
  }
}
