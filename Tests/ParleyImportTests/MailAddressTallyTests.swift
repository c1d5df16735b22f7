import ParleyEnvelope
import ParleyEvents
import ParleyImport
import Testing

@Suite struct MailAddressTallyTests {
  @Test func theAddressInMostMailsIsNamed() throws {
    var tally = MailAddressTally(Self.options)
    for sender in ["ana@example.com", "bo@example.org"] {
      tally.count(try mail(from: sender, to: ["help@shop.example"]))
    }
    tally.count(try mail(from: "help@shop.example", to: ["bo@example.org", "bo@example.org"]))
    #expect(tally.mails == 3)
    #expect(tally.mostFrequent?.addresses.map(\.value) == ["help@shop.example"])
    #expect(tally.mostFrequent?.mails == 3)
  }

  @Test func ofTwoThatStandInAllMailsItIsTheOneThatReceivedMost() throws {
    var tally = MailAddressTally(Self.options)
    tally.count(try mail(from: "ana@example.com", to: ["help@shop.example"]))
    #expect(tally.mostFrequent?.addresses.map(\.value) == ["help@shop.example"])
    tally.count(try mail(from: "help@shop.example", to: ["ana@example.com"]))
    #expect(tally.mostFrequent?.addresses.map(\.value) == ["ana@example.com", "help@shop.example"])
  }

  @Test func ofManyThatCannotBeToldApartNoneIsNamed() throws {
    var tally = MailAddressTally(Self.options)
    #expect(tally.mostFrequent == nil)
    tally.count(try mail(from: "ana@example.com", to: ["a@b.example", "b@b.example", "c@b.example"]))
    #expect(tally.mostFrequent == nil)
  }

  @Test func whatWasSaidToBeOursAndStandsInNoMailIsNamedAsItWasSaid() throws {
    var options = Self.options
    options.ourDomains = ["Shop.example", "shop.exampel"]
    options.ourAddresses = ["kim@agency.example", "sam@agency.example"]
    var tally = MailAddressTally(options)
    #expect(tally.isOursKnown && !MailAddressTally(Self.options).isOursKnown)
    tally.count(try mail(from: "ana@example.com", to: ["a@mail.shop.example", "Kim@agency.example"]))
    #expect(tally.notMet == ["shop.exampel", "sam@agency.example"])
  }

  @Test func whatWasRejectedIsNoMail() {
    var tally = MailAddressTally(Self.options)
    tally.count(ImportItem(place: ImportPlace(path: "a"), rejected: ImportRejection(.empty, "empty")))
    #expect(tally.mails == 0)
  }

  @Test func noMoreAddressesAreCountedThanTheLimit() throws {
    var tally = MailAddressTally(Self.options)
    let names = (1..<MailAddressTally.addressesMax).map { "n\($0)@example.org" }
    for start in stride(from: 0, to: names.count, by: 4096) {
      tally.count(try mail(from: "ana@example.com", to: Array(names[start...].prefix(4096))))
    }
    let mails = tally.mails
    for _ in 0...mails { tally.count(try mail(from: "late@example.com", to: [])) }
    #expect(tally.mostFrequent?.addresses.map(\.value) == ["ana@example.com"])
    for _ in 0...mails { tally.count(try mail(from: "n65535@example.org", to: [])) }
    #expect(tally.mostFrequent?.addresses.map(\.value) == ["n65535@example.org"], "the last that was counted")
  }

  private static let options = MailOptions(now: Timestamp.parse(rfc3339: "2026-11-22T12:00:00Z")!.time)

  private func mail(from sender: String, to recipients: [String]) throws -> ImportItem {
    var event = NewEvent(MessageSent(), from: .identity(try .email(sender)))
    event.recipients = try recipients.map { Recipient(.identity(try .email($0))) }
    return ImportItem(place: ImportPlace(path: "a.eml"), accepted: ImportedEvents(events: [event]))
  }
}
