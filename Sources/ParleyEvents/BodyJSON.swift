import Foundation
import ParleyEnvelope
import SwiftProtobuf
import Synchronization

/// The members of a line that belong to the kind: protobuf JSON of the body, but ids and digests as hexadecimal
/// digits instead of base64, and identities as their text instead of an object.
package enum BodyJSON {
  /// The members whose values are bytes. No member of another type has one of these names: a test holds the schemas
  /// to that.
  package static let hexMembers: Set<String> = [
    "causedBy", "supersedes", "sourceDigest", "rawDigest", "digest", "eventId", "eventIds", "linkId",
    "conversationId", "newerConversationId", "streamId", "streamIds", "undone", "redactedFormOf",
    "transcriptOf",
    "handoffId", "caseId", "briefDigest", "inputDigest", "exportDigest", "rootHash",
  ]

  /// The members whose values are identities, likewise.
  package static let identityMembers: Set<String> = ["identity", "recipient", "person", "memberOf"]

  // MARK: - Out

  /// A body's members that are not at their defaults, in the order of their numbers.
  static func members(of body: Event.Body) -> [JSONMember] {
    if let text = body.onlyText { return [JSONMember("parts", .plainPart(text))] }
    var (body, texts) = (body, PartTexts())
    texts.take(from: &body)
    guard let payload = body.payload else { return [] }
    var members = members(of: payload)
    texts.put(into: &members)
    return members
  }

  private static func members(of payload: some EventPayload) -> [JSONMember] {
    var options = JSONEncodingOptions()
    options.alwaysPrintInt64sAsNumbers = true
    guard let bytes: [UInt8] = try? payload.jsonUTF8Bytes(options: options),
      let members = (try? JSONParser.parse(bytes))?.members
    else { return [] }
    return members.map { JSONMember($0.name, fromProtobuf($0.value, name: $0.name)) }
  }

  private static func fromProtobuf(_ value: JSONValue, name: String) -> JSONValue {
    switch value {
    case .array(let values): return .array(values.map { fromProtobuf($0, name: name) })
    case .string(let text) where hexMembers.contains(name):
      return Data(base64Encoded: text).map { .string(hexString($0)) } ?? value
    case .object(let members):
      if identityMembers.contains(name), let text = identityText(members) { return .string(text) }
      return .object(members.map { JSONMember($0.name, fromProtobuf($0.value, name: $0.name)) })
    default: return value
    }
  }

  /// An identity's text, when reading it gives the same identity again.
  private static func identityText(_ members: [JSONMember]) -> String? {
    var fields: [String: String] = [:]
    for member in members { fields[member.name] = member.value.string }
    guard fields.count == members.count, let name = fields["kind"], let kind = IdentityKind(name: name) else {
      return nil
    }
    let stored = Identity(storedKind: kind, scope: fields["scope"] ?? "", value: fields["value"] ?? "")
    return (try? Identity(parsing: stored.description)) == stored ? stored.description : nil
  }

  // MARK: - In

  /// A body from its members. Throws `invalidMember`, naming the first that is not what its field takes.
  static func body(of kind: EventKind, _ members: [JSONMember]) throws(EventError) -> Event.Body {
    guard let type = Event.Body.payloadType(of: kind) else { throw .unbuilt(kind) }
    if members.count == 1, members[0].name == "parts", let text = members[0].value.onlyText,
      let body = Event.Body(kind, text: text)
    {
      return body
    }
    var (members, texts) = (members, PartTexts())
    if EventJSON.kindsWithText.contains(kind) { texts.take(from: &members) }
    var converted: [JSONMember] = []
    for member in members {
      converted.append(JSONMember(member.name, try toProtobuf(member.value, name: member.name)))
    }
    if var body = decode(type, converted) {
      texts.put(into: &body)
      return body
    }
    let wrong = converted.first { decode(type, [$0]) == nil }
    throw refusal(of: wrong ?? JSONMember("kind", .null), type)
  }

  static func decode<Payload: EventPayload>(
    _ type: Payload.Type, _ members: [JSONMember]
  ) -> Event.Body? {
    (try? Payload(jsonUTF8Bytes: JSONValue.object(members).bytes)).map { Event.Body($0) }
  }

  static let timeExpected =
    "expected a time with its offset from UTC (RFC 3339), as in 2026-11-22T09:00:00+01:00"
  static let idExpected = "expected an id of 32 hexadecimal digits or a digest of 64"

  static func toProtobuf(_ value: JSONValue, name: String) throws(EventError) -> JSONValue {
    switch value {
    case .array(let values):
      var converted: [JSONValue] = []
      for value in values { converted.append(try toProtobuf(value, name: name)) }
      return .array(converted)
    case .object(let members):
      var converted: [JSONMember] = []
      for member in members {
        converted.append(JSONMember(member.name, try toProtobuf(member.value, name: member.name)))
      }
      return .object(converted)
    case .string(let text) where hexMembers.contains(name):
      guard let bytes = hexBytes(text), bytes.count == 16 || bytes.count == 32 else {
        throw .member(name, idExpected)
      }
      return .string(Data(bytes).base64EncodedString())
    case .string(let text) where identityMembers.contains(name):
      return identityObject(
        try EventError.inMember(name) { () throws(EventError) in try Identity(parsing: text) })
    default: return value
    }
  }

  private static func identityObject(_ identity: Identity) -> JSONValue {
    var members = [JSONMember("kind", .string(identity.kind.name))]
    if !identity.scope.isEmpty { members.append(JSONMember("scope", .string(identity.scope))) }
    return .object(members + [JSONMember("value", .string(identity.value))])
  }

  /// Bytes from an even number of hexadecimal digits.
  static func hexBytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap { hexDigitValue($0) }
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  // MARK: - Names

  /// Whether a kind's body has a member of that name.
  static func hasMember(_ name: String, _ kind: EventKind) -> Bool {
    guard let type = Event.Body.payloadType(of: kind), isPlainName(name) else { return false }
    if knownMembers.withLock({ $0[kind]?.contains(name) == true }) { return true }
    guard decode(type, [JSONMember(name, .null)]) != nil else { return false }
    knownMembers.withLock { _ = $0[kind, default: []].insert(name) }
    return true
  }

  /// Names that were found to be members: as many as the schemas have, whatever comes in. swift-protobuf tells no
  /// names, only whether it takes one.
  private static let knownMembers = Mutex<[EventKind: Set<String>]>([:])

  /// Field names in their JSON form; swift-protobuf would also take the form with underscores.
  private static func isPlainName(_ name: String) -> Bool {
    name.utf8.count <= 64
      && name.utf8.allSatisfy { byte in
        (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
      }
  }
}

extension EventError {
  static func member(_ name: String, _ message: String) -> EventError {
    EventError(.invalidMember, "member `\(name)`: \(message)")
  }

  /// Puts the member's name before the message of whatever `read` throws.
  static func inMember<Value>(
    _ name: String, _ read: () throws(EventError) -> Value
  ) throws(EventError) -> Value {
    do { return try read() } catch { throw EventError(error.code, "member `\(name)`: \(error.message)") }
  }

  static func unbuilt(_ kind: EventKind) -> EventError {
    EventError(
      .unknownKind,
      "this version does not take \(kind.name) yet: it has no schema for it, and takes such an event only as it "
        + "was exported, with its `bodyBytes`")
  }
}
