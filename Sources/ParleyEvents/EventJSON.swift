import ParleyEnvelope

/// Events as lines of JSON: what people type and programs pipe. `Schemas/json-lines.md` has the members.
///
/// The shortest line of a message:
/// `{"kind":"message.sent","from":"email:ana@example.com","conversation":"webchat/c-991","text":"Hello"}`
public enum EventJSON {
  /// The longest line, in bytes, without its line end.
  public static let lineBytesMax = 4 << 20
  /// The deepest nesting of arrays and objects in a line.
  public static let depthMax = JSONParser.depthMax

  /// The most members of a line: a body could not hold more.
  public static let membersMax = NewEvent.partsMax

  /// What an exported line holds.
  public enum Style: Sendable {
    /// Whatever it takes to import the line and have the same event again: the body's bytes too, where the members
    /// would not give them.
    case exact
    /// What can be read, and no bytes.
    case readable
  }

  /// The members of a line that belong to the envelope. Every other member is the kind's own, or unknown.
  package static let lineMembers: Set<String> = [
    "kind", "version", "channel", "from", "by", "to", "cc", "bcc", "replyTo", "present", "customer",
    "conversation", "conversationAccount", "account", "case", "touchpoint", "id", "revision", "sourceDigest",
    "rawDigest", "at", "utcOffset", "precision", "direction", "visibility", "actorKind", "flags", "order",
    "presented", "answers", "event", "position", "recordedAt", "ids", "text", "bodyBytes",
  ]

  /// Which member lists recipients of a role, in the order in which they are written.
  static let recipientMembers: [(name: String, role: Participant.Role)] = [
    ("to", .to), ("cc", .cc), ("bcc", .bcc), ("replyTo", .replyTo), ("present", .present),
  ]

  /// Names of the flags by bit.
  static let flagNames = ["automated", "late", "imported", "proactive"]

  /// The kinds whose body has parts, so that a line may say `text` for a single plain one.
  static let kindsWithText: Set<EventKind> = [.messageSent, .messageEdited, .socialPosted, .noteAdded]

  /// An event from a line.
  ///
  /// Throws `EventError` saying where in the line (byte or member), what was found and what was expected; never the
  /// line's own words.
  public static func parse(_ line: String) throws(EventError) -> NewEvent { try parse(Array(line.utf8)) }

  /// An event from a line's bytes, without or with its line end.
  public static func parse(_ line: [UInt8]) throws(EventError) -> NewEvent {
    guard line.count <= lineBytesMax else {
      throw EventError(
        .lineTooLong,
        "a line has \(line.count) bytes, at most \(lineBytesMax) are read; keep large parts as blobs")
    }
    let start = line.firstIndex { !JSONParser.isSpace($0) } ?? line.count
    guard start < line.count, line[start] == UInt8(ascii: "{"),
      let members = try JSONParser.parse(line).members
    else {
      throw EventError(
        .invalidJSON,
        "byte \(start + 1): expected {, as a line is one event between { and }"
          + (start == line.count ? ", found the end" : ""))
    }
    guard members.count <= membersMax else {
      throw EventError(
        .tooManyParts,
        "a line has \(members.count) members, at most \(membersMax) are read; group them in objects")
    }
    var reader = EventLineReader(members)
    return try reader.event()
  }

  /// The line of an event that was read from a log, without line end.
  public static func line(_ event: Event, names: some EventNames, style: Style = .exact) -> String {
    let passedOn = NewEvent(asStored: event, names: names)
    let recorded = [
      JSONMember("position", .number(String(event.position.rawValue))),
      JSONMember("recordedAt", .string(event.envelope.recordedAt.rfc3339())),
    ]
    return line(passedOn, bytes: event.bodyBytes, recorded: recorded, style: style)
  }

  /// The line of an event that is to be appended, without line end.
  public static func line(_ event: NewEvent, style: Style = .exact) -> String {
    line(event, bytes: event.bodyBytes, recorded: [], style: style)
  }

  private static func line(
    _ event: NewEvent, bytes: [UInt8], recorded: [JSONMember], style: Style
  ) -> String {
    var line = EventLineWriter(event).members(recorded: recorded)
    if style == .exact, !gives(bytes, version: event.bodyVersion, line) {
      line.append(JSONMember("bodyBytes", .string(base64(bytes))))
    }
    return String(decoding: JSONValue.object(line).bytes, as: UTF8.self)
  }

  /// Whether reading the members gives these bytes. Asked of every line, because the promise is that a line which
  /// is imported again gives the stored bytes, whatever the mapping to JSON loses.
  private static func gives(_ bytes: [UInt8], version: UInt16, _ members: [JSONMember]) -> Bool {
    var reader = EventLineReader(members, drawnID: EventID.none)
    guard let event = try? reader.event() else { return false }
    return event.bodyVersion == version && event.bodyBytes == bytes
  }
}
