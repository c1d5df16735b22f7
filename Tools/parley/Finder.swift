import ParleyEnvelope
import ParleyEvents

/// Decides whether an event holds what is looked for, of events in log order.
struct Finder {
  /// The text that is looked for, anywhere.
  let text: SearchText?
  private let nativeID: String?
  private let name: SearchText?
  private var streams: FoundStreams

  /// - Parameter names: who a stream is, when there are too many to remember.
  init(text: String?, nativeID: String?, name: String?, normalization: Normalization, names: any EventNames) {
    let text = text.map { SearchText($0, normalization: normalization) }
    self.text = text
    streams = FoundStreams(text: text, names: names)
    self.nativeID = nativeID
    self.name = name.map { SearchText($0) }
  }

  /// Takes note of whose stream an event begins. Every `identity.observed` has to be seen, before all else of its
  /// stream.
  mutating func learn(from event: Event) { streams.learn(from: event) }

  /// Whether the body is worth decoding: whether its bytes may hold the text, or its stream is somebody's who does.
  func mayMatch(_ body: [UInt8], _ envelope: Envelope) -> Bool {
    guard let text else { return true }
    if envelope.kind == .identityObserved || envelope.kind == .conversationOpened { return true }
    return text.isFound(in: body) || streams.contains(envelope.stream)
  }

  /// Whether an event that may match is what is looked for.
  func matches(_ event: Event) -> Bool {
    if let text, let name = printedName(of: event), !text.isFound(in: event.bodyBytes),
      !text.isFound(in: name), !streams.contains(event.envelope.stream)
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
