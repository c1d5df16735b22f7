import ParleyEnvelope
import ParleySchemas

extension TimelineEntry {
  /// The entry as an object.
  func write(to json: inout CanonicalJSON) {
    json.object { json in
      json.member("position", position.rawValue)
      if positions.count > 1 { json.positions("positions", positions) }
      json.id("event", event)
      json.member("kind", entryKind)
      writeTimes(to: &json)
      json.arrayIfAny("marks", marks.names) { $0.string($1) }
      writeEnvelope(to: &json)
      if let reason { reason.write(to: &json) }
      writeContent(to: &json)
    }
  }

  /// The kind of the event at `position`; a call and a gap are more than one event's kind says.
  private var entryKind: String {
    switch content {
    case .call: "call"
    case .gap: "gap"
    case .message, .single: kind.name
    }
  }

  private func writeTimes(to json: inout CanonicalJSON) {
    guard !isUndated else { return }
    json.member("time", time.time.rfc3339())
    if time.precision != .unspecified, time.precision != .microsecond {
      json.member("precision", time.precision.name)
    }
    if time.precision != .unknown {
      json.member("occurred_at", occurredAt.shown(at: time.offset))
    }
    json.memberIfAny("stated_at", statedAt)
    json.member("recorded_at", recordedAt.rfc3339())
  }

  private func writeEnvelope(to json: inout CanonicalJSON) {
    json.id("conversation", conversation)
    for (name, word) in [
      ("channel", channel.jsonWord), ("direction", direction.jsonWord), ("visibility", visibility.jsonWord),
    ] { json.memberIfAny(name, word) }
    guard actor != TimelineActor(kind: .unspecified, actor: "", name: "") else { return }
    json.object("actor") { actor.write(to: &$0) }
  }

  private func writeContent(to json: inout CanonicalJSON) {
    switch content {
    case .message(let message): json.object("message") { message.write(to: &$0) }
    case .call(let call): json.object("call") { call.write(to: &$0) }
    case .single(let body): body.write(to: &json)
    case .gap(let gap): json.object("gap") { gap.write(to: &$0) }
    }
  }
}

extension TimelineActor {
  /// The members of an actor, inside an object.
  func write(to json: inout CanonicalJSON) {
    json.memberIfAny("kind", kind.jsonWord)
    json.memberIfAny("actor", actor)
    json.memberIfAny("name", name)
    json.memberIfAny("identity", identity?.description)
  }
}

extension TimelineReason {
  fileprivate func write(to json: inout CanonicalJSON) {
    switch self {
    case .own(let identity): json.member("stream_of", identity.description)
    case .attributed(let identity): json.member("attributed_from", identity.description)
    case .involved(let involvement):
      json.object("involved") {
        $0.member("identity", involvement.identity.description)
        $0.memberIfAny("role", involvement.role.word)
        $0.memberIfAny("from", involvement.from?.rfc3339())
        $0.memberIfAny("until", involvement.until?.rfc3339())
        if !involvement.pointer.isNone { $0.member("pointer", involvement.pointer.rawValue) }
      }
    }
  }
}

extension TimelineGap {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.member("first", first.rawValue)
    json.member("last", last.rawValue)
    json.member("reason", reason.rawValue)
    json.memberIfAny("explanation", explanation)
  }
}

// MARK: - Messages

extension TimelineMessage {
  fileprivate func write(to json: inout CanonicalJSON) {
    writeForm(to: &json)
    json.arrayIfAny("participants", participants) { $1.write(to: &$0) }
    json.memberIfTrue("participants_hidden", hidesParticipants)
    json.memberIfAny("in_reply_to", inReplyTo?.rawValue)
    if let retraction { json.object("retracted") { retraction.write(to: &$0) } }
    json.array("revisions", revisions) { $1.write(to: &$0) }
    json.arrayIfAny("delivery", deliverySums) { json, sum in
      json.object {
        $0.memberIfAny("recipient", sum.recipient?.description)
        $0.memberIfAny("state", sum.state.word)
        $0.memberIfAny("code", sum.code)
      }
    }
    json.arrayIfAny("delivery_facts", deliveries) { $1.write(to: &$0) }
    json.arrayIfAny("engagement", engagements) { $1.write(to: &$0) }
    json.arrayIfAny("media", media) { $1.write(to: &$0) }
  }

  private func writeForm(to json: inout CanonicalJSON) {
    switch form {
    case .message: break
    case .post(let url, let audience):
      json.memberIfAny("url", url)
      json.memberIfAny("audience", audience.word)
    case .note(let isPinned): json.memberIfTrue("pinned", isPinned)
    }
  }
}

extension TimelineMessage.Revision {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.member("position", position.rawValue)
      $0.member("time", time.time.rfc3339())
      $0.memberIfAny("subject", subject)
      writeParts(to: &$0)
    }
  }

  private func writeParts(to json: inout CanonicalJSON) {
    let mails = Dictionary(attached.map { ($0.part, $0) }) { first, _ in first }
    let owners = owners
    json.array("parts", parts.indices) { json, index in
      json.object { json in
        parts[index].writeMembers(to: &json)
        if let mail = mails[index] {
          json.object("mail") {
            $0.memberIfAny("from", mail.from)
            $0.memberIfAny("subject", mail.subject)
          }
        }
        if let owner = owners[index] { json.member("part_of", owner.part) }
      }
    }
  }
}

extension TimelineMessage.Retraction {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.member("position", position.rawValue)
    json.member("time", time.time.rfc3339())
    json.memberIfAny("scope", scope.word)
    json.memberIfAny("reason", reason)
  }
}

extension TimelineMessage.DeliveryFact {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.member("position", position.rawValue)
      $0.member("time", time.time.rfc3339())
      $0.memberIfAny("recipient", recipient?.description)
      $0.memberIfAny("state", state.word)
      $0.memberIfAny("code", code)
      $0.memberIfAny("diagnostic", diagnostic)
    }
  }
}

extension TimelineMessage.Engagement {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.member("position", position.rawValue)
      $0.member("time", time.time.rfc3339())
      $0.object("actor") { actor.write(to: &$0) }
      $0.memberIfAny("act", act.word)
      $0.memberIfAny("symbol", symbol)
      $0.memberIfTrue("removed", isRemoved)
    }
  }
}

extension ContentPart {
  /// The part as an object.
  func write(to json: inout CanonicalJSON) { json.object { writeMembers(to: &$0) } }

  /// The members of a part, inside an object.
  func writeMembers(to json: inout CanonicalJSON) {
    json.memberIfAny("media_type", mediaType)
    json.memberIfAny("text", text)
    if hasBlob { json.object("blob") { blob.write(to: &$0) } }
    json.memberIfAny("content_id", contentID)
    json.memberIfTrue("inlined", inlined)
    json.memberIfAny("language", language)
  }
}

extension BlobReference {
  /// The members of a blob, inside an object.
  func write(to json: inout CanonicalJSON) {
    json.member("digest", hexString(digest))
    json.member("size", size)
    json.memberIfAny("media_type", mediaType)
    json.memberIfAny("file_name", fileName)
  }
}

extension Participant {
  /// The participant as an object.
  func write(to json: inout CanonicalJSON) { json.object { writeMembers(to: &$0) } }

  /// The members of a participant, inside an object.
  func writeMembers(to json: inout CanonicalJSON) {
    json.memberIfAny("role", role.word)
    json.memberIfAny("identity", shownIdentity?.description)
    json.memberIfAny("name", name)
    json.memberIfAny("actor", actor)
    json.memberIfTrue("ours", ours)
    json.memberIfAny("stated", stated)
  }
}

// MARK: - Calls and media

extension TimelineCall {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.memberIfAny("call", call)
    if let started {
      json.memberIfAny("queue", started.queue)
      json.memberIfAny("dialed", started.dialed)
      json.arrayIfAny("participants", started.participants) { $1.write(to: &$0) }
    }
    json.arrayIfAny("steps", steps) { $1.write(to: &$0) }
    if let ended { writeEnd(ended, to: &json) }
    json.arrayIfAny("media", media) { $1.write(to: &$0) }
  }

  private func writeEnd(_ ended: CallEnded, to json: inout CanonicalJSON) {
    json.memberIfAny("ended", endTime?.time.rfc3339())
    json.memberIfAny("disposition", ended.disposition.word)
    json.memberIfAny("cause", ended.cause)
    for (name, number) in [
      ("talk_ms", ended.talkMilliseconds), ("hold_ms", ended.holdMilliseconds),
      ("ring_ms", ended.ringMilliseconds), ("queue_ms", ended.queueMilliseconds),
      ("total_ms", ended.totalMilliseconds),
    ] where number > 0 { json.member(name, number) }
  }
}

extension TimelineCall.Step {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object { json in
      json.member("position", position.rawValue)
      json.member("time", time.time.rfc3339())
      switch change {
      case .leg(let leg): leg.write(to: &json)
      case .transferred(let transfer): transfer.write(to: &json)
      case .recording(let recording): recording.write(to: &json)
      }
    }
  }
}

extension CallLegChanged {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.memberIfAny("leg", leg)
    json.memberIfAny("state", state.word)
    if hasParticipant { json.object("participant") { participant.writeMembers(to: &$0) } }
    json.arrayIfAny("other_legs", otherLegs) { $0.string($1) }
    json.memberIfAny("detail", detail)
  }
}

extension CallTransferred {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.member("transferred", manner.word)
    json.memberIfAny("leg", leg)
    if hasSourcePlace { json.member("from", sourcePlace.shownName) }
    if hasTargetPlace { json.member("to", targetPlace.shownName) }
    json.memberIfAny("target_call", targetCall)
  }
}

extension CallRecordingChanged {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.member("recording", state.word)
    json.memberIfTrue("announced", announced)
    json.arrayIfAny("consents", consents) { json, consent in
      json.object {
        $0.memberIfAny("consent", consent.consent.word)
        if consent.hasParticipant { $0.object("participant") { consent.participant.writeMembers(to: &$0) } }
      }
    }
    json.memberIfAny("reason", reason)
  }
}

extension TimelineMedia {
  fileprivate func write(to json: inout CanonicalJSON) {
    json.object {
      $0.member("position", position.rawValue)
      $0.member("time", time.time.rfc3339())
      media.write(to: &$0)
    }
  }
}

extension MediaStored {
  /// The members of stored media, inside an object.
  func write(to json: inout CanonicalJSON) {
    json.memberIfAny("sort", sort.word)
    if hasBlob { json.object("blob") { blob.write(to: &$0) } }
    if !redactedFormOf.isEmpty { json.member("redacted_form_of", hexString(redactedFormOf)) }
    if !transcriptOf.isEmpty { json.member("transcript_of", hexString(transcriptOf)) }
    if offsetMilliseconds > 0 { json.member("offset_ms", offsetMilliseconds) }
    if durationMilliseconds > 0 { json.member("duration_ms", durationMilliseconds) }
    json.memberIfAny("language", language)
    json.arrayIfAny("utterances", utterances) { json, utterance in
      json.object {
        $0.member("start_ms", utterance.startMilliseconds)
        $0.member("end_ms", utterance.endMilliseconds)
        if utterance.hasSpeaker { $0.object("speaker") { utterance.speaker.writeMembers(to: &$0) } }
        $0.member("words", utterance.words)
      }
    }
  }
}

// MARK: - Words

extension EnvelopeCode {
  /// The code's name, empty when not stated.
  var jsonWord: String { rawValue == 0 ? "" : name }
}

extension Timestamp {
  /// RFC 3339 at the source's distance from UTC; `-00:00` when the source did not say (RFC 3339 §4.3).
  func shown(at offset: UTCOffset) -> String {
    let text = rfc3339(offset: offset)
    return offset == .unknown ? text.dropLast() + "-00:00" : text
  }
}
