public import ParleyEnvelope
import Synchronization

/// One recorded fact: its place in the log, its envelope and its body.
///
/// The body's bytes are kept as they are stored; passing an event on never encodes them again, so that what a
/// newer writer added survives. The body is decoded when it is first asked for: whoever looks for some events among
/// many does not pay for the others.
public struct Event: Sendable {
  /// Where it stands in the log.
  public var position: Position
  /// The fixed fields: times, kind, channel and keyed ids, nothing readable about people.
  public var envelope: Envelope
  private let content: EventContent

  /// An event as read from the log. A body that cannot be decoded becomes `Body.unknown`.
  public init(position: Position, envelope: Envelope, bodyBytes: [UInt8]) {
    self.position = position
    self.envelope = envelope
    content = EventContent(kind: envelope.kind, version: envelope.bodyVersion, bytes: bodyBytes)
  }

  /// An event whose body can't be read.
  init(unreadableAt position: Position, envelope: Envelope) {
    self.position = position
    self.envelope = envelope
    content = EventContent(unreadable: envelope.kind)
  }

  /// What it says.
  public var body: Body { content.body }
  /// The body as stored.
  public var bodyBytes: [UInt8] { content.bytes }
  /// The event's id.
  public var id: EventID { envelope.event }
  /// What the event is a fact about.
  public var kind: EventKind { envelope.kind }
}

extension Event: Hashable {
  /// Equal bytes are equal bodies.
  public static func == (left: Event, right: Event) -> Bool {
    left.position == right.position && left.envelope == right.envelope && left.bodyBytes == right.bodyBytes
  }

  /// By place and envelope, which are seldom equal where the bodies are not.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(position)
    hasher.combine(envelope)
  }
}

/// A body's bytes and, once somebody asked, what they say: decoded once for all copies of an event.
private final class EventContent: Sendable {
  let bytes: [UInt8]
  private let kind: EventKind
  private let version: UInt16
  private let decoded: Mutex<Event.Body?>

  init(kind: EventKind, version: UInt16, bytes: [UInt8]) {
    self.kind = kind
    self.version = version
    self.bytes = bytes
    decoded = Mutex(nil)
  }

  init(unreadable kind: EventKind) {
    self.kind = kind
    version = 0
    bytes = []
    decoded = Mutex(.unknown(kind, []))
  }

  var body: Event.Body {
    if let body = decoded.withLock({ $0 }) { return body }
    let body = Event.Body(kind: kind, version: version, bytes: bytes)
    decoded.withLock { $0 = body }
    return body
  }
}
