package import ParleyEnvelope

/// When a mail happened, as far as its headers can be believed.
package struct MailTime: Hashable, Sendable {
  /// The time in the event.
  package var time: Timestamp
  /// The sender's distance from UTC where its Date was believed.
  package var offset: UTCOffset
  /// `estimated` where the Date was not believed, `unknown` where nothing gave any time.
  package var precision: TimePrecision
  /// The Date field's text where it was not believed; empty where there was none.
  package var stated: String?

  /// A Date further than this from every Received is not believed.
  package static let receivedDistanceMax: Int64 = 7 * 86_400 * 1_000_000
  /// Without Received: how far after the present a Date is still believed.
  package static let futureMax: Int64 = 86_400 * 1_000_000
  /// Without Received: the first time believed, 1990-01-01.
  package static let earliestBelieved = Timestamp(seconds: 631_152_000)
  /// The first time that a Received or a file can have: 1982-08-13, when RFC 821 gave mail its Received.
  package static let earliestReceived = Timestamp(seconds: 398_044_800)

  /// Chooses a mail's time: its Date when believed, else the last server's Received, else the file's time, else
  /// the present with precision `unknown`.
  ///
  /// A Received or a file's time before there was mail, or after tomorrow, is a clock that was wrong: it neither
  /// confirms a Date nor makes an estimate, and the next one is asked.
  ///
  /// A Date is believed when it is near any Received: mail that was sent on or lay somewhere for months has its
  /// Date confirmed by its first servers alone, and mail with forged lines below by its last ones. `received` has
  /// the last server's line first, as headers do; that one is ours and makes the estimate.
  ///
  /// The same clock is not needed for a rerun to agree: a mail that was stored before is recognized by its key.
  package init(
    stated text: String?, date: MailDate?, received: [Timestamp], file: Timestamp?, now: Timestamp
  ) {
    let received = received.filter { Self.isPossible($0, now: now) }
    let file = file.flatMap { Self.isPossible($0, now: now) ? $0 : nil }
    if let date, Self.isBelieved(date.time, received: received, now: now) {
      self.init(time: date.time, offset: date.offset, precision: date.precision, stated: nil)
    } else if let best = received.first ?? file {
      self.init(time: best, offset: .unknown, precision: .estimated, stated: text ?? "")
    } else {
      self.init(time: now, offset: .unknown, precision: .unknown, stated: text ?? "")
    }
  }

  private init(time: Timestamp, offset: UTCOffset, precision: TimePrecision, stated: String?) {
    self.time = time
    self.offset = offset
    self.precision = precision
    self.stated = stated
  }

  private static func isPossible(_ time: Timestamp, now: Timestamp) -> Bool {
    time >= earliestReceived && time - now <= futureMax
  }

  private static func isBelieved(_ time: Timestamp, received: [Timestamp], now: Timestamp) -> Bool {
    if received.isEmpty { return time >= earliestBelieved && time - now <= futureMax }
    return received.contains { abs(time - $0) <= receivedDistanceMax }
  }
}
