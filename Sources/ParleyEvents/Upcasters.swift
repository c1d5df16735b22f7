package import ParleyEnvelope

/// Steps that turn a body of an old schema version into one of the next version, in memory: stored bytes are never
/// changed. A kind's current version is 1 plus the number of its steps.
package struct Upcasters: Sendable {
  /// Turns the bytes of one version into those of the next; nil when they are not what the version says.
  package typealias Step = @Sendable ([UInt8]) -> [UInt8]?

  private let steps: [EventKind: [Step]]

  /// Steps by kind, the one from version 1 first.
  package init(_ steps: [EventKind: [Step]]) { self.steps = steps }

  /// The steps of this version of the schemas. None so far: every kind is at version 1.
  package static let all = Upcasters([:])

  /// The version that a kind is written in.
  package func currentVersion(of kind: EventKind) -> UInt16 { UInt16(1 + (steps[kind]?.count ?? 0)) }

  /// The bytes in the kind's current version; nil when they are of a newer version, or not what theirs says.
  package func upcast(_ bytes: [UInt8], of kind: EventKind, from version: UInt16) -> [UInt8]? {
    guard version >= 1, version <= currentVersion(of: kind) else { return nil }
    var bytes = bytes
    for step in steps[kind]?.dropFirst(Int(version) - 1) ?? [] {
      guard let next = step(bytes) else { return nil }
      bytes = next
    }
    return bytes
  }
}
