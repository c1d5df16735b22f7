import ParleyEnvelope
import ParleyEvents

/// Decides whether an event holds what is looked for.
struct Finder {
  /// The text that is looked for, anywhere.
  let text: SearchText?
  private let nativeID: String?
  private let name: SearchText?

  init(text: String?, nativeID: String?, name: String?, normalization: Normalization) {
    self.text = text.map { SearchText($0, normalization: normalization) }
    self.nativeID = nativeID
    self.name = name.map { SearchText($0) }
  }

  /// Whether the body is worth decoding: whether its bytes may hold the text.
  func mayMatch(_ body: [UInt8], kind: EventKind) -> Bool {
    guard let text else { return true }
    return kind == .identityObserved || kind == .conversationOpened || text.isFound(in: body)
  }

  /// Whether an event that may match is what is looked for.
  func matches(_ event: Event) -> Bool {
    if let text, let name = printedName(of: event), !text.isFound(in: event.bodyBytes),
      !text.isFound(in: name)
    {
      return false
    }
    if let nativeID, !hasNativeID(event, nativeID) { return false }
    if let name, !names(in: event).contains(where: { name.isFound(in: $0) }) { return false }
    return true
  }

  /// An identity or a thread as it is printed, which does not stand in its event in one piece.
  private func printedName(of event: Event) -> String? {
    switch event.body {
    case .identityObserved(let observed): Identity(observed.identity)?.description ?? ""
    case .conversationOpened(let opened): ConversationKey(opened.key).description
    default: nil
    }
  }

  private func hasNativeID(_ event: Event, _ wanted: String) -> Bool {
    guard let source = event.body.payload?.source, !source.nativeID.isEmpty else { return false }
    return wanted == source.nativeID || wanted == "\(source.system)/\(source.nativeID)"
  }

  private func names(in event: Event) -> [String] {
    var names = [event.body.payload?.actorName ?? ""]
    switch event.body {
    case .identityObserved(let observed): names.append(observed.displayName)
    case .messageSent(let message): names += message.participants.map(\.name)
    case .callStarted(let call): names += call.participants.map(\.name)
    case .socialPosted(let post): names.append(post.author.name)
    default: break
    }
    return names
  }
}
