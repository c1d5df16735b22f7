import ParleyEnvelope
import ParleyImport
import Testing

@Suite struct MailDateTests {
  @Test(arguments: [
    ("Sun, 22 Nov 2026 09:00:00 +0100", "2026-11-22T08:00:00Z"),
    ("22 Nov 2026 09:00 GMT", "2026-11-22T09:00:00Z"),
    ("Thu, 22 Aug 2002 18:26:25 -0500 (CDT)", "2002-08-22T23:26:25Z"),
    ("Mon Sep 17 00:00:00 2001", "2001-09-17T00:00:00Z"),
    ("Tue, 1 Jan 02 10:00:00 PST", "2002-01-01T18:00:00Z"),
    ("Fri, 31 Dec 99 23:59:60 UT", "1999-12-31T23:59:59Z"),
    ("Thu, 1 Jan 102 00:00:00 GMT", "2002-01-01T00:00:00Z"),
    ("22-Nov-2026 09:00:00 +01:00", "2026-11-22T08:00:00Z"),
    ("2026-11-22T09:00:00+01:00", "2026-11-22T08:00:00Z"),
    ("2026-11-22 09:00:00", "2026-11-22T09:00:00Z"),
    ("Sun, 22 Nov 2026 09:00:00 PM +0000", "2026-11-22T21:00:00Z"),
    ("Sun,22 Nov 2026\t09:00:00+0000", "2026-11-22T09:00:00Z"),
  ])
  func datesOfTheFieldAreRead(text: String, expected: String) throws {
    let date = try #require(MailDate(text))
    #expect(date.time.rfc3339() == expected)
  }

  @Test(arguments: [
    "", "yesterday", "Sun, 22 Nov 2026", "32 Nov 2026 09:00:00 +0000", "29 Feb 2026 09:00:00 +0000",
    "22 Nov 2026 24:00:00 +0000", "22 Nov 09:00:00", "22 Nov 99999 09:00:00 +0000", "11:22:33:44 1 Jan 2026",
  ])
  func whatIsNoDateIsRefused(text: String) {
    #expect(MailDate(text) == nil)
  }

  @Test(arguments: [
    ("1 Jan 2026 00:00:00 +0530", 330), ("1 Jan 2026 00:00:00 -0330", -210),
    ("1 Jan 2026 00:00:00 EST", -300),
  ])
  func offsetsAreKept(text: String, minutes: Int) throws {
    #expect(try #require(MailDate(text)).offset.minutes == minutes)
  }

  @Test(arguments: ["1 Jan 2026 00:00:00 -0000", "1 Jan 2026 00:00:00", "1 Jan 2026 00:00:00 XYZ"])
  func anUnknownZoneIsNoZone(text: String) throws {
    #expect(try #require(MailDate(text)).offset == .unknown)
  }

  @Test func withoutSecondsTheMinuteIsKnown() throws {
    #expect(try #require(MailDate("1 Jan 2026 00:01 +0000")).precision == .minute)
  }
}

@Suite struct MailTimeTests {
  static let now = Timestamp.parse(rfc3339: "2026-11-22T12:00:00Z")!.time
  static let received = Timestamp.parse(rfc3339: "2026-11-01T12:00:00Z")!.time
  static let week = MailTime.receivedDistanceMax

  func time(_ date: Timestamp?, received: Timestamp?, file: Timestamp? = nil) -> MailTime {
    let date = date.map { MailDate($0.rfc3339())! }
    return MailTime(
      stated: "as stated", date: date, received: received.map { [$0] } ?? [], file: file, now: Self.now)
  }

  @Test func aDateSevenDaysFromReceivedIsBelievedAndOneSecondMoreIsNot() {
    let edge = Self.received + Self.week
    #expect(time(edge, received: Self.received).time == edge)
    #expect(time(edge, received: Self.received).stated == nil)
    let over = time(edge + 1_000_000, received: Self.received)
    #expect(over.time == Self.received)
    #expect(over.precision == .estimated)
    #expect(over.stated == "as stated")
    #expect(time(Self.received + -Self.week, received: Self.received).precision == .second)
    #expect(time(Self.received + -(Self.week + 1_000_000), received: Self.received).precision == .estimated)
  }

  @Test func oneServerNearTheDateIsEnoughAndTheLastOneMakesTheEstimate() {
    let late = Self.received + 2 * Self.week
    let date = MailDate(Self.received.rfc3339())
    let both = MailTime(stated: "x", date: date, received: [late, Self.received], file: nil, now: Self.now)
    #expect(both.time == Self.received)
    let neither = MailTime(stated: "x", date: nil, received: [late, Self.received], file: nil, now: Self.now)
    #expect(neither.time == late)
  }

  @Test func withoutReceivedADateIsBelievedFrom1990UntilTomorrow() {
    #expect(time(MailTime.earliestBelieved, received: nil).precision == .second)
    #expect(time(MailTime.earliestBelieved + -1_000_000, received: nil).precision == .unknown)
    #expect(time(Self.now + MailTime.futureMax, received: nil).precision == .second)
    #expect(time(Self.now + (MailTime.futureMax + 1_000_000), received: nil).precision == .unknown)
  }

  @Test func theEstimateIsReceivedThenTheFileThenThePresent() {
    let file = Self.received + 5_000_000
    #expect(time(nil, received: Self.received, file: file).time == Self.received)
    #expect(time(nil, received: nil, file: file).time == file)
    #expect(time(nil, received: nil, file: file).precision == .estimated)
    #expect(time(nil, received: nil).time == Self.now)
    #expect(time(nil, received: nil).precision == .unknown)
  }
}
