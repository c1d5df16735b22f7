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
}
