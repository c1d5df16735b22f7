import Foundation
import Testing

@Suite struct VerifyTests {
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    _ = try ParleyBinary.run("append", store, input: (1...3).map { chatLine($0) }.joined())
    _ = try ParleyBinary.run("append", store, input: chatLine(4, text: "The last one"))
  }

  @Test func aWholeStoreIsExitCodeZeroWithoutAFinding() throws {
    let run = try ParleyBinary.run("verify", store)
    #expect(run.status == 0)
    #expect(run.output.isEmpty)
    #expect(run.diagnostics == "checked 6 events, every index and blob: all right\n")
    #expect(try ParleyBinary.run("verify", store, "--quiet").diagnostics.isEmpty)
  }

  @Test func damageIsExitCodeFourAndNamedForPeopleAndPrograms() throws {
    try damageBody(of: 2)
    let run = try ParleyBinary.run("verify", store)
    #expect(run.status == 4)
    #expect(run.lines.contains { $0.hasPrefix("damage: active/00000000000000000000.seg: ") })
    #expect(run.diagnostics.hasPrefix("checked 6 events, every index and blob: "))
    let json = try ParleyBinary.run("verify", store, "--format", "jsonl")
    #expect(json.lines.contains { $0.hasPrefix(#"{"weight":"damage","part":"active/"#) })
  }

  @Test func readingGoesOnAroundDamageAndSaysSo() throws {
    try damageBody(of: 2)
    let replay = try ParleyBinary.run("replay", store)
    #expect(replay.status == 4)
    #expect(replay.output.contains("The last one"))
    #expect(replay.diagnostics.contains("active/00000000000000000000.seg"))
    #expect(try ParleyBinary.run("stats", store).status == 4)
    #expect(try ParleyBinary.run("show", store, "2").diagnostics.contains("parley verify names everything"))
    let timeline = try ParleyBinary.run("timeline", store, "email:ana@example.com")
    #expect(timeline.status == 0)
    #expect(timeline.output.contains("The last one"))
    #expect(timeline.output.contains("damaged"))
  }

  @Test func whatIsMadeAgainIsExitCodeOne() throws {
    try FileManager.default.removeItem(atPath: store + "/watermark")
    let run = try ParleyBinary.run("verify", store)
    #expect(run.status == 1)
    #expect(run.lines.contains { $0.hasPrefix("repairable: watermark") })
  }

  /// Flips a bit in the block that holds an event's body.
  private func damageBody(of position: Int) throws {
    let json = try ParleyBinary.run("show", store, "\(position)", "--format", "json").output
    let shown = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let place = try #require(shown?["place"] as? [String: Any])
    let offset = try #require((place["body"] as? [String: Int])?["offset"])
    let file = URL(fileURLWithPath: "\(store)/\(try #require(place["file"] as? String))")
    var bytes = try Data(contentsOf: file)
    bytes[offset + 4] ^= 0x10
    try bytes.write(to: file)
  }
}
