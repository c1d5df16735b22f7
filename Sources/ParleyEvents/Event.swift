public import ParleyEnvelope

/// One recorded fact: its place in the log, its envelope and its body.
///
/// The body's bytes are kept as they are stored; passing an event on never encodes them again, so that what a
/// newer writer added survives.
public struct Event: Hashable, Sendable {
  /// Where it stands in the log.
  public var position: Position
  /// The fixed fields: times, kind, channel and keyed ids, nothing readable about people.
  public var envelope: Envelope
  /// What it says.
  public var body: Body
  /// The body as stored.
  public var bodyBytes: [UInt8]

  /// An event as read from the log. Decodes the body; what cannot be decoded becomes `Body.unknown`.
  public init(position: Position, envelope: Envelope, bodyBytes: [UInt8]) {
    self.position = position
    self.envelope = envelope
    self.bodyBytes = bodyBytes
    body = Body(kind: envelope.kind, version: envelope.bodyVersion, bytes: bodyBytes)
  }

  /// The event's id.
  public var id: EventID { envelope.event }
  /// What the event is a fact about.
  public var kind: EventKind { envelope.kind }
}
