import Foundation
public import ParleySchemas
import SwiftProtobuf

/// The item in another system that an event was made from. Its first four parts name the item for ever: the same
/// item appended again is known by them.
public struct SourceKey: Hashable, Sendable {
  /// The system that had it: `email`, `webchat`, `asterisk`. No slash.
  public var system: String
  /// The account, workspace or mailbox, where native ids are unique only within one; else empty.
  public var account: String
  /// The system's id of the item.
  public var nativeID: String
  /// The item's revision, for systems that change items under one id, or use an id twice; else empty.
  public var revision: String
  /// SHA-256 over the item's content, 32 bytes, or empty: what "the same content" means when the item comes again.
  public var digest: [UInt8]
  /// SHA-256 over the item's bytes as they came, 32 bytes, or empty.
  public var rawDigest: [UInt8]

  /// A source item from its parts.
  public init(
    system: String, account: String = "", nativeID: String, revision: String = "", digest: [UInt8] = [],
    rawDigest: [UInt8] = []
  ) {
    self.system = system
    self.account = account
    self.nativeID = nativeID
    self.revision = revision
    self.digest = digest
    self.rawDigest = rawDigest
  }

  package func validate() throws(EventError) {
    try KeyLimits.check(system: system)
    guard !nativeID.isEmpty else {
      throw EventError(.invalidKey, "a source's native id is empty; leave it out")
    }
    try KeyLimits.check(account, what: "a source's account")
    try KeyLimits.check(nativeID, what: "a source's native id")
    try KeyLimits.check(revision, what: "a source's revision")
    for digest in [digest, rawDigest] where !digest.isEmpty && digest.count != 32 {
      throw EventError(.invalidKey, "a digest has \(digest.count) bytes; a SHA-256 has 32")
    }
  }

  /// What the store hashes to make the event's id.
  package func keyInput() -> [UInt8] {
    KeyInput(purpose: "parley-event/v1", [system, account, nativeID, revision]).bytes
  }
}

extension SourceKey {
  /// The source named in a body; nil when it names no item.
  public init?(_ record: SourceRecord) {
    guard !record.system.isEmpty, !record.nativeID.isEmpty else { return nil }
    self.init(
      system: record.system, account: record.account, nativeID: record.nativeID,
      revision: record.nativeRevision, digest: [UInt8](record.sourceDigest),
      rawDigest: [UInt8](record.rawDigest))
  }

  /// The source as it stands in a body.
  public var record: SourceRecord {
    .with {
      $0.system = system
      $0.account = account
      $0.nativeID = nativeID
      $0.nativeRevision = revision
      $0.sourceDigest = Data(digest)
      $0.rawDigest = Data(rawDigest)
    }
  }
}
