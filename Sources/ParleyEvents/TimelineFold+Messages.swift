import ParleyEnvelope
import ParleySchemas

// Messages, posts and notes, and what happens to them later.

extension TimelineFold {
  mutating func addMessage(_ item: TimelineItem) {
    guard let message = message(item) else { return addSingle(item) }
    let index = add(item, .message(messages.count))
    messages.append(message)
    let source = item.event.body.sourceRecord
    guard !source.nativeID.isEmpty else { return }
    let key = SourceItem(system: source.system, account: source.account, id: source.nativeID)
    if draftByItem[key] == nil { draftByItem[key] = index }
  }

  private func message(_ item: TimelineItem) -> TimelineMessage? {
    switch item.event.body {
    case .messageSent(let body):
      let shown = shownParticipants(body.participants, item)
      var message = TimelineMessage(
        form: .message, revisions: [revision(item, body.subject, body.parts)], participants: shown,
        hidesParticipants: shown.count < body.participants.count)
      message.revisions[0].attached = AttachedMail.named(in: body.extensions, partCount: body.parts.count)
      message.inReplyTo = body.hasInReplyTo ? position(body.inReplyTo, body.source) : nil
      return message
    case .socialPosted(let body):
      var message = TimelineMessage(
        form: .post(url: body.url, audience: body.audience), revisions: [revision(item, "", body.parts)],
        participants: (body.hasAuthor ? [body.author] : []) + body.mentions, hidesParticipants: false)
      message.inReplyTo = body.hasInReplyTo ? position(body.inReplyTo, body.source) : nil
      return message
    case .noteAdded(let body):
      var message = TimelineMessage(
        form: .note(isPinned: body.pinned), revisions: [revision(item, "", body.parts)],
        participants: body.mentions, hidesParticipants: false)
      message.inReplyTo = body.hasAbout ? position(body.about, body.source) : nil
      return message
    default: return nil
    }
  }

  private func revision(_ item: TimelineItem, _ subject: String, _ parts: [ContentPart])
    -> TimelineMessage.Revision
  {
    TimelineMessage.Revision(position: item.position, time: item.time, subject: subject, parts: parts)
  }

  /// Answers come after what they answer, so an entry is there already unless the source's clocks disagree.
  private func position(_ reference: EventReference, _ source: SourceRecord) -> Position? {
    draft(reference, from: source).map { drafts[$0].item.position }
  }

  // MARK: - Later events

  mutating func attachEdit(_ body: MessageEdited, _ item: TimelineItem) {
    guard let (index, message) = message(body.edited, body.source) else { return addSingle(item) }
    count(item, into: index)
    let isRetracted = messages[message].isRetracted
    let subject = body.subject.isEmpty ? messages[message].current.subject : body.subject
    let edited = revision(item, isRetracted ? "" : subject, isRetracted ? [] : body.parts)
    messages[message].revisions.append(edited)
  }

  /// A message taken back for everybody keeps its place and says nothing more.
  mutating func attachRetraction(_ body: MessageRetracted, _ item: TimelineItem) {
    guard let (index, message) = message(body.retracted, body.source) else { return addSingle(item) }
    count(item, into: index)
    messages[message].retraction = .init(
      position: item.position, time: item.time, scope: body.scope, reason: body.reason)
    guard messages[message].isRetracted else { return }
    for revision in messages[message].revisions.indices {
      messages[message].revisions[revision].parts = []
      messages[message].revisions[revision].attached = []
      messages[message].revisions[revision].subject = ""
    }
  }

  mutating func attachDelivery(_ body: MessageDeliveryUpdated, _ item: TimelineItem) {
    guard let (index, message) = message(body.deliveredMessage, body.source) else { return addSingle(item) }
    count(item, into: index)
    let recipient = body.hasRecipient ? body.recipient.shown : nil
    guard !messages[message].hides(recipient) else { return }
    messages[message].deliveries.append(
      .init(
        position: item.position, time: item.time, recipient: recipient, state: body.state, code: body.code,
        diagnostic: body.diagnostic))
  }

  mutating func attachEngagement(_ body: SocialEngagementChanged, _ item: TimelineItem) {
    guard let (index, message) = message(body.post, body.source) else { return addSingle(item) }
    count(item, into: index)
    messages[message].engagements.append(
      .init(
        position: item.position, time: item.time, actor: actor(of: item), act: body.act, symbol: body.symbol,
        isRemoved: body.removed))
  }

  mutating func attachMedia(_ body: MediaStored, _ item: TimelineItem) {
    let source = body.source
    let owner = body.hasOwner ? draft(body.owner, from: source) ?? call(body.owner, source) : nil
    guard let owner else { return addSingle(item) }
    let media = TimelineMedia(position: item.position, time: item.time, media: body)
    switch drafts[owner].content {
    case .message(let message):
      // What a retracted message carried is taken back with it.
      if !messages[message].isRetracted { messages[message].media.append(media) }
    case .call(let call): calls[call].media.append(media)
    default: return addSingle(item)
    }
    count(item, into: owner)
  }

  private func message(_ reference: EventReference, _ source: SourceRecord) -> (draft: Int, message: Int)? {
    guard let index = draft(reference, from: source), case .message(let message) = drafts[index].content
    else {
      return nil
    }
    return (index, message)
  }

  private func call(_ reference: EventReference, _ source: SourceRecord) -> Int? {
    let system = reference.system.isEmpty ? source.system : reference.system
    return draftByCall[SourceItem(system: system, account: source.account, id: reference.nativeID)]
  }
}

extension TimelineMessage {
  /// Whether a recipient is one that the viewer must not learn of.
  fileprivate func hides(_ recipient: Identity?) -> Bool {
    guard hidesParticipants, let recipient else { return false }
    return !participants.contains { $0.shownIdentity == recipient }
  }
}
