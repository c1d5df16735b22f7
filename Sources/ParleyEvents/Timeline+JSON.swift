import ParleyEnvelope
import ParleySchemas

// `Schemas/timeline-json.md` describes what is written here, member by member, and its order.

extension Timeline {
  /// The timeline as one JSON document in UTF-8: equal timelines give equal bytes. An entry stands on a line of its
  /// own; the document ends with a line feed.
  public func json() -> [UInt8] {
    var json = CanonicalJSON()
    json.object { members(&$0) }
    json.end()
    return json.bytes
  }

  /// The entries alone, one JSON object a line.
  public func jsonLines() -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      var json = CanonicalJSON()
      entry.write(to: &json)
      bytes.append(contentsOf: json.bytes)
      bytes.append(10)
    }
    return bytes
  }

  private func members(_ json: inout CanonicalJSON) {
    json.member("fold_version", version.rawValue)
    if !position.isNone { json.member("position", position.rawValue) }
    json.member("instant", instant.rfc3339())
    json.object("viewer") {
      $0.member("actor", viewer.actor.description)
      $0.member("purpose", viewer.purpose.rawValue)
      $0.member("least_trust", viewer.leastTrust.name)
    }
    json.array("identities", identities) { $1.write(to: &$0) }
    json.array("suggestions", suggestions) { $1.write(to: &$0) }
    json.array("conversations", conversations) { $1.write(to: &$0, at: instant) }
    json.array("unanswered", unanswered) { $1.write(to: &$0) }
    json.array("facts", facts) { $1.write(to: &$0) }
    json.array("attempts", attempts) { $1.write(to: &$0) }
    json.array("questions", questions) { $1.write(to: &$0) }
    json.array("handoffs", handoffs) { $1.write(to: &$0) }
    if omitted.total > 0 { json.object("omitted") { omitted.write(to: &$0) } }
    json.array("entries", entries) {
      $0.lineBreak()
      $1.write(to: &$0)
    }
  }
}

extension TimelineOmitted {
  fileprivate func write(to json: inout CanonicalJSON) {
    for (name, number) in [
      ("internal", internalEntries), ("other_channels", otherChannels), ("earlier", earlier),
      ("later", later),
    ] where number > 0 { json.member(name, number) }
  }
}

// MARK: - State

extension TimelineIdentity {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object { json in
      json.member("identity", identity.description)
      json.id("stream", stream)
      json.memberIfAny("display_name", displayName)
      json.memberIfAny("language", language)
      json.memberIfAny("time_zone", timeZone)
      json.memberIfAny("preferred_channel", preferredMedium)
      json.arrayIfAny("accessibility", accessibility) { $0.string($1) }
      json.positions("observed", observed)
      json.arrayIfAny("joins", joins.sorted { $0.position < $1.position }) { $1.write(to: &$0) }
    }
  }
}

extension TimelineIdentity.Join {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object { json in
      json.member("to", to.description)
      json.member("trust", trust.name)
      json.member("how", how)
      json.member("at", at.rfc3339())
      json.member("position", position.rawValue)
      json.memberIfAny("evidence", evidence)
    }
  }
}

extension TimelineSuggestion {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object { json in
      json.member("identity", identity.description)
      json.id("conversation", conversation)
      json.memberIfAny("evidence", evidence)
      json.member("position", position.rawValue)
    }
  }
}

extension TimelineConversation {
  fileprivate func write(to json: inout CanonicalJSON, at instant: Timestamp) {
    json.object { json in
      json.id("conversation", id)
      if let key { json.object("key") { key.write(to: &$0) } }
      json.member("channel", channel.name)
      json.memberIfAny("touchpoint", touchpoint)
      json.memberIfAny("subject", subject)
      json.memberIfTrue("open", isOpen(at: instant))
      writeStatus(to: &json)
      json.arrayIfAny("relations", relations) { json, relation in
        json.object {
          $0.member("relation", relation.relation.word)
          $0.id("conversation", relation.other)
          $0.member("position", relation.position.rawValue)
        }
      }
      if origin != id { json.id("origin", origin) }
      if let server { json.object("server") { server.write(to: &$0) } }
      json.positions("opened", positions)
      json.member("entries", entryCount)
      json.memberIfAny("first", firstTime?.rfc3339())
      json.memberIfAny("last", lastTime?.rfc3339())
    }
  }

  private func writeStatus(to json: inout CanonicalJSON) {
    json.memberIfAny("status", status.word)
    json.memberIfAny("status_position", statusPosition?.rawValue)
    json.memberIfAny("snoozed_until", snoozedUntil?.rfc3339())
    json.arrayIfAny("labels", labels) { $0.string($1) }
    json.memberIfAny("topic", topic)
    json.memberIfAny("priority", priority.word)
  }
}

extension ConversationKeyRecord {
  /// The members of a key, inside an object.
  func write(to json: inout CanonicalJSON) {
    json.memberIfAny("channel", medium)
    json.memberIfAny("system", system)
    json.memberIfAny("account", account)
    json.memberIfAny("thread", thread)
  }
}

extension TimelineServer {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.member("who", who)
    json.member("basis", basis.rawValue)
    json.member("position", position.rawValue)
  }
}

extension TimelineUnanswered {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.id("conversation", conversation)
      $0.member("since", since.rfc3339())
      $0.positions("positions", positions)
    }
  }
}

extension TimelineFact {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.member("position", position.rawValue)
      $0.member("time", time.rfc3339())
      $0.id("conversation", conversation)
      $0.member("name", name)
      $0.member("value", value)
      $0.memberIfTrue("checked", isChecked)
      $0.positions("replaced", replaced)
    }
  }
}

extension TimelineAttempt {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.member("position", position.rawValue)
      $0.member("time", time.rfc3339())
      $0.id("conversation", conversation)
      $0.member("step", step)
      $0.memberIfAny("outcome", outcome.word)
    }
  }
}

extension TimelineQuestion {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.member("position", position.rawValue)
      $0.member("time", time.rfc3339())
      $0.id("conversation", conversation)
      $0.member("question", question)
      $0.memberIfAny("fact", factName)
    }
  }
}

extension TimelineHandoff {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object { json in
      json.member("handoff", id.hex)
      json.id("conversation", conversation)
      json.memberIfAny("from", giver)
      json.memberIfAny("to", receiver)
      json.memberIfAny("reason", reason.word)
      json.memberIfAny("note", note)
      json.memberIfAny("outcome", outcome.word)
      json.positions("positions", positions)
      json.memberIfAny("brief_through", briefThrough?.rawValue)
      json.memberIfTrue("context_read", isContextRead)
    }
  }
}

extension CanonicalJSON {
  /// An id by its digits, left out when absent.
  mutating func id(_ name: String, _ id: some OpaqueID) {
    if !id.isNone { member(name, id.description) }
  }

  /// Positions as numbers, left out when there are none.
  mutating func positions(_ name: String, _ positions: [Position]) {
    arrayIfAny(name, positions) { $0.integer($1.rawValue) }
  }
}
