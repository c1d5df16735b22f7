import ParleyEnvelope

extension BodyJSON {
  /// The highest number of a code in the schemas for which a name is looked for: a test holds them to that.
  package static let codeMax = 64

  /// Why a member is not what its field takes, with the names that may stand there where the field is a code.
  static func refusal<Payload: EventPayload>(
    of member: JSONMember, _ type: Payload.Type, _ kind: EventKind
  ) -> EventError {
    if let code = wrongCode(type, member.name, member.value, in: { JSONMember(member.name, $0) }) {
      return .member(code.name, "expected one of \(code.names.joined(separator: ", "))")
    }
    return .member(
      member.name, "not what its field takes; Schemas/parley says which fields \(kind.name) has")
  }

  /// The code in a value that is wrong, and the names that it takes: found by decoding smaller and smaller pieces of
  /// the value. Nil when something else is wrong.
  private static func wrongCode<Payload: EventPayload>(
    _ type: Payload.Type, _ name: String, _ value: JSONValue, in member: @escaping (JSONValue) -> JSONMember
  ) -> (name: String, names: [String])? {
    switch value {
    case .array(let values):
      let element = { member(.array([$0])) }
      let wrong = values.first { decode(type, [element($0)]) == nil }
      return wrong.flatMap { wrongCode(type, name, $0, in: element) }
    case .object(let members):
      for inner in members {
        let field = { member(.object([JSONMember(inner.name, $0)])) }
        if decode(type, [field(inner.value)]) == nil {
          return wrongCode(type, inner.name, inner.value, in: field)
        }
      }
      return nil
    default:
      let names = (1...codeMax).compactMap { self.name(of: $0, type, in: member) }
      return names.isEmpty ? nil : (name, names)
    }
  }

  /// The name of a code's number. swift-protobuf lists no names, but reads numbers for them, and writes the names.
  private static func name<Payload: EventPayload>(
    of code: Int, _ type: Payload.Type, in member: (JSONValue) -> JSONMember
  ) -> String? {
    decode(type, [member(.number(String(code)))]).flatMap { members(of: $0).first?.value.innermost.string }
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
