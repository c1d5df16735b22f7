import ParleyEnvelope
import ParleySchemas

// Calls: every event of one call is one entry.

extension TimelineFold {
  mutating func foldCall(_ item: TimelineItem) {
    let source = item.event.body.sourceRecord
    let id = item.event.body.callID
    // Without an id of the call, its conversation is the call.
    let key =
      id.isEmpty
      ? SourceItem(system: "", account: "", id: "conversation \(item.envelope.conversation.description)")
      : SourceItem(system: source.system, account: source.account, id: id)
    let index = draftByCall[key] ?? addCall(item, id, key)
    if drafts[index].item.position != item.position { count(item, into: index) }
    guard case .call(let call) = drafts[index].content else { return }
    fold(item, into: call)
    // The call's own beginning says more of it than a leg that rang before.
    if case .callStarted = item.event.body { drafts[index].item = item }
  }

  private mutating func addCall(_ item: TimelineItem, _ id: String, _ key: SourceItem) -> Int {
    let index = add(item, .call(calls.count))
    calls.append(TimelineCall(call: id))
    draftByCall[key] = index
    return index
  }

  private mutating func fold(_ item: TimelineItem, into call: Int) {
    switch item.event.body {
    case .callStarted(var body):
      body.participants = shownParticipants(body.participants, item)
      calls[call].started = body
    case .callLegChanged(let body): addStep(.leg(body), item, call)
    case .callTransferred(let body): addStep(.transferred(body), item, call)
    case .callRecordingChanged(let body): addStep(.recording(body), item, call)
    case .callEnded(let body):
      calls[call].ended = body
      calls[call].endTime = item.time
    default: break
    }
  }

  private mutating func addStep(_ change: TimelineCall.Step.Change, _ item: TimelineItem, _ call: Int) {
    calls[call].steps.append(.init(position: item.position, time: item.time, change: change))
  }
}
