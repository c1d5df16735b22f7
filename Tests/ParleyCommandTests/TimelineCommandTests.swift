import Foundation
import Testing

@Suite struct TimelineCommandTests {
  static let ana = "email:ana@example.com"
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    let note = """
      {"kind":"note.added","channel":"chat","by":"agent:kim","customer":"\(Self.ana)",\
      "conversation":"webchat/c-991","at":"2026-11-23T09:00:00+01:00","text":"Call her."}\n
      """
    let lines = [chatLine(1), chatLine(2, text: "And the cup?"), note, chatLine(4, text: "Hello?")]
    _ = try ParleyBinary.run("append", store, input: lines.joined())
    let path = try scratch.write("1.eml", mail(1))
    _ = try ParleyBinary.run("import", "eml", store, path)
  }

  @Test(arguments: [
    ([], ["mail", "one", "two", "three"]), (["--internal"], ["mail", "one", "two", "three", "note"]),
    (["--last", "2"], ["two", "three"]), (["--channel", "email"], ["mail"]),
    (["--channel", "email", "--channel", "chat", "--last", "1"], ["three"]),
    (["--since", "2026-11-01T00:00:00Z"], ["one", "two", "three"]),
    (["--until", "2026-11-01T00:00:00Z"], ["mail"]), (["--as-of", "3"], ["one", "two"]),
    (["--as-of", "2099-01-01T00:00:00Z", "--last", "1"], ["three"]),
  ]) func everyOptionShowsItsPart(options: [String], shown: [String]) throws {
    let words = [
      "mail": "(1)", "one": "Where is order 4711?\n", "two": "And the cup?", "three": "Hello?",
      "note": "Call her.",
    ]
    let run = try ParleyBinary.run(["timeline", store, Self.ana] + options, input: Data())
    #expect(run.status == 0)
    for (name, text) in words { #expect(run.output.contains(text) == shown.contains(name), "\(name)") }
  }

  @Test func whatIsLeftOutIsCountedAndSaysHowToSeeIt() throws {
    let run = try ParleyBinary.run("timeline", store, Self.ana)
    #expect(run.output.contains("… not shown: 1 internal (--internal shows them)"))
    #expect(run.output.contains(" entries in 2 conversations, 4 of them shown, through #"))
    let whole = try ParleyBinary.run("timeline", store, Self.ana, "--internal")
    #expect(!whole.output.contains("of them shown"))
  }

  @Test func timesAreShownAtTheZoneAsked() throws {
    let run = try ParleyBinary.run("timeline", store, Self.ana, "--zone", "-05:00")
    #expect(run.output.contains("03:00 "))
    for zone in ["CET", "+25:00", "1"] {
      #expect(try ParleyBinary.run("timeline", store, Self.ana, "--zone", zone).status == 2)
    }
  }

  @Test func theIdentityComesFromStandardInputToo() throws {
    let run = try ParleyBinary.run("timeline", store, "-", input: "\(Self.ana)\r\n")
    #expect(try run.output == ParleyBinary.run("timeline", store, Self.ana).output)
  }

  @Test func aSecondIdentityOnStandardInputIsNotLeftOutWithoutAWord() throws {
    for input in ["\(Self.ana)\nemail:ben@example.com\n", "\(Self.ana)\n\nphone:+1"] {
      for command in ["timeline", "customer"] {
        let run = try Shell.run("printf '%s' \"$2\" | $parley \(command) $1 -", [store, input])
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.hasPrefix("parley: standard input holds more than the one identity"))
      }
    }
  }

  @Test func aPositionIsTakenAsItIsShown() throws {
    #expect(try ParleyBinary.run("show", store, "#2").output == ParleyBinary.run("show", store, "2").output)
    let asOf = try ParleyBinary.run("timeline", store, Self.ana, "--as-of", "#3")
    #expect(asOf.status == 0 && !asOf.output.isEmpty)
    for text in ["#", "##2", "2#", "#-2"] { #expect(try ParleyBinary.run("show", store, text).status == 2) }
  }

  @Test func aSuggestionThatNobodyExplainedSaysWhatItRestsOn() throws {
    let line = """
      {"kind":"message.sent","channel":"chat","from":"\(Self.ana)","conversation":"webchat/c-991",\
      "presented":[{"identity":"phone:+493012345678","trust":"claimed","by":"form"}],"text":"Call me."}\n
      """
    _ = try ParleyBinary.run("append", store, input: line)
    let run = try ParleyBinary.run("timeline", store, Self.ana)
    #expect(run.output.contains(/maybe +phone:\+493012345678: contact #/), "\(run.output)")
  }

  @Test func aMomentThatIsNotYetThereIsSaid() throws {
    let late = try ParleyBinary.run("timeline", store, Self.ana, "--as-of", "99")
    #expect(late.status == 2)
    #expect(late.diagnostics.contains("position 99"))
    let early = try ParleyBinary.run("timeline", store, Self.ana, "--as-of", "2020-01-01T00:00:00Z")
    #expect(early.status == 2)
    #expect(early.diagnostics.contains("nothing was recorded by 2020-01-01T00:00:00Z"))
  }

  @Test func anIdentityThatWasNotThereYetIsUnknownAsOfThen() throws {
    let later = chatLine(9).replacingOccurrences(of: "ana@", with: "ben@")
      .replacingOccurrences(of: "c-991", with: "c-992")
    _ = try ParleyBinary.run("append", store, input: later)
    for command in ["timeline", "customer"] {
      let run = try ParleyBinary.run(command, store, "email:ben@example.com", "--as-of", "0")
      #expect(run.status == 5)
      #expect(run.output.isEmpty)
      #expect(run.diagnostics.contains("nothing was recorded under email:ben@example.com through position 0"))
      #expect(try ParleyBinary.run(command, store, Self.ana, "--as-of", "0").status == 0)
    }
  }

  @Test(arguments: [
    ["--last", "0"], ["--channel", "smoke"], ["--actor", "agent:kim"], ["--format", "html"],
  ])
  func aWrongOptionIsAWrongCommandLine(options: [String]) throws {
    let run = try ParleyBinary.run(["timeline", store, Self.ana] + options, input: Data())
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
  }
}
