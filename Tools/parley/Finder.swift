import ParleyEvents

/// Decides whether an event holds what is looked for.
struct Finder {
  private let needle: [UInt8]?
  private let text: String?
  private let nativeID: String?
  private let name: String?

  init(text: String?, nativeID: String?, name: String?) {
    self.text = text?.lowercased()
    self.nativeID = nativeID
    self.name = name?.lowercased()
    // Within ASCII, case is one bit, so the bytes of the body can be searched as they are.
    needle = self.text.flatMap { $0.utf8.allSatisfy { $0 < 0x80 } ? Array($0.utf8) : nil }
  }

  /// Whether the body is worth decoding: a quick look at its bytes.
  func mayMatch(_ body: [UInt8]) -> Bool {
    guard let needle else { return true }
    return body.containsIgnoringCase(needle)
  }

  /// Whether the event matches all that is asked for.
  func matches(_ event: Event) -> Bool {
    if let text, needle == nil, !String(decoding: event.bodyBytes, as: UTF8.self).lowercased().contains(text)
    {
      return false
    }
    if let nativeID, !hasNativeID(event, nativeID) { return false }
    if let name, !names(in: event).contains(where: { $0.lowercased().contains(name) }) { return false }
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

extension [UInt8] {
  /// Whether the bytes hold a text that is ASCII in lower case, in any case.
  fileprivate func containsIgnoringCase(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    guard count >= needle.count else { return false }
    for start in 0...(count - needle.count) where lower(self[start]) == first {
      if needle.indices.allSatisfy({ lower(self[start + $0]) == needle[$0] }) { return true }
    }
    return false
  }

  private func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
