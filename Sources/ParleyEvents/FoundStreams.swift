package import ParleyEnvelope

/// The streams of the identities that hold a text: whom an event is from, or to, does not stand in the event itself.
///
/// A stream's `identity.observed` comes before all its other events, so one pass in log order is enough. So many
/// streams are remembered; of further ones the identity is looked up when an event of theirs comes.
package struct FoundStreams {
  private let text: SearchText?
  private let names: any EventNames
  private let streamsMax: Int
  private var streams: Set<StreamID> = []
  private var isFull = false

  /// - Parameters:
  ///   - text: what is looked for; nil for nothing.
  ///   - names: who a stream is.
  ///   - streamsMax: streams that are remembered.
  package init(text: SearchText?, names: any EventNames, streamsMax: Int = 65_536) {
    self.text = text
    self.names = names
    self.streamsMax = streamsMax
  }

  /// Remembers a stream when the identity that the event observed holds the text.
  package mutating func learn(from event: Event) {
    guard case .identityObserved(let observed) = event.body, let identity = Identity(observed.identity),
      holds(identity) || text?.isFound(in: observed.displayName) == true
    else { return }
    if streams.count < streamsMax { streams.insert(event.envelope.stream) } else { isFull = true }
  }

  /// Whether a stream is that of an identity that holds the text.
  package func contains(_ stream: StreamID) -> Bool {
    if streams.contains(stream) { return true }
    return isFull && names.identity(of: stream).map(holds) == true
  }

  /// A text in the kind alone, as `mail` in `email:`, says nothing of who it is.
  private func holds(_ identity: Identity) -> Bool {
    guard let text else { return false }
    return text.isFound(in: identity.description) && !text.isFound(in: identity.kind.name)
      || text.isFound(in: identity.value) || text.isFound(in: identity.scope)
  }
}
