import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct EventKindTests {
  /// A row of the table in `Schemas/kinds.md`.
  struct Row {
    var number: UInt16
    var name: String
    var message: String
    var isBuilt: Bool
  }

  static func rows() throws -> [Row] {
    let page = try String(contentsOf: packageRoot.appending(path: "Schemas/kinds.md"), encoding: .utf8)
    return page.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimming(" `") }
      guard cells.count >= 5, let number = UInt16(cells[0]) else { return nil }
      return Row(number: number, name: cells[1], message: cells[2], isBuilt: cells[3] == "yes")
    }
  }

  @Test func pageAndCodeListTheSameKinds() throws {
    let rows = try Self.rows()
    #expect(rows.count == 118)
    #expect(rows.map(\.number) == EventKind.named.map(\.rawValue))
    for row in rows {
      #expect(EventKind(rawValue: row.number).name == row.name)
      #expect(EventKind(name: row.name)?.rawValue == row.number)
    }
  }

  @Test func pageAndCodeAgreeOnTheMessageOfAKind() throws {
    for row in try Self.rows() {
      let type = Event.Body.payloadType(of: EventKind(rawValue: row.number))
      #expect((type != nil) == row.isBuilt, "\(row.name)")
      if let type { #expect(type.protoMessageName == "parley.v1.\(row.message)") }
      let words = row.name.split { $0 == "." || $0 == "_" }
      #expect(row.message == words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined())
    }
  }

  @Test func numbersAreFixed() {
    #expect(EventKind.identityObserved.rawValue == 101)
    #expect(EventKind.conversationOpened.rawValue == 201)
    #expect(EventKind.messageSent.rawValue == 301)
    #expect(EventKind.workAskedAgain.rawValue == 814)
    #expect(EventKind.noteAdded.rawValue == 2101)
    #expect(EventKind.recordRestored.rawValue == 2408)
  }

  @Test func numberWithoutANameIsWrittenAndReadAsANumber() {
    #expect(EventKind(rawValue: 399).name == "kind-399")
    #expect(EventKind(name: "kind-399")?.rawValue == 399)
    #expect(EventKind(name: "kind-301") == nil)
    #expect(EventKind(name: "kind-0399") == nil)
    #expect(EventKind(name: "kind-65536") == nil)
    #expect(EventKind(name: "message.snet") == nil)
  }

  // MARK: - What must be there

  /// What a kind needs, by the second table of `Schemas/kinds.md`: of each list one member.
  static func needs() throws -> [String: [[String]]] {
    let page = try String(contentsOf: packageRoot.appending(path: "Schemas/kinds.md"), encoding: .utf8)
    var needs: [String: [[String]]] = [:]
    for line in page.components(separatedBy: "## What must be there").last?.split(separator: "\n") ?? [] {
      let cells = line.split(separator: "|").map { $0.trimming(" ") }
      guard cells.count == 2, cells[0].hasPrefix("`") else { continue }
      // What a code needs stands behind a semicolon.
      let always = cells[1].split(separator: ";")[0]
      needs[cells[0].trimming("`")] = always.components(separatedBy: " and ").map { any in
        any.components(separatedBy: " or ").map { $0.trimming("`") }
      }
    }
    return needs
  }

  @Test(arguments: try examples()) func eventWithoutWhatItsKindNeedsIsRefused(line: String) throws {
    let members = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let kind = try #require(members["kind"] as? String)
    let needs = try Self.needs()[kind] ?? []
    for any in needs {
      let error = try #require(throws: EventError.self, "\(kind) without \(any)") {
        try Self.event(members.filter { !any.contains($0.key) }).validate()
      }
      #expect(error.code == .missingMember)
      for name in any { #expect(error.message.contains("`\(name)`"), "\(error.message)") }
    }
    let kept =
      ["kind", "conversation", "sourceDigest", "rawDigest", "id", "revision"] + needs.flatMap(\.self)
    // The example is of an emoji.
    for name in members.keys where !kept.contains(name) && name != "symbol" {
      #expect(throws: Never.self, "\(kind) without \(name)") {
        try Self.event(members.filter { $0.key != name }).validate()
      }
    }
  }

  @Test func whatACodeNeedsMustBeThereToo() throws {
    let lines = [
      (#"{"kind":"conversation.participant_changed","change":"presented_identity"}"#, "presented"),
      (#"{"kind":"social.engagement_changed","act":"emoji"}"#, "symbol"),
      (#"{"kind":"identity.observed","identity":{"kind":"email"}}"#, "identity"),
    ]
    for (line, member) in lines {
      let error = try #require(throws: EventError.self) { try EventJSON.parse(line).validate() }
      #expect(error.code == .missingMember && error.message.contains("`\(member)`"))
    }
  }

  @Test func eventOfAnotherStoreIsTakenWithoutWhatItsKindNeeds() throws {
    let id = "000102030405060708090a0b0c0d0e0f"
    for kind in try Self.needs().keys {
      let line = #"{"kind":"\#(kind)""#
      #expect(throws: EventError(.missingMember, "")) { try EventJSON.parse(line + "}").validate() }
      try EventJSON.parse(line + #","event":"\#(id)"}"#).validate()
      try EventJSON.parse(line + #","bodyBytes":""}"#).validate()
    }
    try EventJSON.parse(#"{"kind":"message.sent","from":"email:ana@example.com"}"#).validate()
  }

  private static func event(_ members: [String: Any]) throws -> NewEvent {
    try EventJSON.parse(Array(JSONSerialization.data(withJSONObject: members)))
  }
}
