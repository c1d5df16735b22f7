import Foundation
import Testing

/// One chat message as a line of JSON.
func chatLine(_ number: Int, text: String = "Where is order 4711?", from: String = "email:ana@example.com")
  -> String
{
  """
  {"kind":"message.sent","channel":"chat","from":"\(from)","conversation":"webchat/c-991",\
  "id":"webchat/m-\(number)","at":"2026-11-22T09:00:00+01:00","text":"\(text)"}\n
  """
}

/// A line, and how it is refused.
struct Refused {
  let line: String
  let code: String
  let says: String

  init(_ line: String, _ code: String, _ says: String) {
    self.line = line
    self.code = code
    self.says = says
  }
}

@Suite struct AppendTests {
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    #expect(try ParleyBinary.run("init", store, "--quiet").status == 0)
  }

  @Test func everyLineGetsItsReceiptInOrder() throws {
    let run = try ParleyBinary.run("append", store, input: chatLine(1) + chatLine(2))
    #expect(run.status == 0)
    // The store records the identity and the conversation itself, before the first message.
    #expect(
      run.lines == [
        #"{"line":1,"status":"stored","position":2}"#, #"{"line":2,"status":"stored","position":3}"#,
      ])
    #expect(run.diagnostics == "2 lines: 2 stored, 0 duplicate, 0 rejected\n")
  }

  @Test func aDelayedAppendIsOnDiskWhenTheCommandEnds() throws {
    let lines = (1...50).map { chatLine($0) }.joined()
    let run = try ParleyBinary.run("append", store, "--durability", "delayed", input: lines)
    #expect(run.status == 0)
    #expect(run.lines.count == 50 && run.lines.allSatisfy { $0.contains(#""status":"stored""#) })
    // Readers are shown what is durable, and no more.
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count == 50)
    let figures = try ParleyBinary.run("stats", store, "--format", "json")
    #expect(figures.output.contains(#""durability":"delayed""#))
    #expect(try ParleyBinary.run("stats", store).output.contains("is synced 0.1 s later"))
    _ = try ParleyBinary.run("append", store, input: chatLine(51))
    #expect(try ParleyBinary.run("stats", store, "--format", "json").output.contains(#""durability":"sync""#))
  }

  @Test func aDelayedAppendThatIsKilledLosesNoReceipt() throws {
    let running = try ParleyBinary.start(["append", store, "--durability", "delayed"])
    var receipts: [String] = []
    for number in 1...20 {
      try running.send(chatLine(number))
      receipts.append(running.line())
    }
    kill(running.process.processIdentifier, SIGKILL)
    _ = running.finish()
    #expect(receipts.allSatisfy { $0.contains(#""status":"stored""#) })
    let again = try ParleyBinary.run("append", store, input: (1...20).map { chatLine($0) }.joined())
    #expect(again.diagnostics.contains("20 lines: 0 stored, 20 duplicate, 0 rejected"))
  }

  @Test func anUnknownDurabilityIsRefusedWithThoseThereAre() throws {
    let run = try ParleyBinary.run("append", store, "--durability", "often", input: chatLine(1))
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("there is no durability often: it is sync or delayed"))
  }

  @Test func theSameLinesAgainAreDuplicates() throws {
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    let again = try ParleyBinary.run("append", store, input: chatLine(1) + chatLine(2) + chatLine(2))
    #expect(again.status == 0)
    #expect(
      again.lines == [
        #"{"line":1,"status":"duplicate","position":2}"#, #"{"line":2,"status":"stored","position":3}"#,
        #"{"line":3,"status":"duplicate","position":3}"#,
      ])
  }

  @Test(arguments: [
    ("From: Ana <ana@example.com>\nSubject: x\n\nHello\n", true), ("X-Id2: 1\n", true),
    ("not json: x\n", false),
    (": x\n", false), (chatLine(1) + "Subject: x\n", false),
  ]) func aMailIsToldWhichCommandTakesIt(input: String, isMail: Bool) throws {
    let run = try ParleyBinary.run("append", store, input: input)
    #expect(run.diagnostics.contains("`parley import eml` takes mails") == isMail, "\(run.diagnostics)")
  }

  @Test func aMalformedLineCostsItselfOnly() throws {
    let input = chatLine(1) + "{\"kind\":\n" + "\n" + chatLine(2)
    let run = try ParleyBinary.run("append", store, input: input)
    #expect(run.status == 1)
    #expect(run.lines.count == 3)
    #expect(run.lines[0].hasPrefix(#"{"line":1,"status":"stored""#))
    #expect(run.lines[1].hasPrefix(#"{"line":2,"status":"rejected","error":"invalid_json","message":"#))
    #expect(run.lines[2].hasPrefix(#"{"line":4,"status":"stored""#))
  }

  @Test(arguments: [
    Refused(#"{"kind":"#, "invalid_json", "byte 9: expected a value, found the end"),
    Refused("not json", "invalid_json", "byte 1: expected {, "), Refused("\u{0}", "invalid_json", "byte 1: "),
    Refused("[]", "invalid_json", "one event between { and }"),
    Refused(#"{"kind":"message.snet","text":"x"}"#, "unknown_kind", "Schemas/kinds.md lists them"),
    Refused(#"{"channel":"chat","text":"x"}"#, "missing_member", "`kind` is missing"),
    Refused(
      #"{"kind":"conversation.status_changed","from":"email:a@b.example","conversation":"c/1"}"#,
      "missing_member", "`status` is missing"),
    Refused(
      #"{"kind":"conversation.participant_changed","from":"email:a@b.example","conversation":"c/1"}"#,
      "missing_member", "`change` is missing"),
    Refused(#"{"kind":"message.sent","from":"email:","text":"x"}"#, "invalid_identity", "email is empty"),
    Refused(
      #"{"kind":"message.sent","from":"fax:1","text":"x"}"#, "unknown_identity_kind",
      "expected one of email, phone"),
    Refused(
      #"{"kind":"message.sent","from":"email:a@b.example","at":"0000-01-01T00:00:00Z","text":"x"}"#,
      "time_out_of_range", "the years 0001 to 9999 are taken"),
    Refused(
      #"{"kind":"message.sent","from":"email:a@b.example","at":"yesterday","text":"x"}"#, "invalid_member",
      "as in 2026-11-22T09:00:00+01:00"),
    Refused(
      #"{"kind":"message.sent","from":"email:a@b.example","answers":99,"text":"x"}"#, "no_such_event",
      "answers position 99"),
    Refused(#"{"kind":"message.sent","text":"x"}"#, "no_stream", "say whom it is from, to or about"),
  ]) func badInputIsRefusedWithItsOwnErrorAndNothingIsStored(refused: Refused) throws {
    let run = try ParleyBinary.run("append", store, input: refused.line + "\n")
    #expect(run.status == 1)
    #expect(run.lines.count == 1)
    let receipt = try #require(run.lines.first)
    #expect(receipt.contains(#""status":"rejected","error":"\#(refused.code)""#))
    #expect(receipt.contains(refused.says))
    #expect(try ParleyBinary.run("replay", store, "--envelopes").output.isEmpty)
  }

  @Test func aBodyOverTheLimitIsRefusedAndTheNextLineStored() throws {
    let large = String(repeating: "x", count: 1 << 20)
    let run = try ParleyBinary.run("append", store, input: chatLine(1, text: large) + chatLine(2))
    #expect(run.status == 1)
    #expect(run.lines.first?.contains("\"error\":\"body_too_large\"") == true)
    #expect(run.lines.last?.contains("\"status\":\"stored\"") == true)
  }

  @Test func aLineTooLongToKeepIsRefusedByItsNumber() throws {
    let long = String(repeating: "x", count: 5 << 20)
    let run = try ParleyBinary.run("append", store, input: chatLine(1) + long + "\n" + chatLine(2))
    #expect(run.status == 1)
    #expect(run.lines.count == 3)
    #expect(run.lines[1].hasPrefix(#"{"line":2,"status":"rejected","error":"line_too_long""#))
  }

  @Test func aBatchWithOneBadLineStoresNothing() throws {
    let run = try ParleyBinary.run("append", store, "--batch", input: chatLine(1) + "{}\n" + chatLine(2))
    #expect(run.status == 1)
    #expect(run.diagnostics == "3 lines: 0 stored, 0 duplicate, 3 rejected\n")
    #expect(run.lines.count == 3, "one receipt a line, as the help says")
    let refused = #""status":"rejected","error":"batch_refused","message":"line 2 of the batch was refused"#
    #expect(run.lines[0].hasPrefix(#"{"line":1,\#(refused)"#))
    #expect(run.lines[1].hasPrefix(#"{"line":2,"status":"rejected","error":"missing_member""#))
    #expect(run.lines[2].hasPrefix(#"{"line":3,\#(refused)"#))
    #expect(try ParleyBinary.run("replay", store).output.isEmpty)
  }

  @Test func aBatchWithALineThatOnlyTheStoreRefusesStoresNothing() throws {
    let run = try ParleyBinary.run("append", store, "--batch", input: chatLine(1) + chatLine(2) + chatLine(2))
    #expect(run.status == 1)
    #expect(run.lines.count == 3)
    #expect(run.lines[0].contains(#""error":"batch_refused","message":"line 3 of"#))
    #expect(run.lines[2].hasPrefix(#"{"line":3,"status":"rejected","error":"repeated_id""#))
    #expect(try ParleyBinary.run("replay", store).output.isEmpty)
  }

  @Test func aBatchOfAsManyLinesAsThereMayBeIsTakenAndOneMoreIsNot() throws {
    let line = #"{"kind":"message.sent","from":"email:a@b.example","text":"x"}"# + "\n"
    let most = String(repeating: line, count: 65_536)
    let over = try ParleyBinary.run("append", store, "--batch", input: most + line)
    #expect(over.status == 1)
    #expect(over.lines.count == 65_537)
    #expect(over.lines.last?.contains(#""status":"rejected","error":"limit_exceeded""#) == true)
    #expect(over.diagnostics.contains("Without --batch any number of lines is taken."))
    #expect(try ParleyBinary.run("replay", store).output.isEmpty)
    #expect(try ParleyBinary.run("append", store, "--batch", input: most).status == 0)
  }

  @Test func aBatchIsOneReceiptALineToo() throws {
    let run = try ParleyBinary.run("append", store, "--batch", input: chatLine(1) + chatLine(2))
    #expect(run.status == 0)
    #expect(run.lines.count == 2)
  }

  @Test func aMisspeltMemberIsKeptAndSaidOnceWithTheNearestName() throws {
    let misspelt = [
      ("txt", "text"), ("conversatoin", "conversation"), ("in_reply_to", "inReplyTo"), ("subjcet", "subject"),
    ]
    for (name, nearest) in misspelt {
      let line = #"{"kind":"message.sent","from":"email:a@b.example","\#(name)":"x"}"# + "\n"
      let run = try ParleyBinary.run("append", store, input: line + line)
      #expect(run.status == 0)
      let note =
        "2 lines have the member \"\(name)\", which message.sent does not know: kept as an extension; "
        + "nearest: \(nearest)\n"
      #expect(run.diagnostics == "2 lines: 2 stored, 0 duplicate, 0 rejected\n" + note)
      #expect(try ParleyBinary.run("append", store, "--quiet", input: line).diagnostics.isEmpty)
    }
    #expect(try ParleyBinary.run("replay", store).output.contains(#""txt":"x""#))
  }

  @Test(arguments: [[], ["--batch"], ["--quiet"]])
  func theReceiptOfALineWithAMisspeltMemberSaysSo(options: [String]) throws {
    func line(_ id: Int, _ member: String) -> String {
      #"{"kind":"message.sent","from":"email:a@b.example","id":"x/\#(id)","\#(member)":"x"}"# + "\n"
    }
    let lines = line(1, "txt") + line(2, "text") + line(3, "txt")
    let warning =
      #","warning":"the member \"txt\", which message.sent does not know: kept as an extension; nearest: text"}"#
    for _ in 0..<2 {
      let run = try ParleyBinary.run(["append", store] + options, input: Data(lines.utf8))
      #expect(run.status == 0)
      #expect(run.lines.map { $0.hasSuffix(warning) } == [true, false, true], "stored or duplicate")
      #expect(run.lines.filter { $0.contains("warning") }.count == 2, "\(run.lines)")
    }
  }

  @Test func aKindThatThisVersionDoesNotTakeIsNotTakenForASlip() throws {
    let run = try ParleyBinary.run(
      "append", store, input: #"{"kind":"case.opened","customer":"email:a@b.example"}"# + "\n")
    #expect(run.status == 1)
    #expect(run.output.contains("this version does not take case.opened yet"), "\(run.output)")
    #expect(!run.output.contains("did you mean"))
  }

  @Test func unknownMembersAreNamedUpToALimit() throws {
    func line(_ numbers: ClosedRange<Int>) -> String {
      let members = numbers.map { "\"zzzzzz\($0)\":1" }.joined(separator: ",")
      return #"{"kind":"message.sent","from":"email:a@b.example","text":"x",\#(members)}"# + "\n"
    }
    let most = try ParleyBinary.run("append", store, input: line(11...30))
    #expect(most.diagnostics.components(separatedBy: "does not know: kept as an extension\n").count == 21)
    #expect(!(most.diagnostics + most.output).contains("further"))
    let over = try ParleyBinary.run("append", store, input: line(11...31) + line(12...32))
    #expect(over.diagnostics.components(separatedBy: "does not know: kept as an extension\n").count == 21)
    let rest = "2 lines have further members that their kinds do not know: kept as extensions\n"
    #expect(over.diagnostics.hasSuffix(rest), "\(over.diagnostics)")
    #expect(
      over.lines.allSatisfy { $0.hasSuffix("; 1 further member kept as extensions\"}") }, "\(over.lines)")
  }

  @Test func theNameOfWhoeverActedIsShownAndFoundInAnyKind() throws {
    let lines = [
      #"{"kind":"social.posted","from":{"identity":"social:x/56","name":"Berta B"},"conversation":"x/1","text":"Hi"}"#,
      #"{"kind":"note.added","by":{"actor":"agent:kim","name":"Kim Kaya"},"conversation":"x/1","text":"A"}"#,
    ]
    let run = try ParleyBinary.run("append", store, input: lines.joined(separator: "\n") + "\n")
    #expect(run.status == 0)
    let timeline = try ParleyBinary.run("timeline", store, "social:x/56", "--internal").output
    #expect(timeline.contains("Berta B <social:x/56>") && timeline.contains("Kim Kaya <agent:kim>"))
    #expect(try ParleyBinary.run("find", store, "--name", "kaya").lines.count == 1)
    #expect(try ParleyBinary.run("show", store, "2").output.contains("Berta B <social:x/56>"))
    #expect(try ParleyBinary.run("show", store, "3").output.contains("Kim Kaya <agent:kim>"))
    let replay = try ParleyBinary.run("replay", store).output
    #expect(replay.contains(#""from":{"identity":"social:x/56","name":"Berta B"}"#))
    #expect(replay.contains(#""from":{"actor":"agent:kim","name":"Kim Kaya"}"#))
  }

  @Test func aNameThatTheKindHasNoPlaceForIsSaidInTheReceiptAndOnceAtTheEnd() throws {
    let kept =
      #"{"kind":"message.sent","from":"email:a@b.example","to":{"actor":"agent:kim","name":"K"},"text":"x"}"#
    let lost =
      #"{"kind":"note.added","by":"agent:kim","to":{"identity":"email:a@b.example","name":"A"},"text":"x"}"#
    let words = "a name in \"to\", for which note.added has no place: not kept"
    let run = try ParleyBinary.run("append", store, input: [kept, lost, lost, ""].joined(separator: "\n"))
    #expect(run.status == 0)
    let warning = #","warning":"\#(words.replacing("\"", with: "\\\""))"}"#
    #expect(run.lines.map { $0.hasSuffix(warning) } == [false, true, true], "\(run.lines)")
    #expect(run.diagnostics == "3 lines: 3 stored, 0 duplicate, 0 rejected\n2 lines have \(words)\n")
    let other = scratch.path("other")
    _ = try ParleyBinary.run("init", other, "--quiet")
    let copied = try ParleyBinary.run("append", other, input: try ParleyBinary.run("replay", store).output)
    #expect(!copied.output.contains("warning"), "an export holds what is kept")
  }

  @Test func anExtensionThatAnotherStoreExportedIsNoNews() throws {
    let line = #"{"kind":"message.sent","from":"email:a@b.example","text":"x","list-id":"y"}"# + "\n"
    _ = try ParleyBinary.run("append", store, input: line)
    let other = scratch.path("other")
    _ = try ParleyBinary.run("init", other, "--quiet")
    let run = try ParleyBinary.run("append", other, input: try ParleyBinary.run("replay", store).output)
    #expect(run.diagnostics == "2 lines: 2 stored, 0 duplicate, 0 rejected\n")
  }

  @Test func theNameOfAnUnknownMemberDrivesNoTerminal() throws {
    let line = #"{"kind":"message.sent","from":"email:a@b.example","text":"x","\u001b[31mred":1}"# + "\n"
    let run = try ParleyBinary.run("append", store, input: line)
    #expect(run.diagnostics.contains("the member \"␛[31mred\", which"), "nothing drives the terminal")
  }

  @Test func whoeverWaitsForAReceiptGetsItBeforeTheNextLine() throws {
    let process = try ParleyBinary.start(["append", store])
    for number in 1...3 {
      try process.send(chatLine(number))
      #expect(process.line() == #"{"line":\#(number),"status":"stored","position":\#(number + 1)}"#)
    }
    try process.input.fileHandleForWriting.close()
    #expect(process.finish().status == 0)
  }

  @Test func allIsStoredWhenNobodyReadsTheReceiptsAnyMore() throws {
    let process = try ParleyBinary.start(["append", store])
    try process.send(chatLine(1))
    _ = process.line()
    try process.output.fileHandleForReading.close()
    for number in 2...5 {
      try process.send(chatLine(number))
      // Time to become a group of its own, so that several come after the pipe was closed.
      Thread.sleep(forTimeInterval: 0.05)
    }
    try process.input.fileHandleForWriting.close()
    let run = process.finish()
    #expect(run.status == 0)
    #expect(run.diagnostics == "5 lines: 5 stored, 0 duplicate, 0 rejected\n")
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count == 5)
  }

  @Test func ctrlCEndsCleanlyAndKeepsWhatWasAcknowledged() throws {
    let process = try ParleyBinary.start(["append", store])
    try process.send(chatLine(1))
    #expect(process.line() == #"{"line":1,"status":"stored","position":2}"#)
    process.process.interrupt()
    let run = process.finish()
    #expect(run.status == 130)
    #expect(run.diagnostics.contains("1 line: 1 stored"))
    #expect(try ParleyBinary.run("replay", store).lines.count == 3)
  }

  @Test func aSecondWriterIsRefusedAndReadersAreNot() throws {
    let process = try ParleyBinary.start(["append", store])
    try process.send(chatLine(1))
    _ = process.line()
    let second = try ParleyBinary.run("append", store, input: chatLine(2))
    #expect(second.status == 3)
    #expect(second.diagnostics.contains("Wait until the other writer is done"))
    #expect(try ParleyBinary.run("replay", store).lines.count == 3)
    #expect(try ParleyBinary.run("verify", store).status == 0)
    try process.input.fileHandleForWriting.close()
    #expect(process.finish().status == 0)
  }

  @Test func aFileIsReadLikeStandardInput() throws {
    let file = try scratch.write("chat.jsonl", chatLine(1))
    #expect(try ParleyBinary.run("append", store, file).lines.count == 1)
    let missing = try ParleyBinary.run("append", store, scratch.path("missing.jsonl"))
    #expect(missing.status == 3)
    #expect(missing.diagnostics.contains("No such file"))
  }

  @Test func theByteOrderMarkOfAFileIsNoPartOfItsFirstLine() throws {
    let run = try ParleyBinary.run(
      "append", store, input: "\u{FEFF}" + chatLine(1) + "\u{FEFF}" + chatLine(2))
    #expect(run.lines.first?.contains(#""status":"stored""#) == true)
    #expect(run.lines.last?.contains(#""error":"invalid_json""#) == true, "only at the beginning")
  }

  @Test func aPipeGivenByItsPathIsReadLikeStandardInput() throws {
    let file = try scratch.write("chat.jsonl", chatLine(1) + chatLine(2))
    let script = """
      mkfifo $2/fifo; { sleep 1; cat $2/chat.jsonl; } >$2/fifo & $parley append $1 $2/fifo --quiet; wait
      """
    #expect(try Shell.run(script, [store, scratch.url.path]).lines.count == 2)
    let substituted = "bash -c '$0 append $1 <(sleep 1; cat $2) --quiet' $parley $1 $2"
    let run = try Shell.run(substituted, [store, file])
    #expect(run.lines.filter { $0.contains(#""status":"duplicate""#) }.count == 2, "\(run.diagnostics)")
    #expect(try Shell.run("$parley append $1 /dev/stdin <$2", [store, file]).lines.count == 2)
  }

  @Test func aPipeToWhichNobodyWritesIsWaitedForAloud() throws {
    let fifo = scratch.path("fifo")
    _ = try Shell.run("mkfifo $1", [fifo])
    let process = try ParleyBinary.start(["append", store, fifo])
    Thread.sleep(forTimeInterval: 4)
    process.process.interrupt()
    let run = process.finish()
    #expect(run.status == 130)
    #expect(run.diagnostics.contains("waiting for lines from \(fifo); Ctrl-C ends it\n"))
  }

  @Test func aDeviceIsNoFileOfLinesButTheNullDeviceIsAnEmptyOne() throws {
    let zero = try ParleyBinary.run("append", store, "/dev/zero")
    #expect(zero.status == 3)
    #expect(zero.diagnostics.contains("/dev/zero: a device; a file, a pipe or a terminal is read"))
    #expect(try ParleyBinary.run("append", store, "/dev/null").status == 0)
    let directory = try ParleyBinary.run("append", store, scratch.url.path)
    #expect(directory.diagnostics == "parley: \(scratch.url.path): Is a directory\n", "no sum of no lines")
  }

  @Test(arguments: [
    (#"{"kind":"message.snet"}"#, "message.sent"), (#"{"kind":"message"}"#, "message.sent"),
    (#"{"kind":"sent"}"#, "message.sent"), (#"{"kind":"message.sent","channel":"mail"}"#, "email"),
    (#"{"kind":"message.sent","channel":"call"}"#, "voice"), (#"{"kind":"case.open"}"#, "case.opened"),
    (#"{"kind":"message.sent","direction":"inbuond"}"#, "inbound"),
    (#"{"kind":"call.ended","disposition":"answred"}"#, "answered"),
    (#"{"kind":"identity.suggested","evidence":[{"basis":"agent"},{"basis":"log-in"}]}"#, "login"),
  ]) func anUnknownNameIsToldTheNearestOne(line: String, nearest: String) throws {
    let run = try ParleyBinary.run("append", store, input: line + "\n")
    #expect(run.status == 1)
    #expect(run.output.contains("; did you mean \(nearest)?"), "\(run.output)")
  }

  @Test func aWrongMemberOfAnObjectIsNamedWithTheNearestOne() throws {
    let lines = [
      #"{"kind":"note.added","parts":[{"text":"x"},{"mediaTyp":"x"}]}"#,
      #"{"kind":"note.added","parts":[{"blob":{"file-name":"x"}}]}"#,
      #"{"kind":"note.added","parts":[{"zzzzzz\u001b":"x"}]}"#,
    ]
    let run = try ParleyBinary.run("append", store, input: lines.joined(separator: "\n") + "\n")
    #expect(run.status == 1)
    #expect(
      run.lines.map { $0.components(separatedBy: "; ").last } == [
        #"found \"mediaTyp\", did you mean mediaType?"}"#,
        #"found \"file-name\", did you mean fileName?"}"#, #"found \"zzzzzz␛\""}"#,
      ])
  }
}
