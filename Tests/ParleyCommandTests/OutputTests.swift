import Foundation
import Testing

@Suite struct OutputTests {
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    _ = try ParleyBinary.run("append", store, input: (1...3_000).map { chatLine($0) }.joined())
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
    let isComplete = second.output.contains("\"entries\":3000,") && first.output.contains("\"entries\":3000,")
    #expect(isComplete)
  }

  @Test func replayConditionsCombine() throws {
    let all = try ParleyBinary.run("replay", store).lines
    #expect(all.count == 3_002)
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

  @Test func envelopesHoldNothingReadableAboutPeople() throws {
    let run = try ParleyBinary.run("replay", store, "--envelopes")
    #expect(run.lines.count == 3_002)
    let readable = run.output.contains("example.com") || run.output.contains("Where is")
    #expect(!readable)
  }

  @Test func showGivesOneEventAndWhereItLies() throws {
    let run = try ParleyBinary.run("show", store, "2")
    #expect(run.status == 0)
    #expect(run.lines[0].contains("Where is order 4711?"))
    #expect(run.lines[1].hasPrefix(#"{"position":2,"kind":"message.sent""#))
    #expect(run.lines[2] == "file      active/00000000000000000000.seg")
    #expect(run.lines[3].hasPrefix("frame     at byte "))
    #expect(run.lines[4].hasPrefix("envelope  block 0 of the frame, at byte "))
    #expect(run.lines[5].hasPrefix("body      block "))
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
    let run = try ParleyBinary.run("show", store, "3002")
    #expect(run.status == 1)
    #expect(run.diagnostics.contains("there is no position 3002 yet: the store holds 3,002 events"))
  }

  @Test func statsCountWhatIsThere() throws {
    let run = try ParleyBinary.run("stats", store, "--format", "json")
    #expect(run.output.contains(#""events":3002"#))
    #expect(run.output.contains(#""message.sent":3000"#))
  }
}
