import ParleyEnvelope
import ParleyEvents

/// What is known of a mail beside its bytes.
struct MailArrival {
  /// When its file was last changed.
  var fileTime: Timestamp?
  /// The sender that an mbox names.
  var envelopeSender: String?
  /// The bytes.
  var raw: [UInt8]
}

extension Mail {
  /// The mail as events: the message, and what a delivery report in it says.
  ///
  /// Throws what the events' own limits refuse.
  func imported(_ arrival: MailArrival, _ options: MailOptions, ours: OurAddresses) throws(EventError) -> (
    events: ImportedEvents, warnings: [ImportWarning]
  ) {
    let thread = MailThread(self)
    let parties = MailParties(
      self, ours: ours, envelopeSender: arrival.envelopeSender, thread: thread.thread,
      nativeID: thread.nativeID)
    let time = MailTime(
      stated: statedDate, date: date, received: received, file: arrival.fileTime, now: options.now)
    var content = MailContent(self, limits: options.limits)
    var body = body(content, parties, time)
    var defects = defects
    if content.hasCutText { defects.insert(.cutText) }
    if keepsRaw(options.rawBytes, defects) {
      body.raw = content.store(arrival.raw, mediaType: "message/rfc822")
    }
    var event = event(body, parties, time)
    event.conversation = thread.key(options)
    event.source = SourceKey(
      system: "email", account: options.account, nativeID: thread.nativeID, digest: sourceDigest,
      rawDigest: rawDigest)
    let events = [event] + deliveryUpdates(reportedBy: event, ours: ours)
    for event in events { try event.validate() }
    let reused = messageID == nil ? nil : events.map { $0.underContent(sourceDigest) }
    return (
      ImportedEvents(blobs: content.blobs, events: events, asReusedID: reused),
      warnings(time, parties, defects)
    )
  }

  private func body(_ content: MailContent, _ parties: MailParties, _ time: MailTime) -> MessageSent {
    var body = MessageSent()
    body.statedAt = time.stated ?? ""
    body.actorName = parties.senderName
    body.extensions = marks.map { ExtensionRecord(key: $0.name, value: jsonText($0.value)) }
    if !content.attached.isEmpty {
      let value = AttachedMail.extensionValue(content.attached)
      body.extensions.append(ExtensionRecord(key: AttachedMail.extensionKey, value: value))
    }
    body.extensions.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    body.parts = content.parts
    body.subject = subject ?? ""
    body.participants = parties.participants
    if let answered = inReplyTo.first { body.inReplyTo = EventReference(nativeID: answered) }
    body.references = keptReferences.map { EventReference(nativeID: $0) }
    return body
  }

  /// Bytes of all references kept in the event.
  static let referenceBytesMax = 64 << 10

  /// The references that fit, the thread's first ones first.
  private var keptReferences: [String] {
    var room = Self.referenceBytesMax
    return references.prefix { id in
      room -= id.utf8.count + 8
      return room >= 0
    }
  }

  private func event(_ body: MessageSent, _ parties: MailParties, _ time: MailTime) -> NewEvent {
    var event = NewEvent(body, from: parties.sender, at: time.time)
    event.fromName = parties.senderName
    event.recipients = parties.recipients
    event.customer = parties.customer
    event.direction = parties.direction
    event.touchpoint = parties.touchpoint
    event.utcOffset = time.offset
    event.precision = time.precision
    event.flags = isAutomated ? [.imported, .automated] : .imported
    if parties.direction == .internal { event.visibility = .internal }
    return event
  }

  private func keepsRaw(_ rule: MailOptions.RawBytes, _ defects: Set<MailDefect>) -> Bool {
    switch rule {
    case .always: true
    case .never: false
    case .whereSomethingIsLost: !defects.isEmpty || isSealed
    }
  }

  private func warnings(_ time: MailTime, _ parties: MailParties, _ defects: Set<MailDefect>)
    -> [ImportWarning]
  {
    var warnings: [ImportWarning] = []
    if let stated = time.stated {
      let said = stated.isEmpty ? "no Date" : "Date \(stated)"
      warnings.append(ImportWarning(.timeNotBelieved, "\(said); taken as \(time.time.rfc3339())"))
    }
    if parties.isAnonymous {
      warnings.append(ImportWarning(.noSender, "no usable sender; recorded under a contact of its own"))
    }
    if !defects.isEmpty {
      let named = defects.map(\.rawValue).sorted().joined(separator: "; ")
      warnings.append(ImportWarning(.defect, named))
    }
    return warnings
  }
}

extension NewEvent {
  /// The same event under its content: for an id that the source gave to another item before.
  fileprivate func underContent(_ digest: [UInt8]) -> NewEvent {
    var event = self
    event.source?.revision = hexString(digest.prefix(8))
    if case .messageSent(var message) = event.body {
      message.extensions.append(ExtensionRecord(key: "reused_id", value: "true"))
      message.extensions.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      event.body = .messageSent(message)
    }
    return event
  }
}

extension ExtensionRecord {
  init(key: String, value: String) {
    self.init()
    self.key = key
    self.value = value
  }
}

extension EventReference {
  init(nativeID: String) {
    self.init()
    self.nativeID = nativeID
  }
}

/// A text as JSON writes it.
func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    if scalar == "\"" || scalar == "\\" {
      result += "\\"
      result.unicodeScalars.append(scalar)
    } else if scalar.value < 0x20 {
      result += "\\u00" + hexString([UInt8(scalar.value)])
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
