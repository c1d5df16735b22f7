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
    try damageBlock(of: 2)
    let run = try ParleyBinary.run("verify", store)
    #expect(run.status == 4)
    #expect(run.lines.contains { $0.hasPrefix("damage: active/00000000000000000000.seg: ") })
    #expect(run.diagnostics.hasPrefix("checked 6 events, every index and blob: "))
    let json = try ParleyBinary.run("verify", store, "--format", "jsonl")
    #expect(json.lines.contains { $0.hasPrefix(#"{"weight":"damage","part":"active/"#) })
  }

  @Test func readingGoesOnAroundDamageAndSaysSo() throws {
    try damageBlock(of: 2)
    let replay = try ParleyBinary.run("replay", store)
    #expect(replay.status == 4)
    #expect(replay.output.contains("The last one"))
    #expect(replay.diagnostics.contains("active/00000000000000000000.seg"))
    #expect(try ParleyBinary.run("stats", store).status == 4)
    #expect(try ParleyBinary.run("show", store, "2").diagnostics.contains("parley verify names everything"))
    let timeline = try ParleyBinary.run("timeline", store, "email:ana@example.com")
    #expect(timeline.status == 4)
    #expect(timeline.output.contains("The last one"))
    #expect(timeline.output.contains("position 2 can't be read: damaged"))
    #expect(!timeline.output.contains("1970"))
    #expect(timeline.diagnostics.contains("content block 0 damaged"))
    let customer = try ParleyBinary.run("customer", store, "email:ana@example.com")
    #expect(customer.status == 4)
    #expect(
      customer.output.components(separatedBy: "content block 0 damaged").count == 2, "\(customer.output)")
  }

  @Test func everyTimelineNamesDamageThatHidesWhoseItIs() throws {
    let other = chatLine(5, text: "I am Ben").replacingOccurrences(of: "ana@", with: "ben@")
      .replacingOccurrences(of: "c-991", with: "c-992")
    _ = try ParleyBinary.run("append", store, input: other)
    try damageBlock("envelope", of: 2)
    let ben = "email:ben@example.com"
    for arguments in [
      ["timeline", store, ben], ["timeline", store, ben, "--format", "json"],
      ["timeline", store, ben, "--last", "1", "--channel", "email"],
      ["customer", store, ben], ["customer", store, ben, "--format", "json"],
      ["timeline", store, "email:nobody@example.com"], ["find", store, "Ben"],
    ] {
      let run = try ParleyBinary.run(arguments, input: Data())
      #expect(run.status == 4, "\(arguments)")
      #expect(run.diagnostics.contains("active/00000000000000000000.seg at byte"), "\(arguments)")
      #expect(run.diagnostics.contains("envelope block 0 damaged, positions "), "\(arguments)")
    }
    let timeline = try ParleyBinary.run("timeline", store, ben)
    #expect(timeline.output.contains("can't be read: damaged"))
    #expect(timeline.output.contains("I am Ben"))
    #expect(!timeline.output.contains("1970"))
  }

  @Test(arguments: ["frame", "envelope"])
  func appendingCommandsNameDamageOnceAndGoOn(part: String) throws {
    if part == "frame" { try damageFrame(of: 2) } else { try damageBlock(part, of: 2) }
    let path = try scratch.write("mail.eml", mail(1))
    let pair = [store, "email:ana@example.com", "phone:+493012345678"]
    for arguments in [
      ["append", store, "--quiet"], ["import", "eml", store, path], ["link"] + pair + ["--evidence", "x"],
      ["unlink"] + pair + ["--reason", "x"],
    ] {
      let run = try ParleyBinary.run(arguments, input: Data(chatLine(5).utf8))
      #expect(run.status == 0, "\(run.diagnostics)")
      let warnings = run.diagnostics.split(separator: "\n").filter { $0.hasPrefix("damaged: ") }
      #expect(warnings.count == 1, "\(arguments[0])")
      #expect(warnings.first?.hasPrefix("damaged: active/00000000000000000000.seg at byte ") == true)
      #expect(warnings.first?.contains("positions 0 to 4") == true)
      let rest =
        "; what can be read is kept; what was there is stored again if it comes again; `parley verify` lists all of it"
      #expect(warnings.first?.hasSuffix(rest) == true)
    }
  }

  @Test func whatIsMadeAgainIsExitCodeOne() throws {
    try FileManager.default.removeItem(atPath: store + "/watermark")
    let run = try ParleyBinary.run("verify", store)
    #expect(run.status == 1)
    #expect(run.lines.contains { $0.hasPrefix("repairable: watermark") })
  }

  /// Readers show what the durable mark says: of one that is damaged they say so, as nothing else would.
  @Test func readingCommandsSayThatTheyMayNotSeeAllOfIt() throws {
    let mark = URL(fileURLWithPath: store + "/watermark")
    var bytes = try Data(contentsOf: mark)
    bytes[40] ^= 0x10
    try bytes.write(to: mark)
    for arguments in [
      ["timeline", store, "email:ana@example.com"], ["customer", store, "email:ana@example.com"],
      ["replay", store], ["find", store, "ana"], ["stats", store], ["show", store, "0"],
    ] {
      let run = try ParleyBinary.run(arguments, input: Data())
      #expect(run.status == 0, "\(arguments)")
      #expect(run.diagnostics.contains("watermark: one of its two slots is damaged"), "\(arguments)")
    }
    #expect(try ParleyBinary.run("verify", store).lines.count { $0.contains("watermark") } == 1)
    #expect(try ParleyBinary.run(["append", store], input: Data(chatLine(7).utf8)).status == 0)
    #expect(!(try ParleyBinary.run("stats", store).diagnostics.contains("watermark")))
  }

  /// Flips a bit in the block that holds a part of an event.
  private func damageBlock(_ part: String = "body", of position: Int) throws {
    try damage(part, of: position) { bytes, place in bytes[place.offset + 4] ^= 0x10 }
  }

  /// Makes zeros of the whole frame that holds an event.
  private func damageFrame(of position: Int) throws {
    try damage("frame", of: position) { bytes, place in
      let count = try #require(place.byteCount)
      bytes.replaceSubrange(place.offset..<(place.offset + count), with: Data(count: count))
    }
  }

  private func damage(
    _ part: String, of position: Int, _ change: (inout Data, (offset: Int, byteCount: Int?)) throws -> Void
  ) throws {
    let json = try ParleyBinary.run("show", store, "\(position)", "--format", "json").output
    let shown = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let place = try #require(shown?["place"] as? [String: Any])
    let found = try #require(place[part] as? [String: Int])
    let file = URL(fileURLWithPath: "\(store)/\(try #require(place["file"] as? String))")
    var bytes = try Data(contentsOf: file)
    try change(&bytes, (try #require(found["offset"]), found["bytes"]))
    try bytes.write(to: file)
  }
}
