import ParleyEnvelope

/// A name in a line that is none of those that may stand in its place.
package enum WrongName {
  /// A code, and the names that its field takes.
  case code(String, names: [String])
  /// A member of an object, and whether one of another name would be taken.
  case member(String, isTaken: (String) -> Bool)
}

extension BodyJSON {
  /// The highest number of a code in the schemas for which a name is looked for: a test holds them to that.
  package static let codeMax = 64

  /// Why a member is not what its field takes, with what may stand there.
  static func refusal<Payload: EventPayload>(of member: JSONMember, _ type: Payload.Type) -> EventError {
    let wrong = WrongValue(type, member)
    return .member(wrong.name, wrong.explanation)
  }

  /// The members that are not what their fields take, as a refusal calls them, where a name in them is wrong.
  static func wrongNames(of kind: EventKind, _ members: [JSONMember]) -> [(member: String, WrongName)] {
    guard let type = Event.Body.payloadType(of: kind) else { return [] }
    return wrongNames(type, members.filter { hasMember($0.name, kind) && $0.value != .null })
  }

  private static func wrongNames<Payload: EventPayload>(
    _ type: Payload.Type, _ members: [JSONMember]
  ) -> [(member: String, WrongName)] {
    members.compactMap { member in
      guard let value = try? toProtobuf(member.value, name: member.name) else { return nil }
      let converted = JSONMember(member.name, value)
      guard decode(type, [converted]) == nil else { return nil }
      let wrong = WrongValue(type, converted)
      return wrong.wrongName.map { (wrong.name, $0) }
    }
  }
}

/// The inmost value of a member that is not what its field takes: found by decoding smaller and smaller pieces.
/// swift-protobuf says of no field what it takes, but takes or refuses a value that is tried.
private struct WrongValue<Payload: EventPayload> {
  /// The member, or the one inside it that is wrong.
  private(set) var name: String
  private var value: JSONValue
  /// The member of an object that its schema does not have.
  private var unknown: String?
  /// Puts another value in the place of this one.
  private var replace: (JSONValue) -> JSONMember

  init(_ type: Payload.Type, _ member: JSONMember) {
    (name, value) = (member.name, member.value)
    replace = { JSONMember(member.name, $0) }
    while unknown == nil, goInside() {}
  }

  private func takes(_ value: JSONValue) -> Bool { takes(replace(value)) }
  private func takes(_ member: JSONMember) -> Bool { BodyJSON.decode(Payload.self, [member]) != nil }

  /// Goes on with the first value in a list or an object that is wrong. False when it is the whole that is wrong.
  private mutating func goInside() -> Bool {
    let outer = replace
    switch value {
    case .array(let values) where takes(.array([])):
      guard let wrong = values.first(where: { !takes(.array([$0])) }) else { return false }
      value = wrong
      replace = { outer(.array([$0])) }
      return true
    case .object(let members) where takes(.object([])):
      guard let wrong = members.first(where: { !takes(.object([$0])) }) else { return false }
      guard takes(.object([JSONMember(wrong.name, .null)])) else {
        unknown = wrong.name
        return false
      }
      (name, value) = (wrong.name, wrong.value)
      replace = { outer(.object([JSONMember(wrong.name, $0)])) }
      return true
    default: return false
    }
  }

  // MARK: - In words

  /// What was found and expected, without the line's own words.
  var explanation: String {
    if unknown != nil { return "has a member that it does not take; Schemas/parley says which it takes" }
    let names = codeNames
    if !names.isEmpty { return "expected one of \(names.joined(separator: ", "))" }
    if BodyJSON.hexMembers.contains(name) { return BodyJSON.idExpected }
    if let numbers { return "expected a whole number from \(numbers), found another value" }
    guard let expected else { return BodyJSON.timeExpected }
    return "expected \(expected), found \(value.typeName)"
  }

  /// The wrong name, when that is what is wrong.
  var wrongName: WrongName? {
    if let unknown {
      return .member(unknown) { [self] in takes(.object([JSONMember($0, .null)])) }
    }
    let names = codeNames
    return names.isEmpty ? nil : value.string.map { .code($0, names: names) }
  }

  /// The type of value that is taken; nil for a time, which is a string of its own form.
  private var expected: String? {
    if BodyJSON.identityMembers.contains(name) { return "an identity as in email:ana@example.com" }
    if takes(.array([])) { return "a list" }
    if takes(.object([])) { return "an object" }
    if takes(.bool(true)) { return "true or false" }
    return takes(.string("")) ? "a string" : nil
  }

  /// The least and the greatest number that is taken; nil when none is.
  private var numbers: String? {
    func takes(_ number: some BinaryInteger) -> Bool { self.takes(.number(String(number))) }
    guard takes(1) else { return nil }
    if takes(-1) { return takes(Int64.max) ? "\(Int64.min) to \(Int64.max)" : "\(Int32.min) to \(Int32.max)" }
    return takes(UInt64.max) ? "0 to \(UInt64.max)" : "0 to \(UInt32.max)"
  }

  /// The names of the codes that are taken, by number; none for another field. swift-protobuf lists no names, but
  /// reads numbers for them, and writes the names.
  private var codeNames: [String] {
    (1...BodyJSON.codeMax).compactMap { code in
      BodyJSON.decode(Payload.self, [replace(.number(String(code)))])
        .flatMap { BodyJSON.members(of: $0).first?.value.innermost.string }
    }
  }
}

extension JSONValue {
  /// The value in arrays and objects of one.
  fileprivate var innermost: JSONValue {
    switch self {
    case .array(let values): values.first?.innermost ?? self
    case .object(let members): members.first?.value.innermost ?? self
    default: self
    }
  }
}
