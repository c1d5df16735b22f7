import ParleyEnvelope
import ParleyEvents

/// Who a customer is, for people and for programs.
struct CustomerReport {
  private let customer: Customer
  private let zone: UTCOffset
  private let actors: [Position: String]

  /// - Parameters:
  ///   - zone: the distance from UTC that the text shows times at.
  ///   - actors: who asked for a link, by its position.
  init(_ customer: Customer, zone: UTCOffset, actors: [Position: String]) {
    self.actors = actors
    self.customer = customer
    self.zone = zone
  }

  // MARK: - Text

  /// Several lines, without a line end.
  var text: String {
    let parts = [
      section("identities", customer.identities.map(line)),
      section("joined by", customer.links.map(line)),
      section("suggested, not followed", customer.suggestions.map(line)),
      section("refused", customer.refusals.map { "\(line($0.link)) (refused: \($0.ground.words))" }),
      section("known not to be one customer", customer.separated.map { "\($0.first) and \($0.second)" }),
      section("used by several customers", customer.shared.map(\.description)),
      section("damaged, and may belong here", customer.gaps.explanations),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func section(_ title: String, _ lines: [String]) -> String {
    guard !lines.isEmpty else { return "" }
    return ([title] + lines.map { "  " + VisibleText.line($0) }).joined(separator: "\n")
  }

  private func line(_ identity: CustomerIdentity) -> String {
    var line = "\(identity.identity)  \(identity.trust.name)"
    if let from = identity.from { line += ", from \(from.rfc3339(offset: zone))" }
    if let until = identity.until { line += ", until \(until.rfc3339(offset: zone))" }
    return line
  }

  private func line(_ link: CustomerLink) -> String {
    var line = "\(link.first) and \(link.second): \(link.basis.rawValue), \(link.trust.name)"
    line += ", at position \(link.position) on \(link.recordedAt.rfc3339(offset: zone))"
    if let actor = actor(of: link) { line += " by \(actor)" }
    for evidence in link.evidence where !evidence.explanation.isEmpty { line += "; \(evidence.explanation)" }
    if !link.reason.isEmpty { line += "; \(link.reason)" }
    return line
  }

  private func actor(of link: CustomerLink) -> String? {
    actors[link.position].flatMap { $0.isEmpty ? nil : $0 }
  }

  // MARK: - JSON

  /// One object on one line.
  var json: String {
    var json = JSONText()
    json.add("identities", raw: JSONText.list(customer.identities.map(Self.json)))
    json.add("links", raw: JSONText.list(customer.links.map { linkJSON($0).line }))
    json.add("suggestions", raw: JSONText.list(customer.suggestions.map { linkJSON($0).line }))
    json.add("refusals", raw: JSONText.list(customer.refusals.map(refusalJSON)))
    json.add("separated", raw: JSONText.list(customer.separated.map(Self.json)))
    json.add("shared", raw: JSONText.list(customer.shared.map { JSONText.quoted($0.description) }))
    if !customer.gaps.isEmpty { json.add("damaged", raw: JSONText.list(customer.gaps.map(Self.json))) }
    return json.line
  }

  private static func json(_ identity: CustomerIdentity) -> String {
    var json = JSONText()
    json.add("identity", identity.identity.description)
    json.add("stream", identity.stream.description)
    json.add("trust", identity.trust.name)
    if let from = identity.from { json.add("from", from.rfc3339()) }
    if let until = identity.until { json.add("until", until.rfc3339()) }
    return json.line
  }

  private func linkJSON(_ link: CustomerLink) -> JSONText {
    var json = JSONText()
    json.add("link", link.id.hex)
    json.add("first", link.first.description)
    json.add("second", link.second.description)
    json.add("trust", link.trust.name)
    if let actor = actor(of: link) { json.add("by", actor) }
    json.add("basis", link.basis.rawValue)
    json.add("evidence", raw: JSONText.list(link.evidence.map { JSONText.quoted($0.explanation) }))
    if !link.reason.isEmpty { json.add("reason", link.reason) }
    json.add("position", link.position.rawValue)
    json.add("recordedAt", link.recordedAt.rfc3339())
    return json
  }

  private func refusalJSON(_ refusal: CustomerRefusal) -> String {
    var json = linkJSON(refusal.link)
    json.add("ground", refusal.ground.code)
    return json.line
  }

  private static func json(_ gap: TimelineGap) -> String {
    var json = JSONText()
    json.add("first", gap.first.rawValue)
    json.add("last", gap.last.rawValue)
    json.add("explanation", gap.explanation)
    return json.line
  }

  private static func json(_ pair: IdentityPair) -> String {
    JSONText.list([pair.first, pair.second].map { JSONText.quoted($0.description) })
  }
}
