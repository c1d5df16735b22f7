/// What a delivery status notification (RFC 3464) or a disposition notification (RFC 8098) says.
package struct DeliveryReport: Hashable, Sendable {
  /// What became of the message at one recipient.
  package struct Outcome: Hashable, Sendable {
    /// The recipient's address as the report gives it.
    package var recipient: String
    package var state: State
    /// The enhanced status code, or the disposition.
    package var code: String
    /// What the other server said.
    package var diagnostic: String
  }

  /// The step a message reached.
  package enum State: Hashable, Sendable { case queued, sent, delivered, read, failed, bounced, expired }

  /// The Message-ID of the message reported on, where the report names or returns it.
  package var originalID: String?
  /// The first Message-ID of the returned message's References or In-Reply-To.
  package var originalRoot: String?
  package var outcomes: [Outcome] = []

  /// The report in a mail's parts; nil when there is none.
  init?(_ root: MailPart, limits: MailLimits) {
    guard let status = Self.firstLeaf(root, where: { Self.statusTypes.contains($0.mediaType.subtype) }),
      case .bytes(let bytes) = status.content
    else { return nil }
    let groups = Self.groups(bytes)
    for group in groups {
      guard
        let outcome = Self.outcome(group, isReceipt: status.mediaType.subtype == "disposition-notification"),
        outcomes.count < limits.deliveryReportsMax
      else { continue }
      outcomes.append(outcome)
    }
    let named = groups.lazy.compactMap { $0["original-message-id"] }.first
    originalID = named.flatMap { MessageIDs(Array($0.utf8), limits: limits).ids.first }
    takeReturned(from: root, limits: limits)
    guard !outcomes.isEmpty else { return nil }
  }

  private static let statusTypes: Set<String> = [
    "delivery-status", "global-delivery-status", "disposition-notification",
    "global-disposition-notification",
  ]

  /// The returned message, whole or its header alone, says which message it is about.
  private mutating func takeReturned(from root: MailPart, limits: MailLimits) {
    guard let headers = Self.returnedHeaders(root) else { return }
    originalID = originalID ?? MessageIDs(headers.first("Message-ID"), limits: limits).ids.first
    originalRoot =
      MessageIDs(headers.first("References"), limits: limits).ids.first
      ?? MessageIDs(headers.first("In-Reply-To"), limits: limits).ids.first
  }

  private static func returnedHeaders(_ part: MailPart) -> MailHeaders? {
    switch part.content {
    case .message(_, let message): return message.first?.headers
    case .parts(let parts):
      return parts.lazy.compactMap(returnedHeaders).first
    case .bytes(let bytes):
      guard part.mediaType.subtype == "rfc822-headers" || part.mediaType.subtype == "global-headers",
        let group = groups(bytes).first
      else { return nil }
      return MailHeaders(fields: group.map { MailHeader(name: $0.key, raw: Array($0.value.utf8)) })
    }
  }

  private static func firstLeaf(_ part: MailPart, where matches: (MailPart) -> Bool) -> MailPart? {
    switch part.content {
    case .bytes: return matches(part) ? part : nil
    case .parts(let parts):
      for part in parts {
        if let leaf = firstLeaf(part, where: matches) { return leaf }
      }
      return nil
    case .message: return nil
    }
  }

  // MARK: Fields

  /// Groups of fields, parted by empty lines or by a recipient named again (some servers forget the line).
  private static func groups(_ bytes: [UInt8]) -> [[String: String]] {
    var groups: [[String: String]] = []
    var group: [String: String] = [:]
    var last: String?
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      let text = String(decoding: unfolded(Array(line)), as: UTF8.self)
      if text.isEmpty {
        if !group.isEmpty { groups.append(group) }
        (group, last) = ([:], nil)
      } else if let name = last, line.first == 32 || line.first == 9 {
        group[name, default: ""] += " " + text
      } else if let colon = text.firstIndex(of: ":") {
        let name = text[..<colon].lowercased()
        if name == "final-recipient", group[name] != nil {
          groups.append(group)
          group = [:]
        }
        group[name] = group[name] ?? String(text[text.index(after: colon)...].drop { $0 == " " })
        last = name
      }
    }
    return group.isEmpty ? groups : groups + [group]
  }

  private static func outcome(_ group: [String: String], isReceipt: Bool) -> Outcome? {
    let final = address(group["final-recipient"])
    let original = address(group["original-recipient"])
    guard let recipient = original?.contains("@") == true ? original : final ?? original else { return nil }
    let code: String
    let found: State?
    if isReceipt {
      code = group["disposition"] ?? ""
      found = state(disposition: code.lowercased())
    } else {
      code = String((group["status"] ?? "").prefix { !$0.isWhitespace })
      found = state(action: (group["action"] ?? "").lowercased(), code: code)
    }
    guard let found else { return nil }
    return Outcome(recipient: recipient, state: found, code: code, diagnostic: group["diagnostic-code"] ?? "")
  }

  /// The address behind `rfc822;`.
  private static func address(_ field: String?) -> String? {
    guard let field else { return nil }
    let value = field.split(separator: ";", maxSplits: 1).last ?? ""
    let trimmed = value.filter { !$0.isWhitespace && $0 != "<" && $0 != ">" }
    return trimmed.isEmpty ? nil : trimmed
  }

  private static func state(action: String, code: String) -> State? {
    switch action.prefix(while: { $0.isLetter }) {
    case "failed": code == "4.4.7" || code == "5.4.7" ? .expired : .bounced
    case "delayed": .queued
    case "delivered": .delivered
    case "relayed", "expanded": .sent
    default: code.hasPrefix("5") ? .bounced : nil
    }
  }

  private static func state(disposition: String) -> State? {
    let words = disposition.split { !$0.isLetter }
    if words.contains("displayed") { return .read }
    if words.contains("failed") { return .failed }
    return words.contains { $0 == "deleted" || $0 == "dispatched" || $0 == "processed" } ? .delivered : nil
  }
}
