/// Keeps groups inside address groups within bounds.
///
/// GMime reads `a:b:c:…` by calling itself for every colon, so that a field of a few hundred kilobytes would take
/// the whole stack. Such a field is made flat before GMime sees it, wherever it stands: GMime reads the addresses
/// of attached messages too.
enum AddressGroups {
  /// The bytes with blanks for the colons of address fields past so many in one field; nil when none has more.
  static func flattened(_ bytes: [UInt8], groupsMax: Int) -> [UInt8]? {
    var result: [UInt8]?
    var lineStart = 0
    var colonsLeft = Int.max
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: 10) ?? bytes.count
      if bytes[lineStart] != 32, bytes[lineStart] != 9 {
        colonsLeft = isAddressField(bytes[lineStart..<lineEnd]) ? groupsMax + 1 : Int.max
      }
      if colonsLeft != Int.max {
        for index in lineStart..<lineEnd where bytes[index] == colon {
          colonsLeft -= 1
          guard colonsLeft < 0 else { continue }
          if result == nil { result = bytes }
          result?[index] = 32
        }
      }
      lineStart = lineEnd + 1
    }
    return result
  }

  private static let colon = UInt8(ascii: ":")

  private static let names = [
    "to", "cc", "bcc", "from", "sender", "reply-to", "resent-to", "resent-cc", "resent-bcc", "resent-from",
    "resent-sender", "resent-reply-to", "mail-followup-to", "mail-reply-to", "disposition-notification-to",
  ].map { Array($0.utf8) }

  private static func isAddressField(_ line: ArraySlice<UInt8>) -> Bool {
    let name = line.prefix(while: isNameByte)
    guard line[name.endIndex...].first(where: { $0 != 32 && $0 != 9 }) == colon else { return false }
    return names.contains { $0.count == name.count && zip($0, name).allSatisfy { $0 == $1 | 0x20 } }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
