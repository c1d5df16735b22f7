import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import Testing

/// Promise 9: nothing readable stands in an envelope; all ids in it are random or keyed hashes.
@Suite struct PseudonymousEnvelopeTests {
  @Test func noNameAddressNumberOrTextStandsInAnEnvelope() throws {
    let world = try StoreWorld()
    try world.appendThreeChannels()
    try world.store.appendBlocking([
      .note("she sounds angry", by: .agent("kim"), in: StoreWorld.chat, at: StoreWorld.time(5))
    ])
    let secrets = ["ana", "example", "4930", "4051", "webchat", "c-991", "kim", "m1", "4711", "angry"]
    for event in try world.allEvents() {
      let text = String(decoding: bytes(of: event.envelope), as: Unicode.ASCII.self)
      for secret in secrets { #expect(!text.contains(secret)) }
    }
  }

  @Test func withAnotherKeyEveryIdIsAnother() throws {
    var ids: [Set<Bytes16>] = []
    for seed in [UInt64(1), 2] {
      let world = try StoreWorld(seed: seed)
      try world.appendThreeChannels()
      let envelopes = try world.allEvents().map(\.envelope)
      ids.append(
        Set(
          envelopes.flatMap {
            [$0.stream.rawValue, $0.event.rawValue, $0.conversation.rawValue, $0.actor.rawValue]
          }
        ).subtracting([.zero]))
    }
    #expect(ids[0].isDisjoint(with: ids[1]))
    #expect(ids[0].count > 10)
  }

  /// The bytes of everything in an envelope that is no number, time or code.
  private func bytes(of envelope: Envelope) -> [UInt8] {
    let ids = [
      envelope.stream.rawValue, envelope.event.rawValue, envelope.conversation.rawValue,
      envelope.actor.rawValue, envelope.caseID.rawValue, Bytes16(high: envelope.touchpoint.rawValue, low: 0),
    ]
    return ids.flatMap(\.bytes)
  }
}
