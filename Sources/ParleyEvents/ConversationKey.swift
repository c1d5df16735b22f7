public import ParleyEnvelope
public import ParleySchemas
import SwiftProtobuf

/// A thread in the system it lives in. Its conversation's id is a keyed hash of system, account and thread; the
/// channel is what the conversation is held through and no part of the id.
public struct ConversationKey: Hashable, Sendable {
  /// The medium.
  public var channel: Channel
  /// The system: `webchat`, `email`, `asterisk`. No slash.
  public var system: String
  /// The account, workspace or mailbox, where threads are unique only within one; else empty.
  public var account: String
  /// The system's id of the thread.
  public var thread: String

  /// A conversation from its parts: `ConversationKey(.chat, "webchat", thread: "c-991")`.
  public init(_ channel: Channel, _ system: String, account: String = "", thread: String) {
    self.channel = channel
    self.system = system
    self.account = account
    self.thread = thread
  }

  /// A conversation from its text form, `SYSTEM/THREAD`, parted at the first slash.
  public init(
    parsing text: some StringProtocol, account: String = "", channel: Channel = .unspecified
  ) throws(EventError) {
    guard let (system, thread) = KeyLimits.split(text) else {
      throw EventError(.invalidKey, "a conversation is not of the form SYSTEM/THREAD, as in webchat/c-991")
    }
    self.init(channel, system, account: account, thread: thread)
    try validate()
  }

  package func validate() throws(EventError) {
    try KeyLimits.check(system: system)
    guard !thread.isEmpty else { throw EventError(.invalidKey, "a conversation's thread is empty; name it") }
    try KeyLimits.check(account, what: "a conversation's account")
    try KeyLimits.check(thread, what: "a conversation's thread")
  }

  /// What the store hashes to make the conversation's id.
  package func keyInput() -> [UInt8] {
    KeyInput(purpose: "parley-conversation/v1", [system, account, thread]).bytes
  }
}

extension ConversationKey: CustomStringConvertible {
  /// `SYSTEM/THREAD`.
  public var description: String { "\(system)/\(thread)" }
}

extension ConversationKey {
  /// A key as it stands in a body.
  public init(_ record: ConversationKeyRecord) {
    let channel = Channel(name: record.medium) ?? .unspecified
    self.init(channel, record.system, account: record.account, thread: record.thread)
  }

  /// The key as it stands in a body.
  public var record: ConversationKeyRecord {
    .with {
      $0.medium = channel == .unspecified ? "" : channel.name
      $0.system = system
      $0.account = account
      $0.thread = thread
    }
  }
}
