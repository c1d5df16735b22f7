import ParleyEnvelope
import ParleyEvents
import Testing

@Suite struct EffectiveTimeTests {
  private func time(_ text: String) -> Timestamp { TimelineStory.time(text) }

  private func effective(
    _ occurred: String, _ precision: TimePrecision = .second, offset: UTCOffset = .utc,
    recorded: String = "2026-11-22T12:00:00Z"
  ) -> EffectiveTime {
    EffectiveTime(
      occurredAt: time(occurred), precision: precision, offset: offset, recordedAt: time(recorded))
  }

  @Test func theSourcesTimeIsBelievedUpToADayAhead() {
    let most = effective("2026-11-23T12:00:00Z")
    #expect(most.basis == .occurred)
    #expect(most.time == time("2026-11-23T12:00:00Z"))
    let more = effective("2026-11-23T12:00:00.000001Z", .microsecond)
    #expect(more.basis == .recordedForFuture)
    #expect(more.time == time("2026-11-22T12:00:00Z"))
  }

  @Test func anUnknownTimeIsThatOfRecording() {
    let unknown = effective("1970-01-01T00:00:00Z", .unknown)
    #expect(unknown.basis == .recordedForUnknown)
    #expect(unknown.time == time("2026-11-22T12:00:00Z"))
  }

  @Test func aTimeLongAgoIsBelieved() {
    #expect(effective("0102-03-04T05:06:07Z").basis == .occurred)
  }

  @Test(arguments: [
    (TimePrecision.second, "2024-02-10T09:08:07.999999Z"), (.minute, "2024-02-10T09:08:59.999999Z"),
    (.hour, "2024-02-10T09:59:59.999999Z"), (.day, "2024-02-10T23:59:59.999999Z"),
    (.month, "2024-02-29T23:59:59.999999Z"), (.year, "2024-12-31T23:59:59.999999Z"),
    (.microsecond, "2024-02-10T09:08:07Z"), (.estimated, "2024-02-10T09:08:07Z"),
    (.unspecified, "2024-02-10T09:08:07Z"),
  ])
  func aCoarseTimeEndsWithItsSpan(precision: TimePrecision, end: String) {
    #expect(effective("2024-02-10T09:08:07Z", precision).spanEnd == time(end))
  }

  @Test func aDayEndsWhereTheSourceIs() {
    let east = effective("2024-02-10T09:00:00Z", .day, offset: UTCOffset(minutes: 120)!)
    #expect(east.spanEnd == time("2024-02-10T21:59:59.999999Z"))
    let december = effective("2024-12-31T23:30:00Z", .month, offset: UTCOffset(minutes: 60)!)
    #expect(december.spanEnd == time("2025-01-31T22:59:59.999999Z"))
  }

  @Test func theFirstAndLastTimesHaveSpans() {
    for text in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
      for precision in 0...10 as ClosedRange<UInt8> {
        let time = EffectiveTime(
          occurredAt: time(text), precision: TimePrecision(rawValue: precision), offset: .utc,
          recordedAt: .latest)
        #expect(time.spanEnd >= time.time)
      }
    }
  }

  @Test func ofSpansThatEndTogetherTheFinerComesFirst() {
    let minute = effective("2024-02-10T23:59:00Z", .minute).order
    let day = effective("2024-02-10T00:00:00Z", .day).order
    let exact = effective("2024-02-10T23:59:59.999999Z", .microsecond).order
    #expect(exact < minute)
    #expect(minute < day)
    #expect(day < effective("2024-02-11T00:00:00Z").order)
  }
}
