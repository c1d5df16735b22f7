import ParleyEnvelope
import ParleySchemas

extension TimelineUnanswered {
  /// What a customer wrote or said in public and nobody has answered, by chains of conversations.
  ///
  /// The rule: a public message, post, question or voicemail of the customer's waits until a later public answer in
  /// its conversation or one that goes on with it. An answer is anything public and outbound that a person or bot of
  /// ours sent, unless it is marked automated, or a call in which somebody of us spoke. What is automated, taken
  /// back or in a conversation marked spam does not wait.
  static func found(in timeline: Timeline) -> [TimelineUnanswered] {
    let conversations = Dictionary(
      timeline.conversations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var waiting: [ConversationID: TimelineUnanswered] = [:]
    for entry in timeline.entries {
      let conversation = conversations[entry.conversation]
      guard conversation?.status != .spam else { continue }
      let chain = conversation?.origin ?? entry.conversation
      if entry.isAnswer {
        waiting[chain] = nil
      } else if entry.isCustomerTurn {
        let new = TimelineUnanswered(conversation: entry.conversation, since: entry.time.time, positions: [])
        waiting[chain, default: new].positions.append(entry.position)
      }
    }
    return waiting.values.sorted { ($0.since, $0.positions[0]) < ($1.since, $1.positions[0]) }
  }
}

extension TimelineEntry {
  /// Whether the customer said something here that wants an answer.
  var isCustomerTurn: Bool {
    guard isPublic, isCustomers, direction == .inbound, !marks.contains(.automated) else { return false }
    switch content {
    case .message(let message):
      if case .note = message.form { return false }
      return !message.isRetracted
    case .call(let call): return call.isVoicemail
    case .single(.workQuestionAsked(let body)): return !body.hasAnsweredBy
    case .single(.mediaStored(let body)): return body.sort == .voicemail
    default: return false
    }
  }

  /// Whether one of us answered here.
  var isAnswer: Bool {
    guard isPublic, !marks.contains(.automated) else { return false }
    switch content {
    case .message(let message):
      if case .note = message.form { return false }
      return direction == .outbound && !message.isRetracted && actor.kind != .automation
        && actor.kind != .system
    case .call(let call): return call.isAnswered
    default: return false
    }
  }

  /// Whether it is this customer's own act rather than one that merely involves the customer.
  private var isCustomers: Bool {
    guard actor.kind == .customer || actor.kind == .unspecified else { return false }
    guard case .involved(let involvement)? = reason else { return true }
    return involvement.role == .from
  }
}
