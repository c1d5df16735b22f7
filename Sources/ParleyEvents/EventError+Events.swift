extension EventError.Code {
  /// A system, account, thread, item, case or touchpoint is not named as it must be.
  public static let invalidKey = Self(rawValue: "invalid_key")
  /// A name that a key is made of is too long.
  public static let keyTooLong = Self(rawValue: "key_too_long")
  /// An actor's text is none.
  public static let invalidActor = Self(rawValue: "invalid_actor")
  /// A body is over `NewEvent.bodyBytesMax`.
  public static let bodyTooLarge = Self(rawValue: "body_too_large")
  /// A body has more than `NewEvent.partsMax` parts.
  public static let tooManyParts = Self(rawValue: "too_many_parts")
  /// A body's bytes are no protobuf message.
  public static let invalidBody = Self(rawValue: "invalid_body")
  /// A time lies outside the years 0001 to 9999.
  public static let timeOutOfRange = Self(rawValue: "time_out_of_range")
  /// An event has more recipients than `NewEvent.recipientsMax`.
  public static let tooManyRecipients = Self(rawValue: "too_many_recipients")
  /// An event presents more identities than `NewEvent.presentedMax`.
  public static let tooManyPresented = Self(rawValue: "too_many_presented")
}

// MARK: - JSON lines

extension EventError.Code {
  /// A line is no JSON text.
  public static let invalidJSON = Self(rawValue: "invalid_json")
  /// A line gives a member twice in one object.
  public static let duplicateMember = Self(rawValue: "duplicate_member")
  /// A line is nested deeper than `EventJSON.depthMax`.
  public static let jsonTooDeep = Self(rawValue: "json_too_deep")
  /// A line is longer than `EventJSON.lineBytesMax`.
  public static let lineTooLong = Self(rawValue: "line_too_long")
  /// A member that must be there is missing.
  public static let missingMember = Self(rawValue: "missing_member")
  /// A member's value is not what it takes, or it contradicts another member.
  public static let invalidMember = Self(rawValue: "invalid_member")
  /// A line holds an event's envelope alone: nothing that could be stored.
  public static let envelopeOnly = Self(rawValue: "envelope_only")
  /// A kind has no name, or this version has no schema for it.
  public static let unknownKind = Self(rawValue: "unknown_kind")
}
