import ParleySchemas
import SwiftProtobuf

/// A code of the schemas by its word, as `timeline-json.md` and the terminal have it. The words are part of the
/// fold's version, so they stand here and not in generated code.
protocol WordedCode: SwiftProtobuf.Enum {
  /// The words of the known codes, by number; the first one stands for "not stated" and is never shown.
  static var words: [String] { get }
}

extension WordedCode {
  /// The code's word; empty when not stated, `code-N` for one that this version does not know.
  var word: String {
    guard rawValue != 0 else { return "" }
    return Self.words.indices.contains(rawValue) ? Self.words[rawValue] : "code-\(rawValue)"
  }
}

extension Participant.Role: WordedCode {
  static let words = ["", "from", "to", "cc", "bcc", "present", "reply_to"]
}
extension TrustRecord: WordedCode {
  static let words = ["", "claimed", "channel", "verified"]
}
extension Parley_V1_PresentedIdentity.Presenter: WordedCode {
  static let words = ["", "from", "form", "agent", "adapter"]
}
extension LinkEvidence.Basis: WordedCode {
  static let words = [
    "", "login", "signed_token", "one_time_code", "source_statement", "agent", "customer", "handoff",
    "same_contact", "renamed",
  ]
}
extension IdentityRefused.Ground: WordedCode {
  static let words = [
    "", "blocked_value", "too_many", "conflict", "already_followed", "separated", "declined",
  ]
}
extension ConversationStatusChanged.Status: WordedCode {
  static let words = [
    "", "open", "pending_bot", "pending_customer", "pending_internal", "snoozed", "resolved", "closed",
    "spam",
  ]
}
extension ConversationRelated.Relation: WordedCode {
  static let words = ["", "continues", "merged_into", "split_from", "follow_up", "parent", "same_problem"]
}
extension ConversationParticipantChanged.Change: WordedCode {
  static let words = ["", "joined", "left", "invited", "role_changed", "presented_identity"]
}
extension ConversationClassified.Priority: WordedCode {
  static let words = ["", "low", "normal", "high", "urgent"]
}
extension MessageRetracted.Scope: WordedCode {
  static let words = ["", "everyone", "sender_only", "operator"]
}
extension MessageDeliveryUpdated.State: WordedCode {
  static let words = ["", "queued", "sent", "delivered", "read", "failed", "bounced", "expired"]
}
extension MediaStored.Sort: WordedCode {
  static let words = ["", "attachment", "recording", "voicemail", "transcript", "original"]
}
extension CallLegChanged.State: WordedCode {
  static let words = [
    "", "ringing", "answered", "held", "resumed", "muted", "unmuted", "joined", "left", "parked", "voicemail",
    "ivr", "key_pressed",
  ]
}
extension CallTransferred.Manner: WordedCode {
  static let words = ["", "blind", "attended", "conference", "queue"]
}
extension CallRecordingChanged.State: WordedCode {
  static let words = ["", "started", "paused", "resumed", "stopped"]
}
extension CallRecordingChanged.Consent: WordedCode {
  static let words = ["", "given", "refused", "not_asked"]
}
extension CallEnded.Disposition: WordedCode {
  static let words = ["", "answered", "no_answer", "busy", "failed", "voicemail", "abandoned", "canceled"]
}
extension SocialPosted.Audience: WordedCode {
  static let words = ["", "everyone", "followers", "mentioned", "unlisted"]
}
extension SocialEngagementChanged.Act: WordedCode {
  static let words = ["", "like", "emoji", "share", "follow", "report"]
}
extension WorkAttemptRecorded.Outcome: WordedCode {
  static let words = ["", "worked", "failed", "unclear"]
}
extension HandoffRequested.Reason: WordedCode {
  static let words = [
    "", "escalation", "skill", "language", "shift_end", "customer_asked", "bot_low_confidence", "policy",
    "channel_switch", "overload", "function_change",
  ]
}
extension HandoffSettled.Outcome: WordedCode {
  static let words = ["", "accepted", "declined", "timed_out", "canceled", "taken_back"]
}
