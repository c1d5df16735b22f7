import Foundation
import Testing

@Suite struct FindTests {
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    let reply = """
      {"kind":"message.sent","channel":"chat","by":"agent:kim","to":{"identity":"email:ana@example.com",\
      "name":"Ana Pérez"},"conversation":"webchat/c-992","id":"webchat/m-2","at":"2026-11-22T09:05:00+01:00",\
      "text":"It left yesterday."}\n
      """
    _ = try ParleyBinary.run("append", store, input: chatLine(1) + reply)
  }

  @Test(arguments: [
    (["ORDER 4711"], [2]), (["yesterday"], [4]), (["c-992"], [3]), (["pérez"], [4]), (["PÉREZ"], [4]),
    (["--native-id", "m-1"], [2]), (["--native-id", "webchat/m-2"], [4]), (["--native-id", "m-3"], []),
    (["--actor", "agent:kim"], [4]), (["--actor", "agent:kim", "order"], []), (["--name", "ana p"], [4]),
    (["--name", "ana p", "--native-id", "m-1"], []), (["--conversation", "webchat/c-992"], [3, 4]),
    (["--conversation", "webchat/c-992", "left"], [4]), (["--conversation", "webchat/none"], []),
    (["perez"], [4]), (["ＹＥＳＴＥＲＤＡＹ"], [4]), (["--name", "Ana Perez"], [4]), (["nowhere to be found"], []),
  ]) func everyOptionFindsItsEventsAndAllCombine(options: [String], positions: [Int]) throws {
    let run = try ParleyBinary.run(["find", store] + options + ["--format", "jsonl"], input: Data())
    #expect(run.status == 0)
    #expect(run.diagnostics == "\(positions.count) found; read 5 events\n")
    #expect(run.lines.count == positions.count)
    for (line, position) in zip(run.lines, positions) { #expect(line.contains(#""position":\#(position),"#)) }
  }

  @Test func whatIsFoundIsNamedForPeopleAtTheirTime() throws {
    let run = try ParleyBinary.run("find", store, "4711", "--zone", "+02:00", "--quiet")
    #expect(
      run.output
        == "event  2  2026-11-22T10:00:00+02:00  message.sent  email:ana@example.com  webchat/c-991  "
        + "Where is order 4711?\n")
    #expect(run.diagnostics.isEmpty)
  }

  @Test func identitiesAndConversationsAreNamedAsSuch() throws {
    let identities = try ParleyBinary.run("find", store, "ana@example.com", "--format", "jsonl")
    #expect(identities.lines[0].hasPrefix(#"{"found":"identity","position":0"#))
    let conversations = try ParleyBinary.run("find", store, "c-991", "--format", "jsonl")
    #expect(conversations.lines[0].hasPrefix(#"{"found":"conversation","position":1"#))
  }

  @Test func nothingToFindOrNoSuchActorIsAWrongCommandLine() throws {
    for options in [
      [], ["--actor", "kim"], ["--conversation", "c"], ["x", "--format", "xml"], ["x", "--zone", "CET"],
    ] {
      let run = try ParleyBinary.run(["find", store] + options, input: Data())
      #expect(run.status == 2, "\(options)")
      #expect(run.output.isEmpty)
    }
  }

  @Test func anActorWithoutItsKindIsTakenForAnAgentOnlyInAQuestion() throws {
    let run = try ParleyBinary.run("find", store, "--actor", "kim")
    #expect(run.status == 2)
    let found = "parley: --actor: found no kind of actor; expected one of agent, bot, "
    #expect(run.diagnostics.hasPrefix(found), "\(run.diagnostics)")
    #expect(run.diagnostics.hasSuffix("  Did you mean agent:kim?\n"), "\(run.diagnostics)")
    let unknown = try ParleyBinary.run("find", store, "--actor", "robot:kim")
    #expect(unknown.status == 2)
    #expect(!unknown.diagnostics.contains("Did you mean"))
  }

  @Test(arguments: ["paid € 38 for both", "PAID €\u{A0}38\tfor  both"])
  func whatIsBrokenOverLinesIsFoundAndShown(text: String) throws {
    let front = String(repeating: "so it goes ", count: 20)
    _ = try ParleyBinary.run(
      "append", store, input: chatLine(7, text: front + "I paid € 38\\r\\n  for both of them."))
    let run = try ParleyBinary.run("find", store, text)
    #expect(run.lines.count == 1)
    #expect(
      run.output.contains("…") && run.output.contains("I paid € 38   for both of them."), "\(run.output)")
  }

  @Test func aNationalNumberIsOneOfTheStoresRegion() throws {
    let german = scratch.path("german")
    _ = try ParleyBinary.run("init", german, "--region", "DE", "--quiet")
    for store in [store, german] {
      _ = try ParleyBinary.run("append", store, input: chatLine(8, text: "Call +493012345678 now."))
    }
    #expect(try ParleyBinary.run("find", german, "030 12345678").output.contains("Call +493012345678 now."))
    #expect(try ParleyBinary.run("find", store, "030 12345678").output.isEmpty, "of no region")
  }

  @Test(arguments: [("webchat/c-991", "conversation  1  ", 1), ("email:ana@example.com", "identity  0  ", 5)])
  func whatIsPrintedIsFoundAsItIsPrinted(text: String, found: String, count: Int) throws {
    let run = try ParleyBinary.run("find", store, text)
    #expect(run.lines.count == count)
    #expect(run.output.hasPrefix(found), "\(run.output)")
  }

  @Test(arguments: [
    ("0301234567", ["identity.observed", "call.started"]),
    ("phone:+49301234567", ["identity.observed", "call.started"]),
    ("teehaus.example/77", ["identity.observed", "message.sent"]),
    ("visitor:teehaus.example/77", ["identity.observed", "message.sent"]),
    ("phone", ["identity.observed"]),
  ])
  func anIdentityIsFoundWithWhatIsRecordedUnderIt(text: String, kinds: [String]) throws {
    let german = scratch.path("german")
    _ = try ParleyBinary.run("init", german, "--region", "DE", "--quiet")
    let lines = """
      {"kind":"call.started","channel":"voice","from":"phone:030 1234567","id":"pbx/1","call":"1",\
      "at":"2026-11-22T09:00:00+01:00"}
      {"kind":"message.sent","channel":"chat","from":"visitor:teehaus.example/77","id":"webchat/1","text":"Hello",\
      "at":"2026-11-22T09:00:00+01:00"}
      {"kind":"message.sent","channel":"email","from":"email:ben@example.com","id":"email/1","text":"Hello",\
      "at":"2026-11-22T09:00:00+01:00"}\n
      """
    let receipts = try ParleyBinary.run("append", german, input: lines)
    #expect(receipts.status == 0, "\(receipts.output)")
    let run = try ParleyBinary.run("find", german, text, "--format", "jsonl")
    #expect(run.lines.count == kinds.count, "\(run.output)")
    for (line, kind) in zip(run.lines, kinds) { #expect(line.contains(#""kind":"\#(kind)""#), "\(line)") }
  }

  @Test func whoIsFoundIsFoundInAConversationToo() throws {
    let run = try ParleyBinary.run(
      "find", store, "ana@example", "--conversation", "webchat/c-992", "--format", "jsonl")
    #expect(run.lines.count == 2)
    #expect(run.lines.allSatisfy { $0.contains("webchat/c-992") }, "\(run.output)")
  }

  @Test func anEventWithoutATimeStandsWhereItWasRecordedAndSaysSo() throws {
    let line = """
      {"kind":"message.sent","channel":"chat","from":"email:ana@example.com","id":"webchat/m-9",\
      "precision":"unknown","text":"Undated."}\n
      """
    _ = try ParleyBinary.run("append", store, input: line)
    for arguments in [["find", store, "undated"], ["replay", store, "--from", "5", "--format", "text"]] {
      let run = try ParleyBinary.run(arguments, input: Data())
      #expect(run.output.contains("Z [no date, time of recording]  message.sent"), "\(run.output)")
      #expect(!run.output.contains("1970"))
    }
    let json = try ParleyBinary.run("find", store, "undated", "--format", "jsonl").output
    #expect(!json.contains(#""at":"#) && json.contains(#""recordedAt":"#))
  }

  @Test func whoActedIsNamedAndWhatHasNoTextSaysWhatItIs() throws {
    let lines = """
      {"kind":"conversation.status_changed","by":"agent:kim","customer":"email:ana@example.com",\
      "conversation":"webchat/c-991","at":"2026-11-22T09:06:00+01:00","status":"resolved"}
      {"kind":"call.ended","channel":"voice","direction":"inbound","customer":"email:ana@example.com",\
      "conversation":"pbx/1","id":"pbx/1","at":"2026-11-22T09:07:00+01:00","call":"1","disposition":"no_answer"}\n
      """
    _ = try ParleyBinary.run("append", store, input: lines)
    _ = try ParleyBinary.run(
      "link", store, "email:ana@example.com", "email:anna@example.com", "--evidence", "x", "--by", "agent:kim"
    )
    let run = try ParleyBinary.run("replay", store, "--format", "text")
    #expect(run.output.contains("  agent:kim → email:ana@example.com  webchat/c-992  It left yesterday.\n"))
    #expect(run.output.contains("  agent:kim on email:ana@example.com  webchat/c-991  resolved\n"))
    #expect(run.output.contains("call.ended  email:ana@example.com  pbx/1  call, no answer\n"))
    let linked =
      "  agent:kim on email:ana@example.com  linked email:ana@example.com and email:anna@example.com"
    #expect(run.output.contains(linked), "\(run.output)")
    let json = try ParleyBinary.run("find", store, "yesterday", "--format", "jsonl").output
    #expect(json.contains(#""by":"agent:kim","direction":"outbound""#))
  }
}
