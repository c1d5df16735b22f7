import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import Testing

@Suite struct FoundStreamsTests {
  @Test(arguments: [1, 2, 100])
  func aStreamIsFoundByItsIdentityHoweverManyAreRemembered(streamsMax: Int) throws {
    let identities = try ["ana", "anna", "hanna", "ben"].map { try Identity.email("\($0)@mail.example") }
    var names = LearnedNames()
    let events = identities.indices.map { observed(identities[$0], stream: $0) }
    events.forEach { names.learn(from: $0) }
    #expect(found("an", events, names, streamsMax) == [0, 1, 2])
    #expect(found("@mail", events, names, streamsMax) == [0, 1, 2, 3])
    #expect(found("email:ben", events, names, streamsMax) == [3])
    #expect(found("email", events, names, streamsMax) == [], "a kind is nobody")
    #expect(found(nil, events, names, streamsMax) == [])
  }

  private func found(_ text: String?, _ events: [Event], _ names: LearnedNames, _ streamsMax: Int) -> [Int] {
    var streams = FoundStreams(text: text.map { SearchText($0) }, names: names, streamsMax: streamsMax)
    events.forEach { streams.learn(from: $0) }
    return events.indices.filter { streams.contains(events[$0].envelope.stream) }
  }

  private func observed(_ identity: Identity, stream: Int) -> Event {
    var body = IdentityObserved()
    body.identity = identity.record
    var envelope = Envelope()
    envelope.kind = .identityObserved
    envelope.stream = StreamID(rawValue: Bytes16(high: 1, low: UInt64(stream)))
    return Event(position: Position(stream), envelope: envelope, bodyBytes: Event.Body(body).bytes)
  }
}
