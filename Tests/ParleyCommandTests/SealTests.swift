import Foundation
import Testing

@Suite struct SealTests {
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    _ = try ParleyBinary.run("append", store, input: (1...40).map { chatLine($0) }.joined())
  }

  private func seals() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store + "/segments").sorted()
  }

  @Test func aSealedStoreShowsWhatItShowed() throws {
    let ana = "email:ana@example.com"
    func shown() throws -> [String] {
      try [["replay", store], ["timeline", store, ana], ["customer", store, ana]].map {
        try ParleyBinary.run($0, input: Data()).output
      }
    }
    let before = try shown()
    let run = try ParleyBinary.run("seal", store)
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(run.diagnostics.hasPrefix("sealed 42 events: "))
    #expect(try seals() == ["00000000000000000000-00000000000000000042.seg"])
    #expect(try shown() == before)
    #expect(try ParleyBinary.run("verify", store).status == 0)
    #expect(
      try ParleyBinary.run("seal", store).diagnostics == "nothing to seal: 42 events in 1 sealed segment\n")
    #expect(
      try ParleyBinary.run("append", store, input: chatLine(7)).output.contains(#""status":"duplicate""#))
    #expect(try ParleyBinary.run("stats", store).output.contains("sealed         42 events in 1 segment, "))
  }

  @Test func aSealedStoreIsReplayedStreamByStream() throws {
    let others = (1...30).map { chatLine(100 + $0, from: "email:c\($0 % 3)@example.com") }.joined()
    _ = try ParleyBinary.run("append", store, input: others)
    _ = try ParleyBinary.run("seal", store)
    let byPosition = try ParleyBinary.run("replay", store).lines
    let byStream = try ParleyBinary.run("replay", store, "--order", "stream").lines
    #expect(byStream != byPosition && byStream.sorted() == byPosition.sorted())
    // Of one identity it is the same.
    let stream = ["replay", store, "--stream", "email:c1@example.com"]
    #expect(
      try ParleyBinary.run(stream + ["--order", "stream"], input: Data()).output
        == ParleyBinary.run(stream, input: Data()).output)
    // What ends early by position goes on here, as what was recorded early may come late.
    let from = try ParleyBinary.run("replay", store, "--from", "50", "--to", "60", "--order", "stream").lines
    #expect(from.sorted() == byPosition[50..<60].sorted())
    let run = try ParleyBinary.run("replay", store, "--order", "size")
    #expect(run.status == 2 && run.diagnostics.contains("position") && run.diagnostics.contains("stream"))
  }

  @Test func showSaysWhereASealedEventLies() throws {
    _ = try ParleyBinary.run("seal", store)
    let text = try ParleyBinary.run("show", store, "5").output
    #expect(text.contains("segments/00000000000000000000-00000000000000000042.seg"))
    #expect(text.contains("block 0 of the sealed segment's, at byte"))
    let json = try ParleyBinary.run("show", store, "5", "--format", "json").output
    #expect(
      json.contains(#""file":"segments/00000000000000000000-00000000000000000042.seg","envelope":{"block":0"#)
    )
  }

  @Test func aDamagedPartStaysAndIsNamed() throws {
    let path = store + "/active/00000000000000000000.seg"
    var bytes = try #require(FileManager.default.contents(atPath: path))
    // In the contents of the first frame.
    bytes[8_192 + 1_200] ^= 4
    #expect(FileManager.default.createFile(atPath: path, contents: bytes))
    let run = try ParleyBinary.run("seal", store)
    #expect(run.status == 1)
    #expect(run.diagnostics.contains("1 damaged segment stayed: parley verify names the damage"))
    #expect(try seals() == [])
    #expect(try ParleyBinary.run("verify", store).status == 4)
  }

  @Test func sealedDayByDayAndCompactedItIsOneSegment() throws {
    for first in [41, 61, 81] {
      _ = try ParleyBinary.run("seal", store)
      _ = try ParleyBinary.run(
        "append", store, input: (first..<(first + 20)).map { chatLine($0) }.joined())
    }
    let before = try ParleyBinary.run("replay", store).output
    let run = try ParleyBinary.run("compact", store)
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(run.diagnostics.hasPrefix("compacted 3 sealed segments and what came since into 1: "))
    #expect(try seals().count == 1)
    #expect(try ParleyBinary.run("replay", store).output == before)
    #expect(try ParleyBinary.run("verify", store).status == 0)
    let again = try ParleyBinary.run("compact", store)
    #expect(
      again.diagnostics.hasPrefix("nothing to compact: ")
        && again.diagnostics.hasSuffix("in 1 sealed segment\n"))
  }
}
