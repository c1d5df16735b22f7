import Foundation
import Testing

@Suite struct ImportTests {
  /// Enough to take longer than it takes to press Ctrl-C.
  #if DEBUG
  static let manyMails = 4_000
  #else
  static let manyMails = 20_000
  #endif

  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    #expect(try ParleyBinary.run("init", store, "--quiet").status == 0)
  }

  @Test(arguments: ["eml", "mbox", "maildir"]) func everyFormatIsReadAndASecondRunStoresNothing(
    format: String
  ) throws {
    let path = try source(format)
    let run = try ParleyBinary.run("import", format, store, path, "--our-domain", "shop.example")
    #expect(run.status == 0, "\(run.diagnostics)")
    #expect(run.output.isEmpty)
    #expect(run.diagnostics == "3 read: 3 accepted, 0 duplicate, 0 rejected\n")
    #expect(try count("message.sent") == 3)
    #expect(try count("record.import") == 1)
    let again = try ParleyBinary.run("import", format, store, path)
    #expect(again.status == 0)
    #expect(again.diagnostics == "3 read: 0 accepted, 3 duplicate, 0 rejected\n")
    #expect(try count("record.import") == 1, "a run that stored nothing leaves no record")
  }

  @Test func theSameMailIsTheSameInEveryFormat() throws {
    for format in ["eml", "mbox", "maildir"] {
      _ = try ParleyBinary.run("import", format, store, try source(format))
    }
    #expect(try count("message.sent") == 3)
  }

  @Test func ourDomainDecidesWhoTheCustomerIs() throws {
    let path = try scratch.write(
      "answer.eml", mail(1, from: "Kim <kim@mail.shop.example>", to: "Ana <ana@example.com>"))
    let run = try ParleyBinary.run("import", "eml", store, path, "--our-domain", "shop.example")
    #expect(run.status == 0)
    #expect(try ParleyBinary.run("timeline", store, "email:kim@mail.shop.example").status == 5)
    let timeline = try ParleyBinary.run("timeline", store, "email:ana@example.com", "--format", "json")
    #expect(timeline.output.contains(#""direction":"outbound""#))
  }

  @Test(arguments: [
    ["--our-domain", "shop example"], ["--our-domain", ""], ["--our-address", "shop.example"],
  ])
  func aDomainOrAddressThatIsNoneIsAWrongCommandLine(option: [String]) throws {
    let run = try ParleyBinary.run(["import", "eml", store, try source("eml")] + option, input: Data())
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("--our-domain shop.example"))
    #expect(try ParleyBinary.run("replay", store).output.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func aNamedPipeIsRejectedAndNobodyWaitsForIt() throws {
    let pipe = scratch.path("pipe")
    let maker = try Process.run(URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "mkfifo '\(pipe)'"])
    maker.waitUntilExit()
    let run = try ParleyBinary.run("import", "eml", store, pipe)
    #expect(run.status == 1, "\(run.diagnostics)")
    #expect(run.diagnostics.contains("pipe: a named pipe; only files and directories are read"))
  }

  @Test func anAddressThatIsGivenAsADomainIsToldItsOption() throws {
    let option = ["--our-domain", "help@acme.example"]
    let run = try ParleyBinary.run(["import", "eml", store, try source("eml")] + option, input: Data())
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("--our-address names a single address"))
    #expect(try ParleyBinary.run("replay", store).output.isEmpty)
  }

  @Test func aDomainWithItsAtIsToldToDropIt() throws {
    let option = ["--our-domain", "@acme.example"]
    let run = try ParleyBinary.run(["import", "eml", store, try source("eml")] + option, input: Data())
    #expect(run.status == 2)
    #expect(
      run.diagnostics.hasSuffix("  Drop the @, as in --our-domain acme.example.\n"), "\(run.diagnostics)")
  }

  @Test func standardInputIsNoMailAndSaysSo() throws {
    let run = try ParleyBinary.run("import", "eml", store, "-", input: mail(1))
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("standard input is not read: mail is imported from files"))
  }

  @Test func aDryRunSaysWhatWouldHappenAndStoresNothing() throws {
    let path = try source("eml")
    let ours = ["--our-domain", "shop.example"]
    let run = try ParleyBinary.run(["import", "eml", store, path, "--dry-run"] + ours, input: Data())
    #expect(run.status == 0)
    #expect(run.diagnostics == "3 read: 3 would be accepted, 0 duplicate, 0 rejected\n")
    #expect(try ParleyBinary.run("replay", store).output.isEmpty)
    _ = try ParleyBinary.run("import", "eml", store, path)
    let known = try ParleyBinary.run("import", "eml", store, path, "--dry-run")
    #expect(known.diagnostics == "3 read: 0 would be accepted, 3 duplicate, 0 rejected\n")
  }

  @Test func theReportListsEveryRejectionAndEveryDateThatWasNotBelieved() throws {
    let path = try source("eml")
    _ = try scratch.write("eml/no-mail.eml", "no header, no mail\n")
    let late = mail(7).replacingOccurrences(of: "2026", with: "1907")
    _ = try scratch.write("eml/late.eml", late)
    let report = scratch.path("report.jsonl")
    let run = try ParleyBinary.run("import", "eml", store, path, "--report", report)
    #expect(run.status == 1)
    #expect(run.diagnostics.contains("rejected \(path)/no-mail.eml: "))
    #expect(run.diagnostics.contains("date not believed in \(path)/late.eml: "))
    #expect(run.diagnostics.hasSuffix("5 read: 4 accepted, 0 duplicate, 1 rejected\n"))
    let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.filter { $0.contains("no-mail.eml\",\"rejected\":\"") }.count == 1)
    #expect(lines.filter { $0.contains("late.eml\",\"warning\":\"") }.count == 1)
  }

  @Test func aMailUnderTheIdOfAnotherIsNamed() throws {
    let other = mail(1).replacingOccurrences(of: "Where is", with: "Forget")
    let paths = [try scratch.write("first.eml", mail(1)), try scratch.write("second.eml", other)]
    let report = scratch.path("report.jsonl")
    let arguments = ["--report", report, "--our-domain", "shop.example"]
    let command = ["import", "eml", store] + paths + arguments
    let foretold = try ParleyBinary.run(command + ["--dry-run"], input: Data())
    let run = try ParleyBinary.run(command, input: Data())
    #expect(run.status == 0)
    #expect(
      foretold.diagnostics.replacingOccurrences(of: "would be accepted", with: "accepted") == run.diagnostics)
    let words = "its id is that of another item with other content; stored beside it, under its content"
    #expect(
      run.diagnostics == """
        id of another item in \(paths[1]): \(words)
        2 read: 2 accepted, 0 duplicate, 0 rejected; 1 under an id that another item has\n
        """)
    let lines = try String(contentsOfFile: report, encoding: .utf8)
    #expect(lines == #"{"item":"\#(paths[1])","warning":"reused_id","message":"\#(words)"}"# + "\n")
    let duplicates = "duplicate, 0 rejected\n"
    #expect(try ParleyBinary.run(command, input: Data()).diagnostics == "2 read: 0 accepted, 2 " + duplicates)
    let again = try ParleyBinary.run(command + ["--dry-run"], input: Data())
    #expect(again.diagnostics == "2 read: 0 would be accepted, 2 " + duplicates)
  }

  @Test(arguments: ["", "/store"]) func aStoreIsNotWalked(path: String) throws {
    _ = try ParleyBinary.run("import", "eml", store, try source("eml"), "--our-domain", "shop.example")
    let run = try ParleyBinary.run(
      "import", "eml", store, scratch.url.path + path, "--our-domain", "shop.example")
    #expect(run.status == 1)
    #expect(run.diagnostics.contains("/store: a Parley store"), "\(run.diagnostics)")
    #expect(run.diagnostics.contains(" 0 accepted, \(path.isEmpty ? 3 : 0) duplicate, 1 rejected"))
  }

  @Test(arguments: [[], ["--dry-run"]])
  func whoeverSaysNotWhatIsOursIsToldWhoMayBe(options: [String]) throws {
    let path = try source("eml")
    _ = try scratch.write("eml/4.eml", mail(4, from: "help@shop.example", to: "bo@example.org"))
    let note =
      "note: without --our-domain or --our-address every address is taken for a customer's, and importing the "
      + "mails again does not change that; help@shop.example is in 4 of 4 mails and may be ours\n"
    let run = try ParleyBinary.run(["import", "eml", store, path] + options, input: Data())
    #expect(run.diagnostics.hasPrefix(note + "4 read: 4 "), "\(run.diagnostics)")
  }

  @Test func whoeverWantsToHearNothingIsNotToldWhoMayBeOurs() throws {
    let run = try ParleyBinary.run("import", "eml", store, try source("eml"), "--quiet")
    #expect(run.diagnostics.isEmpty)
    let again = try ParleyBinary.run("import", "eml", store, try source("eml"))
    #expect(again.diagnostics == "3 read: 0 accepted, 3 duplicate, 0 rejected\n", "it would come too late")
  }

  @Test func aDomainThatNoMailIsFromOrToIsSaid() throws {
    let path = try source("eml")
    let ours = [
      "--our-domain", "shop.exampel", "--our-address", "kim@example.com", "--our-domain", "SHOP.example",
    ]
    let run = try ParleyBinary.run(["import", "eml", store, path, "--dry-run"] + ours, input: Data())
    #expect(
      run.diagnostics == """
        note: no mail is from or to shop.exampel, which was said to be ours
        note: no mail is from or to kim@example.com, which was said to be ours
        3 read: 3 would be accepted, 0 duplicate, 0 rejected\n
        """)
  }

  @Test func whatIsNotThereIsExitCodeThreeAndNothingIsStored() throws {
    let run = try ParleyBinary.run("import", "eml", store, try source("eml"), scratch.path("missing"))
    #expect(run.status == 3)
    #expect(run.diagnostics.contains("missing: No such file"))
    #expect(try ParleyBinary.run("replay", store).output.isEmpty)
    #expect(try ParleyBinary.run("import", "fax", store, try source("eml")).status == 2)
  }

  @Test func ctrlCEndsAnImportCleanlyAndTheNextRunCompletesIt() throws {
    let path = try scratch.write("many.mbox", mbox(1...Self.manyMails))
    let process = try ParleyBinary.start(["import", "mbox", store, path])
    while try ParleyBinary.run("replay", store, "--envelopes", "--to", "1").output.isEmpty {
      Thread.sleep(forTimeInterval: 0.02)
    }
    process.process.interrupt()
    let run = process.finish()
    #expect(run.status == 130)
    let stored = try count("message.sent")
    let sums = run.diagnostics.split(separator: "\n").last.map { $0.filter { $0 != "," } }
    #expect(sums?.hasPrefix("\(stored) read: \(stored) accepted 0 duplicate") == true)
    #expect((1..<Self.manyMails).contains(stored))
    let again = try ParleyBinary.run("import", "mbox", store, path)
    #expect(again.status == 0)
    #expect(try count("message.sent") == Self.manyMails)
  }

  private func count(_ kind: String) throws -> Int {
    try ParleyBinary.run("replay", store, "--envelopes", "--kind", kind).lines.count
  }

  /// The same three mails in a format.
  private func source(_ format: String) throws -> String {
    switch format {
    case "eml": for number in 1...3 { _ = try scratch.write("eml/\(number).eml", mail(number)) }
    case "maildir":
      for name in ["maildir/new", "maildir/tmp"] {
        try FileManager.default.createDirectory(
          atPath: scratch.path(name), withIntermediateDirectories: true)
      }
      for number in 1...3 { _ = try scratch.write("maildir/cur/\(number).host:2,S", mail(number)) }
    default: _ = try scratch.write("mbox", mbox(1...3))
    }
    return scratch.path(format)
  }
}
