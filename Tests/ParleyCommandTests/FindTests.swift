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
}
