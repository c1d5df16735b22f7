import Foundation
import Testing

@Suite struct SegmentTests {
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
  }

  private func segments() throws -> [String] {
    try ["active", "segments"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: "\(store)/\(folder)").filter {
        $0.hasSuffix(".seg")
      }
    }.sorted()
  }

  /// A file of forty lines, which come as one group: a pipe might cut them into several.
  private func file(from first: Int) throws -> String {
    try scratch.write("\(first).jsonl", (first...(first + 39)).map { chatLine($0) }.joined())
  }

  @Test func segmentsAreCutAndSealedAsSmallAsTheyAreAskedFor() throws {
    for first in [1, 41, 81] {
      let run = try ParleyBinary.run("append", store, file(from: first), "--segment-events", "20")
      #expect(run.status == 0, "\(run.diagnostics)")
    }
    // Two events are the store's own; each group is more than a segment shall have, and two are more than a sealed one.
    #expect(try segments().contains("00000000000000000122.seg"))
    #expect(try ParleyBinary.run("seal", store, "--segment-events", "20").status == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: store + "/segments").sorted() == [
        "00000000000000000000-00000000000000000082.seg", "00000000000000000082-00000000000000000122.seg",
      ])
    #expect(try ParleyBinary.run("replay", store).lines.count == 122)
    #expect(try ParleyBinary.run("verify", store).status == 0)
  }

  @Test func withoutTheOptionSegmentsAreLarge() throws {
    for first in [1, 41, 81] {
      #expect(try ParleyBinary.run("append", store, file(from: first)).status == 0)
    }
    #expect(try segments() == ["00000000000000000000.seg"])
  }

  @Test func everyCommandThatAppendsTakesIt() throws {
    let mails = try scratch.write("mails/1.eml", mail(1))
    let pair = ["email:ana@example.com", "phone:+493012345678"]
    let commands = [
      ["append", store, scratch.path("mails/none.jsonl")], ["import", "eml", store, mails],
      ["link", store] + pair + ["--evidence", "knew it"],
      ["unlink", store] + pair + ["--reason", "did not"],
      ["seal", store], ["compact", store],
    ]
    _ = try scratch.write("mails/none.jsonl", "")
    for command in commands {
      let run = try ParleyBinary.run(command + ["--segment-events", "1"], input: Data())
      #expect(run.status == 0, "\(command): \(run.diagnostics)")
    }
    #expect(try ParleyBinary.run("verify", store).status == 0)
  }

  @Test(arguments: ["append", "import", "link", "unlink", "seal", "compact"]) func itsHelpSaysWhatItIsFor(
    command: String
  ) throws {
    let help = try ParleyBinary.run(command, "--help").output
    #expect(help.contains("--segment-events"))
    #expect(help.contains("65,536"))
  }

  @Test(arguments: ["0", "-1", "65537", "many"]) func aNumberOutsideItsLimitsIsAWrongCommandLine(
    number: String
  )
    throws
  {
    let run = try ParleyBinary.run("append", store, "--segment-events", number)
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("expected a number from 1 to 65,536"), "\(run.diagnostics)")
  }

  @Test func theGreatestNumberIsTaken() throws {
    #expect(
      try ParleyBinary.run("append", store, "--segment-events", "65536", input: chatLine(1)).status == 0)
  }
}
