import ParleyEvents

/// Decides whether an event holds what is looked for.
struct Finder {
  private let text: SearchText?
  private let nativeID: String?
  private let name: SearchText?

  init(text: String?, nativeID: String?, name: String?) {
    self.text = text.map { SearchText($0) }
    self.nativeID = nativeID
    self.name = name.map { SearchText($0) }
  }

  /// Whether the body is worth decoding: whether its bytes hold the text.
  func mayMatch(_ body: [UInt8]) -> Bool { text?.isFound(in: body) ?? true }

  /// Whether an event that may match is what is looked for.
  func matches(_ event: Event) -> Bool {
    if let nativeID, !hasNativeID(event, nativeID) { return false }
    if let name, !names(in: event).contains(where: { name.isFound(in: $0) }) { return false }
    return true
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
