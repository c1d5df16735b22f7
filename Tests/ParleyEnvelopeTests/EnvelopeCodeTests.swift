import ParleyEnvelope
import Testing

@Suite struct EnvelopeCodeTests {
  @Test func codesAreThoseOfTheFormatPage() {
    #expect(Channel.names.count == 14 && Channel.email.rawValue == 1 && Channel.other.rawValue == 13)
    #expect(ActorKind.names.count == 7 && ActorKind.thirdParty.rawValue == 6)
    #expect(Direction.names.count == 4 && Direction.internal.rawValue == 3)
    #expect(Visibility.names.count == 4 && Visibility.restricted.rawValue == 3)
    #expect(TimePrecision.names.count == 10 && TimePrecision.unknown.rawValue == 9)
  }

  @Test func everyCodeHasANameThatReadsBack() {
    for code in UInt8.min...UInt8.max {
      #expect(Channel(name: Channel(rawValue: code).name) == Channel(rawValue: code))
    }
  }

  @Test(arguments: ["", "e-mail", "Email", "code-1", "code-256", "code--1"])
  func aNameThatIsNoneIsRefused(name: String) {
    #expect(Channel(name: name) == nil)
  }

  @Test func idsAreSixteenBytesInHexadecimal() {
    let text = "00112233445566778899aabbccddeeff"
    #expect(EventID(hex: text)?.description == text)
    #expect(EventID(hex: text.dropLast()) == nil)
    #expect(EventID(hex: text.dropLast() + "g") == nil)
    #expect(Bytes16(high: 1, low: 0) > Bytes16(high: 0, low: .max))
  }
}
