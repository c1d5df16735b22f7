import Foundation
import Testing

@Suite struct OutputTests {
  /// As JSON Lines more than a pipe holds.
  static let messages = 400
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    _ = try ParleyBinary.run("append", store, input: (1...Self.messages).map { chatLine($0) }.joined())
  }

  @Test func aClosedPipeEndsQuietly() throws {
    let process = try ParleyBinary.start(["replay", store])
    #expect(process.line().contains("identity.observed"))
    try process.output.fileHandleForReading.close()
    let run = process.finish()
    #expect(run.status == 0)
    #expect(run.diagnostics.isEmpty)
  }

  @Test func replayedLinesGoStraightBackIntoAnotherStore() throws {
    let lines = try ParleyBinary.run("replay", store)
    let other = scratch.path("other")
    _ = try ParleyBinary.run("init", other, "--quiet")
    let receipts = try ParleyBinary.run("append", other, input: lines.output)
    #expect(receipts.status == 0, "\(receipts.diagnostics)")
    let identity = ["email:ana@example.com", "--format", "json"]
    let first = try ParleyBinary.run(["timeline", store] + identity, input: Data())
    let second = try ParleyBinary.run(["timeline", other] + identity, input: Data())
    #expect(first.status == 0 && second.status == 0)
    // Not all of the output in a failure's message.
    let isComplete =
      second.output.contains("\"entries\":\(Self.messages),")
      && first.output.contains("\"entries\":\(Self.messages),")
    #expect(isComplete)
  }

  @Test func replayConditionsCombine() throws {
    let all = try ParleyBinary.run("replay", store).lines
    #expect(all.count == Self.messages + 2)
    #expect(try ParleyBinary.run("replay", store, "--from", "10", "--to", "12").lines == Array(all[10..<12]))
    #expect(
      try ParleyBinary.run("replay", store, "--kind", "message.sent", "--to", "4").lines == Array(all[2..<4]))
    #expect(try ParleyBinary.run("replay", store, "--channel", "email").lines.isEmpty)
    let stream = ["replay", store, "--stream", "email:Ana@EXAMPLE.com", "--conversation", "webchat/c-991"]
    #expect(try ParleyBinary.run(stream, input: Data()).lines == Array(all[1...]))
    #expect(try ParleyBinary.run("replay", store, "--conversation", "webchat/other").lines.isEmpty)
    #expect(try ParleyBinary.run("replay", store, "--until", "2020-01-01T00:00:00Z").lines.isEmpty)
    #expect(try ParleyBinary.run("replay", store, "--since", "2020-01-01T00:00:00Z").lines == all)
  }

  @Test func replayForPeopleIsALineAnEvent() throws {
    let run = try ParleyBinary.run("replay", store, "--format", "text", "--from", "2", "--to", "3")
    #expect(
      run.output
        == "event  2  2026-11-22T08:00:00Z  message.sent  email:ana@example.com  webchat/c-991  "
        + "Where is order 4711?\n")
    #expect(try ParleyBinary.run("replay", store, "--format", "text", "--envelopes").status == 2)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "no script(1) here"))
  func aTerminalGetsTheLastFiftyAndHearsOfTheRest() throws {
    let run = try Shell.run(
      "script -qec \"$parley timeline $1 email:ana@example.com\" /dev/null </dev/null", [store])
    #expect(run.output.components(separatedBy: "Where is order 4711?").count == 51)
    #expect(run.output.contains("\(Self.messages - 50) earlier"))
    let piped = try ParleyBinary.run("timeline", store, "email:ana@example.com")
    #expect(piped.output.components(separatedBy: "Where is order 4711?").count == Self.messages + 1)
  }

  @Test func envelopesHoldNothingReadableAboutPeople() throws {
    let run = try ParleyBinary.run("replay", store, "--envelopes")
    #expect(run.lines.count == Self.messages + 2)
    let readable = run.output.contains("example.com") || run.output.contains("Where is")
    #expect(!readable)
  }

  @Test func envelopesAloneAreRefusedWhenTheyAreReadBack() throws {
    let envelopes = try ParleyBinary.run("replay", store, "--envelopes")
    let other = scratch.path("other")
    _ = try ParleyBinary.run("init", other, "--quiet")
    let run = try ParleyBinary.run("append", other, input: envelopes.output)
    #expect(run.status == 1)
    #expect(run.lines.count == Self.messages + 2)
    let areRefused = run.lines.allSatisfy { $0.contains(#""error":"envelope_only""#) }
    #expect(areRefused, "\(run.lines[0])")
    #expect(try ParleyBinary.run("replay", other).output.isEmpty)
  }

  @Test func showGivesOneEventAndWhereItLies() throws {
    let run = try ParleyBinary.run("show", store, "2", "--zone", "+01:00")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("position        2\nkind            message.sent\nat              2026-"))
    #expect(run.lines.contains { $0.hasPrefix("from ") && $0.hasSuffix("  email:ana@example.com") })
    #expect(run.output.contains("\n\nWhere is order 4711?\n\nfile      active/00000000000000000000.seg\n"))
    #expect(run.lines.suffix(3).map { $0.prefix(8) } == ["frame   ", "envelope", "body    "])
    #expect(!run.output.contains("{"), "no JSON")
  }

  @Test func whatShowSaysOfItsPlaceIsWhereTheBytesAre() throws {
    let json = try ParleyBinary.run("show", store, "2", "--format", "json").output
    let shown = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let place = try #require(shown["place"] as? [String: Any])
    let file = try #require(place["file"] as? String)
    let frame = try #require(place["frame"] as? [String: Int])
    let body = try #require(place["body"] as? [String: Int])
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(store)/\(file)")))
    let start = try #require(frame["offset"])
    #expect(Array(bytes[start..<(start + 4)]) == Array("PFRM".utf8))
    #expect(try #require(body["offset"]) < start + #require(frame["bytes"]))
    // Damage there is damage to this event.
    var damaged = bytes
    damaged[try #require(body["offset"])] ^= 1
    try Data(damaged).write(to: URL(fileURLWithPath: "\(store)/\(file)"))
    #expect(try ParleyBinary.run("show", store, "2").status == 4)
  }

  @Test func thereIsNoPositionBehindTheLast() throws {
    let run = try ParleyBinary.run("show", store, "\(Self.messages + 2)")
    #expect(run.status == 2)
    #expect(
      run.diagnostics.contains(
        "there is no position \(Self.messages + 2) yet: the store holds \(Self.messages + 2) events"))
  }

  @Test func statsCountWhatIsThere() throws {
    let run = try ParleyBinary.run("stats", store, "--format", "json")
    #expect(run.output.contains(#""events":\#(Self.messages + 2)"#))
    #expect(run.output.contains(#""message.sent":\#(Self.messages)"#))
  }
}
