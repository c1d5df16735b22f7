import ParleyEnvelope
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0, 0), ("2026-11-22T09:00:00+01:00", 1_795_334_400, 60),
    ("2000-02-29T23:59:59-05:30", 951_888_599, -330), ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
    ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
  ])
  func timesOfRFC3339AreReadAndWrittenBack(text: String, seconds: Int64, offset: Int) throws {
    let (time, zone) = try #require(Timestamp.parse(rfc3339: text))
    #expect(time == Timestamp(seconds: seconds))
    #expect(zone.minutes == offset)
    #expect(time.rfc3339(offset: zone) == text)
  }

  @Test func fractionsHaveNoDigitsThreeOrSix() throws {
    #expect(Timestamp(microseconds: 1).rfc3339() == "1970-01-01T00:00:00.000001Z")
    #expect(Timestamp(microseconds: 120_000).rfc3339() == "1970-01-01T00:00:00.120Z")
    #expect(
      Timestamp.parse(rfc3339: "1970-01-01T00:00:00.1234567Z")?.time == Timestamp(microseconds: 123_456))
  }

  @Test func minusZeroMeansAnUnknownOffset() {
    #expect(Timestamp.parse(rfc3339: "1970-01-01T00:00:00-00:00")?.offset == .unknown)
  }

  @Test(arguments: [
    "", "2026-11-22", "2026-11-22T09:00:00", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:00:61Z", "2026-11-22T09:00:00+24:00",
    "2026-11-22T09:00:00Z ", "0000-01-01T00:00:00Z", "2026-11-22T09:00:00.Z", "+026-11-22T09:00:00Z",
  ])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(Timestamp.parse(rfc3339: text) == nil)
  }

  @Test func civilTimeGoesThereAndBackOverFourCenturies() {
    for day in stride(from: -150_000, to: 150_000, by: 97) {
      let time = Timestamp(seconds: Int64(day) * 86_400 + 4_711)
      #expect(Timestamp(time.civil()) == time)
    }
  }
}
