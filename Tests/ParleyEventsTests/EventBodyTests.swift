import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct EventBodyTests {
  @Test(arguments: builtKinds) func everyKindDecodesToItsOwnMessage(kind: EventKind) throws {
    let type = try #require(Event.Body.payloadType(of: kind))
    let body = Event.Body(kind: kind, version: 1, bytes: [])
    #expect(body.kind == kind)
    #expect(body == Event.Body(type.init()))
    #expect(body.bytes == [])
  }

  @Test(arguments: builtKinds) func commonFieldsHaveTheSameNumbersInEveryKind(kind: EventKind) throws {
    let type = try #require(Event.Body.payloadType(of: kind))
    let bytes: [UInt8] =
      [0x0a, 3, 0x0a, 1, 0x73, 0x12, 1, 0x74, 0x1a, 1, 0x6e, 0x22, 1, 1, 0x2a, 1, 2]
      + [0x32, 3, 0x0a, 1, 0x6b, 0x3a, 1, 0x61]
    let body = Event.Body(kind: kind, version: 1, bytes: bytes)
    let payload = try #require(body.payload)
    #expect(ObjectIdentifier(type) == ObjectIdentifier(Swift.type(of: payload)))
    #expect(payload.source.system == "s")
    #expect(payload.statedAt == "t")
    #expect(payload.actorName == "n")
    #expect(payload.causedBy == Data([1]))
    #expect(payload.supersedes == Data([2]))
    #expect(payload.extensions.map(\.key) == ["k"])
    #expect(payload.actor == "a")
    #expect(body.bytes == bytes)
  }

  @Test(arguments: builtKinds) func fieldsOfANewerWriterSurvive(kind: EventKind) {
    // Field 2,000, length 2, and field 2,001, varint.
    let bytes: [UInt8] = [0x82, 0x7d, 2, 0x68, 0x69, 0x88, 0x7d, 5]
    #expect(Event.Body(kind: kind, version: 1, bytes: bytes).bytes == bytes)
  }

  @Test func kindOfANewerWriterIsKeptAsItsBytes() {
    let kind = EventKind(rawValue: 399)
    let body = Event.Body(kind: kind, version: 1, bytes: [1, 2, 3])
    #expect(body == .unknown(kind, [1, 2, 3]))
    #expect(body.kind == kind)
    #expect(body.bytes == [1, 2, 3])
  }

  @Test func versionOfANewerWriterIsKeptAsItsBytes() {
    #expect(Event.Body(kind: .messageSent, version: 2, bytes: []) == .unknown(.messageSent, []))
    #expect(Event.Body(kind: .messageSent, version: 0, bytes: []) == .unknown(.messageSent, []))
  }

  @Test func bytesThatAreNoMessageAreKept() {
    let bytes: [UInt8] = [0x0a, 200]
    #expect(Event.Body(kind: .messageSent, version: 1, bytes: bytes) == .unknown(.messageSent, bytes))
  }

  @Test func oldVersionIsReadThroughEveryStep() {
    let upcasters = Upcasters([.noteAdded: [{ $0 + [0x3a, 1, 0x61] }, { $0 + [0x1a, 1, 0x6e] }]])
    #expect(upcasters.currentVersion(of: .noteAdded) == 3)
    #expect(upcasters.currentVersion(of: .messageSent) == 1)
    let names = (1...3).map { version in
      Event.Body(kind: .noteAdded, version: UInt16(version), bytes: [], upcasters: upcasters).payload
        .map { $0.actor + $0.actorName }
    }
    #expect(names == ["an", "n", ""])
    let newer = Event.Body(kind: .noteAdded, version: 4, bytes: [], upcasters: upcasters)
    #expect(newer == .unknown(.noteAdded, []))
  }

  @Test func stepThatRefusesItsBytesLeavesThemUnknown() {
    let upcasters = Upcasters([.noteAdded: [{ _ in nil }]])
    let body = Event.Body(kind: .noteAdded, version: 1, bytes: [7], upcasters: upcasters)
    #expect(body == .unknown(.noteAdded, [7]))
  }
}
