/// Values that many sources send when they know nobody: joining by one would make one customer of everyone.
enum BlockedValues {
  static func contains(_ identity: Identity) -> Bool {
    let value = SimpleFolding.normalize(identity.value)
    switch identity.kind {
    case .phone: return withheldNumbers.contains(value) || !value.utf8.contains { (0x31...0x39).contains($0) }
    case .email:
      let local = String(value.prefix { $0 != "@" })
      return isNobody(local) || mailboxesOfMachines.contains(local)
    default: return isNobody(value)
    }
  }

  private static func isNobody(_ value: String) -> Bool {
    nobody.contains(value) || value.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "-") }
  }

  private static let nobody: Set<String> = [
    "", "-1", "null", "(null)", "nil", "none", "undefined", "nan", "n/a", "na", "void", "empty", "unset",
    "anonymous", "anon", "unknown", "unavailable", "private", "restricted", "withheld", "guest", "nobody",
    "user", "customer", "visitor", "default", "false", "true", "[object object]",
  ]

  private static let mailboxesOfMachines: Set<String> = [
    "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "mailer-daemon",
    "postmaster",
  ]

  /// What carriers put in place of a withheld number: anonymous, restricted, blocked, unknown and unavailable on a
  /// phone's keys.
  private static let withheldNumbers: Set<String> = [
    "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
  ]
}
