import ParleyEnvelope
import ParleyEvents
import Testing

@Suite struct EventJSONRejectionTests {
  struct Malformed: Sendable, CustomTestStringConvertible {
    var line: String
    var code: EventError.Code
    /// What the message must say.
    var says: String
    init(_ line: String, _ code: EventError.Code, _ says: String) {
      (self.line, self.code, self.says) = (line, code, says)
    }
    var testDescription: String { String(line.prefix(60)) }
  }

  static let syntax = [
    Malformed("", .invalidJSON, "byte 1: expected {, as a line is one event between { and }, found the end"),
    Malformed("[]", .invalidJSON, "byte 1: expected {, as"),
    Malformed("7", .invalidJSON, "byte 1: expected {, as"),
    Malformed("not json", .invalidJSON, "byte 1: expected {, as"),
    Malformed("false", .invalidJSON, "byte 1: expected {, as"),
    Malformed(#" ["kind"]"#, .invalidJSON, "byte 2: expected {, as"),
    Malformed(
      "  ", .invalidJSON, "byte 3: expected {, as a line is one event between { and }, found the end"),
    Malformed(#"{"text":nobody}"#, .invalidJSON, "byte 9: expected a value, a text in quotes"),
    Malformed("{", .invalidJSON, "byte 2: expected a member's name in quotes, found the end"),
    Malformed("{kind:1}", .invalidJSON, "byte 2: expected a member's name in quotes"),
    Malformed(#"{"kind" 1}"#, .invalidJSON, "byte 9: expected a colon"),
    Malformed(#"{"kind":}"#, .invalidJSON, "byte 9: expected a value"),
    Malformed(#"{"kind":"note.added","at":1 2}"#, .invalidJSON, "byte 29: expected a comma or }"),
    Malformed(#"{"kind":"note.added",}"#, .invalidJSON, "byte 22: expected a member's name"),
    Malformed(#"{"flags":[1 2]}"#, .invalidJSON, "byte 13: expected a comma or ]"),
    Malformed(#"{"flags":[1,]}"#, .invalidJSON, "byte 13: expected a value"),
    Malformed(#"{"kind":"note.added"} {}"#, .invalidJSON, "byte 23: expected the end of the line"),
    Malformed(#"{"kind":"note"#, .invalidJSON, "expected the end of a string, found the end"),
    Malformed("{\"kind\":\"a\u{1}\"}", .invalidJSON, "byte 11: a control character"),
    Malformed("{\"kind\":\"a\nb\"}", .invalidJSON, "byte 11: a control character"),
    Malformed(#"{"kind":"\x41"}"#, .invalidJSON, "after a backslash"),
    Malformed(#"{"kind":"\u12g4"}"#, .invalidJSON, "four hexadecimal digits"),
    Malformed(#"{"kind":"\ud800"}"#, .invalidJSON, "half of a surrogate pair"),
    Malformed(#"{"kind":"\udc00\ud800"}"#, .invalidJSON, "half of a surrogate pair"),
    Malformed(#"{"order":01}"#, .invalidJSON, "byte 11: expected a comma or }"),
    Malformed(#"{"order":1.}"#, .invalidJSON, "expected a digit"),
    Malformed(#"{"order":-}"#, .invalidJSON, "expected a digit"),
    Malformed(#"{"order":1e}"#, .invalidJSON, "expected a digit"),
    Malformed(#"{"order":NaN}"#, .invalidJSON, "byte 10: expected a value"),
    Malformed(#"{"order":tru}"#, .invalidJSON, "byte 10: expected true"),
    Malformed("\u{feff}{}", .invalidJSON, "byte 1: expected {, as"),
    Malformed(
      #"{"kind":"note.added","kind":"note.added"}"#, .duplicateMember, "byte 22: a member is given twice"),
    Malformed(#"{"kind":"note.added","x":{"a":1,"\u0061":2}}"#, .duplicateMember, "byte 33"),
  ]

  static let members = [
    Malformed("{}", .missingMember, "`kind` is missing"),
    Malformed(#"{"kind":null}"#, .missingMember, "`kind` is missing"),
    Malformed(#"{"kind":7}"#, .invalidMember, "`kind`: expected a string, found a number"),
    Malformed(#"{"kind":"message.snet"}"#, .unknownKind, "Schemas/kinds.md"),
    Malformed(#"{"kind":"case.opened"}"#, .unknownKind, "does not take case.opened yet"),
    Malformed(#"{"kind":"kind-9999"}"#, .unknownKind, "does not take kind-9999 yet"),
    Malformed(#"{"kind":"note.added","version":2}"#, .invalidMember, "`version`: note.added is at version 1"),
    Malformed(#"{"kind":"note.added","version":-1}"#, .invalidMember, "`version`: expected a whole number"),
    Malformed(#"{"kind":"note.added","from":"ana"}"#, .unknownIdentityKind, "`from`"),
    Malformed(#"{"kind":"note.added","from":"email:"}"#, .invalidIdentity, "`from`"),
    Malformed(#"{"kind":"note.added","from":["email:a@example.com"]}"#, .invalidMember, "`from`: expected"),
    Malformed(#"{"kind":"note.added","from":{"name":"Ana"}}"#, .invalidMember, "`from`: expected either"),
    Malformed(
      #"{"kind":"note.added","to":[{"identity":"email:a@example.com","x":1}]}"#, .invalidMember, "`to`: takes"
    ),
    Malformed(
      #"{"kind":"note.added","from":"email:a@example.com","by":"agent:kim"}"#, .invalidMember,
      "`by`: an event"),
    Malformed(#"{"kind":"note.added","by":7}"#, .invalidMember, "`by`: expected an actor as in agent:"),
    Malformed(
      #"{"kind":"note.added","by":{"identity":"email:a@example.com"}}"#, .invalidMember,
      "`by`: takes an `actor`"),
    Malformed(#"{"kind":"note.added","by":{"actor":"kim"}}"#, .invalidActor, "`by`: found no kind of actor"),
    Malformed(
      #"{"kind":"note.added","by":{"actor":"agent:kim","name":"Kim"},"actorName":"Ben"}"#, .invalidMember,
      "`actorName`: contradicts"),
    Malformed(#"{"kind":"note.added","by":"kim"}"#, .invalidActor, "`by`: found no kind of actor; expected"),
    Malformed(#"{"kind":"note.added","by":"customer:kim"}"#, .invalidActor, "`by`: found no kind of actor"),
    Malformed(#"{"kind":"note.added","by":"agent:"}"#, .invalidActor, "`by`: an actor's id is empty"),
    Malformed(#"{"kind":"note.added","conversation":"c-1"}"#, .invalidKey, "`conversation`"),
    Malformed(#"{"kind":"note.added","conversation":"/c-1"}"#, .invalidKey, "`conversation`"),
    Malformed(#"{"kind":"note.added","id":"m-1"}"#, .invalidMember, "`id`: expected SYSTEM/ID"),
    Malformed(#"{"kind":"note.added","conversation":"a/b","id":"/1"}"#, .invalidMember, "`id`: expected"),
    Malformed(#"{"kind":"note.added","revision":"2"}"#, .missingMember, "`id` is missing"),
    Malformed(
      #"{"kind":"note.added","id":"a/1","sourceDigest":"00"}"#, .invalidMember, "`sourceDigest`: expected"),
    Malformed(
      #"{"kind":"note.added","id":"a/1","source":{"system":"a"}}"#, .invalidMember, "`source`: contradicts"),
    Malformed(#"{"kind":"note.added","case":"1"}"#, .invalidKey, "`case`"),
    Malformed(#"{"kind":"note.added","at":"2026-11-22"}"#, .invalidMember, "`at`: expected a time"),
    Malformed(#"{"kind":"note.added","at":"2026-11-22T09:00:00"}"#, .invalidMember, "`at`: expected a time"),
    Malformed(
      #"{"kind":"note.added","at":"0000-01-01T00:00:00Z"}"#, .timeOutOfRange, "`at`: found the year 0000"),
    Malformed(
      #"{"kind":"note.added","at":"10000-01-01T00:00:00Z"}"#, .timeOutOfRange, "`at`: found the year 10000"),
    Malformed(
      #"{"kind":"note.added","at":"9999999999-01-01T00:00:00Z"}"#, .invalidMember, "`at`: expected a time"),
    Malformed(
      #"{"kind":"note.added","at":1763802000}"#, .invalidMember, "`at`: expected a string, found a number"),
    Malformed(#"{"kind":"note.added","channel":"fax"}"#, .invalidMember, "`channel`: expected one of email"),
    Malformed(#"{"kind":"note.added","direction":"up"}"#, .invalidMember, "`direction`: expected one of"),
    Malformed(
      #"{"kind":"note.added","visibility":"secret"}"#, .invalidMember, "`visibility`: expected one of"),
    Malformed(#"{"kind":"note.added","precision":"week"}"#, .invalidMember, "`precision`: expected one of"),
    Malformed(#"{"kind":"note.added","flags":"late"}"#, .invalidMember, "`flags`: expected a list"),
    Malformed(
      #"{"kind":"note.added","flags":["soon"]}"#, .invalidMember, "`flags`: expected any of automated"),
    Malformed(#"{"kind":"note.added","order":-1}"#, .invalidMember, "`order`: expected a whole number"),
    Malformed(
      #"{"kind":"note.added","order":4294967296}"#, .invalidMember, "`order`: expected a whole number"),
    Malformed(#"{"kind":"note.added","order":1.5}"#, .invalidMember, "`order`: expected a whole number"),
    Malformed(
      #"{"kind":"note.added","event":"12"}"#, .invalidMember, "`event`: expected 32 hexadecimal digits"),
    Malformed(
      #"{"kind":"note.added","event":"00000000000000000000000000000000"}"#, .invalidMember,
      "`event`: expected 32"),
    Malformed(#"{"kind":"note.added","ids":{"stream":"12"}}"#, .invalidMember, "`ids`: expected 32"),
    Malformed(#"{"kind":"note.added","ids":{"thread":"12"}}"#, .invalidMember, "`ids`: expected stream"),
    Malformed(#"{"kind":"note.added","presented":{}}"#, .invalidMember, "`presented`: expected a list"),
    Malformed(
      #"{"kind":"note.added","presented":[{"trust":"claimed"}]}"#, .invalidMember, "`identity` is missing"),
    Malformed(
      #"{"kind":"note.added","presented":[{"identity":"phone:+49301","trust":"sure"}]}"#, .invalidMember,
      "`trust` is none"),
    Malformed(#"{"kind":"call.started","text":"Hi"}"#, .invalidMember, "`text`: call.started has no text"),
    Malformed(
      #"{"kind":"note.added","text":"Hi","parts":[]}"#, .invalidMember, "`text`: stands for a single part"),
    Malformed(
      #"{"kind":"note.added","parts":"Hi"}"#, .invalidMember, "`parts`: expected a list, found a string"),
    Malformed(
      #"{"kind":"note.added","parts":["Hi"]}"#, .invalidMember, "`parts`: expected an object, found a string"),
    Malformed(
      #"{"kind":"note.added","parts":[{"text":7}]}"#, .invalidMember,
      "`text`: expected a string, found a number"
    ),
    Malformed(
      #"{"kind":"note.added","parts":[{"txt":"Hi"}]}"#, .invalidMember,
      "`parts`: has a member that it does not take"),
    Malformed(
      #"{"kind":"note.added","parts":[{"text":"Hi"},{"blob":{"digset":"Hi"}}]}"#, .invalidMember,
      "`blob`: has a member that it does not take"),
    Malformed(
      #"{"kind":"conversation.status_changed","status":"opne"}"#, .invalidMember,
      "`status`: expected one of open, "),
    Malformed(
      #"{"kind":"call.ended","disposition":"missed"}"#, .invalidMember,
      "`disposition`: expected one of answered, no_answer, busy, failed, voicemail, abandoned, canceled"),
    Malformed(
      #"{"kind":"identity.suggested","evidence":[{"basis":"agent"},{"basis":"guess"}]}"#, .invalidMember,
      "`basis`: expected one of "),
    Malformed(
      #"{"kind":"call.ended","talkMilliseconds":"long"}"#, .invalidMember,
      "`talkMilliseconds`: expected a whole number from 0 to 18446744073709551615, found another value"),
    Malformed(
      #"{"kind":"call.ended","talkMilliseconds":-5}"#, .invalidMember,
      "`talkMilliseconds`: expected a whole number from 0 to "),
    Malformed(
      #"{"kind":"message.edited","editNumber":4294967296}"#, .invalidMember,
      "`editNumber`: expected a whole number from 0 to 4294967295, found another value"),
    Malformed(
      #"{"kind":"note.added","pinned":"yes"}"#, .invalidMember,
      "`pinned`: expected true or false, found a string"),
    Malformed(
      #"{"kind":"conversation.classified","labels":["late",7]}"#, .invalidMember,
      "`labels`: expected a string, found a number"),
    Malformed(
      #"{"kind":"conversation.status_changed","snoozedUntil":"tomorrow"}"#, .invalidMember,
      "`snoozedUntil`: expected a time with its offset"),
    Malformed(
      #"{"kind":"identity.observed","identity":7}"#, .invalidMember,
      "`identity`: expected an identity as in email:"),
    Malformed(#"{"kind":"note.added","causedBy":7}"#, .invalidMember, "`causedBy`: expected an id of 32"),
    Malformed(
      #"{"kind":"note.added","causedBy":"AAAA"}"#, .invalidMember, "`causedBy`: expected an id of 32"),
    Malformed(#"{"kind":"identity.observed","identity":"ana"}"#, .unknownIdentityKind, "`identity`"),
    Malformed(#"{"kind":"note.added","bodyBytes":"*"}"#, .invalidMember, "`bodyBytes`: expected base64"),
  ]

  @Test(arguments: syntax + members) func malformedLineIsRefusedWithItsOwnError(_ malformed: Malformed) throws
  {
    let error = try #require(throws: EventError.self) { try EventJSON.parse(malformed.line) }
    #expect(error.code == malformed.code)
    #expect(error.message.contains(malformed.says), "\(error.message)")
  }

  @Test func stringThatIsNotUTF8IsRefused() {
    let line = Array(#"{"kind":""#.utf8) + [0xff] + Array(#""}"#.utf8)
    #expect(throws: EventError(.invalidJSON, "")) { try EventJSON.parse(line) }
  }

  @Test func depthIsLimited() throws {
    func line(_ depth: Int) -> String {
      #"{"kind":"note.added","x":"#
        + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}"
    }
    #expect(try EventJSON.parse(line(EventJSON.depthMax)).kind == .noteAdded)
    #expect(throws: EventError(.jsonTooDeep, "")) { try EventJSON.parse(line(EventJSON.depthMax + 1)) }
    #expect(throws: EventError(.jsonTooDeep, "")) { try EventJSON.parse(line(100_000)) }
  }

  @Test func lineLengthIsLimited() throws {
    let start = Array(#"{"kind":"note.added"}"#.utf8)
    let longest = start + Array(repeating: 0x20, count: EventJSON.lineBytesMax - start.count)
    #expect(try EventJSON.parse(longest).kind == .noteAdded)
    #expect(throws: EventError(.lineTooLong, "")) { try EventJSON.parse(longest + [0x20]) }
  }

  @Test(arguments: try examples()) func damagedLineIsRefusedOrReadAsWhatItSays(line: String) throws {
    var numbers = SplitMix(state: UInt64(line.utf8.count))
    for _ in 0..<40 {
      var bytes = Array(line.utf8)
      for _ in 0...(numbers.next() % 3) {
        let index = Int(numbers.next() % UInt64(bytes.count))
        switch numbers.next() % 3 {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: numbers.next())
        case 1: bytes.remove(at: index)
        default: bytes.insert(bytes[Int(numbers.next() % UInt64(bytes.count))], at: index)
        }
      }
      guard let event = try? EventJSON.parse(bytes) else { continue }
      #expect(isSame(try EventJSON.parse(EventJSON.line(event)), event))
    }
  }

  /// SplitMix64, so that a failing line is the same in every run.
  struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return value ^ (value >> 31)
    }
  }

  @Test func membersAreLimited() throws {
    func line(_ members: Int) -> String {
      "{\"kind\":\"note.added\"" + (1..<members).map { ",\"m\($0)\":0" }.joined() + "}"
    }
    #expect(try EventJSON.parse(line(EventJSON.membersMax)).kind == .noteAdded)
    #expect(throws: EventError(.tooManyParts, "")) { try EventJSON.parse(line(EventJSON.membersMax + 1)) }
  }

  @Test func manyMembersAreCheckedForRepeats() throws {
    let members = (0..<1000).map { "\"m\($0)\":0" }
    let line = "{\"kind\":\"note.added\"," + members.joined(separator: ",")
    #expect(try EventJSON.parse(line + "}").body.payload?.extensions.count == 1000)
    for repeated in ["m3", "m14", "m15", "m999", "kind"] {
      #expect(throws: EventError(.duplicateMember, "")) { try EventJSON.parse(line + ",\"\(repeated)\":1}") }
    }
  }

  @Test func messageNeverQuotesTheLine() throws {
    for line in [
      #"{"kind":"secretword"}"#, #"{"kind":"note.added","from":"email:secretword"}"#,
      #"{"kind":"note.added","at":"secretword"}"#, #"{"kind":"note.added","parts":"secretword"}"#,
      #"{"kind":"note.added","secretword":1,"secretword":2}"#, #"{"secretword"#,
      #"{"kind":"note.added","parts":[{"secretword":1}]}"#,
      #"{"kind":"call.ended","disposition":"secretword"}"#,
    ] {
      let error = try #require(throws: EventError.self) { try EventJSON.parse(line) }
      #expect(!error.message.contains("secretword"))
    }
  }
}
