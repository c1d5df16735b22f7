public import ParleyEnvelope
import SwiftProtobuf

extension Event.Body {
  /// Decodes a body. Kinds, versions and bytes that this version cannot read become `unknown`: an event from a
  /// newer writer is kept and passed on, never refused.
  public init(kind: EventKind, version: UInt16, bytes: [UInt8]) {
    self.init(kind: kind, version: version, bytes: bytes, upcasters: .all)
  }

  package init(kind: EventKind, version: UInt16, bytes: [UInt8], upcasters: Upcasters) {
    if let type = Self.payloadType(of: kind), let current = upcasters.upcast(bytes, of: kind, from: version),
      let payload = try? Self.decode(type, from: current)
    {
      self.init(payload)
    } else {
      self = .unknown(kind, bytes)
    }
  }

  private static func decode<Payload: EventPayload>(_ type: Payload.Type, from bytes: [UInt8]) throws
    -> Payload
  {
    try Payload(serializedBytes: bytes)
  }

  /// The bytes to store: fields in the order of their numbers, unknown ones after them. Equal bodies made by one
  /// version of the schemas give equal bytes.
  public var bytes: [UInt8] {
    if case .unknown(_, let bytes) = self { return bytes }
    guard let payload, let bytes: [UInt8] = try? payload.serializedBytes() else {
      preconditionFailure("Event.Body.bytes: a proto3 message without Any fields can always be encoded")
    }
    return bytes
  }

  /// The schema version in which `bytes` writes this kind.
  public var version: UInt16 { Upcasters.all.currentVersion(of: kind) }
}
