package import ParleyEnvelope

/// A stored event: where it stands, its envelope and its opaque body.
package struct LogRecord: Sendable {
  package var position: Position
  package var envelope: Envelope
  package var body: [UInt8]

  package init(position: Position, envelope: Envelope, body: [UInt8]) {
    self.position = position
    self.envelope = envelope
    self.body = body
  }
}

/// What reading one position gives.
package enum ReadResult: Sendable {
  case record(LogRecord)
  /// The event can't be read whole; every other one can.
  case damaged(Damage)
}
