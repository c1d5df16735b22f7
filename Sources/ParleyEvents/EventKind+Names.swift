public import ParleyEnvelope

extension EventKind {
  /// A family of kinds and its kinds in the order of their numbers, which are 100 × the family's place + the
  /// kind's place, both from 1. Only ever appended to: a place is a number on disk.
  private static let families: [(name: String, kinds: [String])] = [
    (
      "identity",
      [
        "observed", "linked", "suggested", "refused", "separated", "shared", "reassigned", "involved",
        "affiliated", "attribution_corrected",
      ]
    ),
    ("conversation", ["opened", "status_changed", "related", "participant_changed", "classified"]),
    ("message", ["sent", "edited", "retracted", "delivery_updated"]),
    ("media", ["stored"]),
    ("call", ["started", "leg_changed", "transferred", "recording_changed", "ended"]),
    ("social", ["posted", "engagement_changed"]),
    (
      "case",
      [
        "opened", "conversation_added", "conversation_removed", "changed", "reopened", "merged", "split",
      ]
    ),
    (
      "work",
      [
        "queued", "offered", "assigned", "unassigned", "abandoned", "started", "paused", "resumed",
        "ended", "wrapped", "attempt_recorded", "fact_stated", "question_asked", "asked_again",
      ]
    ),
    ("handoff", ["requested", "settled", "brief_given", "context_read"]),
    ("service_level", ["clock_changed"]),
    ("policy", ["recorded"]),
    (
      "people",
      [
        "agent_observed", "team_observed", "queue_observed", "touchpoint_observed", "membership_changed",
      ]
    ),
    ("bot", ["turn", "disclosed", "human_requested", "action_performed"]),
    ("survey", ["sent", "answered", "declined", "expired"]),
    ("feedback", ["given", "closed"]),
    ("problem", ["opened", "evidence_added", "changed", "announced"]),
    ("commitment", ["made", "changed"]),
    ("knowledge", ["article_published", "article_changed", "article_retired", "used", "gap_reported"]),
    ("outreach", ["planned", "sent", "suppressed", "responded", "gesture_given"]),
    (
      "relationship",
      [
        "stage_changed", "agreement_changed", "transaction_recorded", "referral_made", "loyalty_changed",
        "signal_observed", "health_assessed", "goal_set", "goal_progressed", "goal_reached",
      ]
    ),
    ("note", ["added"]),
    ("analysis", ["recorded"]),
    (
      "privacy",
      [
        "consent_changed", "request_received", "request_extended", "request_answered", "restricted",
        "unrestricted", "content_redacted", "erasure_requested", "erasure_deferred", "erasure_completed",
        "hold_placed", "hold_released", "disclosed",
      ]
    ),
    (
      "record",
      [
        "import", "export", "verification", "access", "retention_run", "checkpoint", "key_changed",
        "restored",
      ]
    ),
  ]

  private static let namesByNumber: [UInt16: String] = {
    var names: [UInt16: String] = [:]
    for (place, family) in families.enumerated() {
      for (index, kind) in family.kinds.enumerated() {
        names[UInt16((place + 1) * 100 + index + 1)] = "\(family.name).\(kind)"
      }
    }
    return names
  }()

  private static let numbersByName = Dictionary(
    uniqueKeysWithValues: namesByNumber.map { ($0.value, $0.key) })

  /// The kind with a name as `name` gives it, `kind-N` included; nil for another string.
  public init?(name: some StringProtocol) {
    if let number = Self.numbersByName[String(name)] {
      self.init(rawValue: number)
    } else if name.hasPrefix("kind-"), let number = UInt16(name.dropFirst(5)),
      Self.namesByNumber[number] == nil, name.dropFirst(5) == String(number)
    {
      self.init(rawValue: number)
    } else {
      return nil
    }
  }

  /// The kind's name in JSON and on the command line, `family.name`; `kind-N` for a number this version has no
  /// name for.
  public var name: String { Self.namesByNumber[rawValue] ?? "kind-\(rawValue)" }

  /// Whether this version has a name for the number.
  public var isNamed: Bool { Self.namesByNumber[rawValue] != nil }

  /// Every kind that has a name, by number.
  public static let named: [EventKind] = namesByNumber.keys.sorted().map(EventKind.init(rawValue:))

  /// The family's number, which is the kind's hundreds.
  public var family: Int { Int(rawValue) / 100 }

  /// Whether it happens in a call that began: only the beginning says which way a call went, what comes later has the
  /// direction of whoever acted.
  package var isWithinCall: Bool { family == EventKind.callStarted.family && self != .callStarted }

  /// The families whose events say who somebody is and what is whose: identity and conversation.
  static let identityFamilies = 1...2
}

extension EventKind: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}
