import Foundation
import Testing

@Suite struct HelpTests {
  static let commands = [
    "init", "append", "import", "find", "timeline", "customer", "link", "unlink", "replay", "show", "stats",
    "verify", "seal", "compact",
  ]

  @Test(arguments: commands) func everyCommandHasHelpWithAnExample(command: String) throws {
    let run = try ParleyBinary.run(command, "--help")
    #expect(run.status == 0)
    #expect(run.output.contains("USAGE: parley \(command)"))
    #expect(run.output.contains("Example:\n  parley \(command) "))
    #expect(run.diagnostics.isEmpty)
  }

  @Test func helpListsEveryCommand() throws {
    let run = try ParleyBinary.run("--help")
    #expect(run.status == 0)
    for command in Self.commands { #expect(run.output.contains("\n  \(command) ")) }
  }

  @Test(arguments: ["--case", "--speed", "--into", "--actor"])
  func optionsOfLaterVersionsAreNotAcceptedYet(option: String) throws {
    let run = try ParleyBinary.run("replay", "nowhere", option, "x")
    #expect(run.status == 2)
    #expect(try !ParleyBinary.run("replay", "--help").output.contains(option))
  }

  @Test func wrongCommandLineIsExitCodeTwoAndNothingOnStandardOutput() throws {
    for arguments in [["nonsense"], ["timeline"], ["replay", "x", "--from", "yesterday"]] {
      let run = try ParleyBinary.run(arguments, input: .init())
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.diagnostics.contains("Usage: parley"))
    }
  }

  @Test(arguments: ["timeline", "replay"], ["yesterday", "2026-02-20"])
  func aTimeThatIsNoneIsToldWhatOneLooksLike(command: String, text: String) throws {
    for option in ["--since", "--until"] {
      let run = try ParleyBinary.run(
        [command, "nowhere"] + (command == "timeline" ? ["email:ana@example.com"] : []) + [option, text],
        input: Data())
      #expect(run.status == 2)
      #expect(run.diagnostics.contains("2026-11-22T09:00:00Z"), "\(run.diagnostics)")
      #expect(run.diagnostics.contains("RFC 3339"))
    }
  }

  @Test(arguments: [
    (["timeline", "--zone", "Europe/Berlin"], "expected UTC, or the distance from it as in +01:00"),
    (["find", "--zone", "+01"], "expected UTC, or the distance from it as in +01:00"),
    (
      ["timeline", "--as-of", "2026-11-23"],
      "expected a position as in 1042, or a time as in 2026-11-22T09:00:00Z"
    ),
    (["customer", "--as-of", "-1"], "expected a position as in 1042, or a time as in 2026-11-22T09:00:00Z"),
    (["timeline", "--last", "-1"], "expected a number from 1"),
    (["timeline", "--last", "x"], "expected a number from 1"),
    (["replay", "--from", "-1"], "expected a position, a number from 0"),
    (["replay", "--to", "x"], "expected a position, a number from 0"),
    (["show", "x"], "expected a position, a number from 0"),
    (["show", "-1"], "expected a position, a number from 0"),
  ]) func aWrongValueIsToldWhatIsExpected(arguments: [String], expected: String) throws {
    let identity = ["timeline", "customer"].contains(arguments[0]) ? ["email:ana@example.com"] : []
    let run = try ParleyBinary.run(
      [arguments[0], "nowhere"] + identity + arguments.dropFirst(), input: Data())
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.diagnostics.contains(expected), "\(run.diagnostics)")
    #expect(run.diagnostics.contains(arguments.last!), "\(run.diagnostics)")
    #expect(!run.diagnostics.contains("Missing"), "\(run.diagnostics)")
  }

  @Test(arguments: ["timeline", "customer"])
  func aMomentThatIsNoneIsToldWhatOneLooksLike(command: String) throws {
    let run = try ParleyBinary.run(command, "nowhere", "email:ana@example.com", "--as-of", "yesterday")
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("1042"))
    #expect(run.diagnostics.contains("2026-11-22T09:00:00Z"), "\(run.diagnostics)")
  }

  @Test(arguments: [
    (["tmeline", "store"], "timeline"), (["shwo", "store", "1"], "show"), (["help", "appned"], "append"),
  ]) func aMisspeltCommandIsToldTheNearestOne(arguments: [String], nearest: String) throws {
    let run = try ParleyBinary.run(arguments, input: Data())
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.diagnostics.contains("did you mean '\(nearest)'?"), "\(run.diagnostics)")
  }

  @Test(arguments: [
    ["init", ""], ["append", ""], ["find", "store", ""], ["find", "store", "--name", ""],
    ["replay", "store", "--from", "5", "--to", "4"],
    ["replay", "store", "--since", "2026-11-22T09:00:00Z", "--until", "2026-11-22T09:00:00+01:00"],
    [
      "timeline", "store", "email:a@b.example", "--since", "2026-11-22T00:00:00Z", "--until",
      "2026-11-21T00:00:00Z",
    ],
    ["link", "store", "email:a@b.example", "phone:+49301", "--evidence", " "],
    ["unlink", "store", "email:a@b.example", "phone:+49301", "--reason", ""],
  ]) func whatCanOnlyBeAMistakeIsAWrongCommandLine(arguments: [String]) throws {
    let run = try ParleyBinary.run(arguments, input: Data())
    #expect(run.status == 2, "\(run.diagnostics)")
    #expect(
      run.diagnostics.contains(" is empty: ") || run.diagnostics.contains(": nothing lies between them."))
  }

  @Test(arguments: [
    ("timeline", "--channel", "mail", "email"), ("timeline", "--channel", "call", "voice"),
    ("timeline", "--channel", "emial", "email"), ("replay", "--channel", "mail", "email"),
    ("replay", "--kind", "message", "message.sent"), ("replay", "--kind", "message.send", "message.sent"),
  ]) func anUnknownChannelOrKindIsToldTheNearestOne(
    command: String, option: String, typed: String, nearest: String
  ) throws {
    let identity = command == "timeline" ? ["email:ana@example.com"] : []
    let run = try ParleyBinary.run([command, "store"] + identity + [option, typed], input: Data())
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("id you mean \(nearest)?"), "\(run.diagnostics)")
  }

  @Test(arguments: [
    ["x"], ["init"], ["timeline", "s", "email:a@b.example", "--last", "0"], ["show", "nowhere", "1"],
  ])
  func everyErrorBeginsAlike(arguments: [String]) throws {
    let run = try ParleyBinary.run(arguments, input: Data())
    #expect(run.diagnostics.hasPrefix("parley: "), "\(run.diagnostics)")
  }

  @Test func aWordThatIsLikeNoCommandIsToldNone() throws {
    let run = try ParleyBinary.run("x", "store")
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("there is no command 'x'\n"), "\(run.diagnostics)")
    #expect(try ParleyBinary.run("help", "timeline").status == 0)
    #expect(try ParleyBinary.run("help").status == 0)
  }

  @Test func shellCompletionsAreGenerated() throws {
    let run = try ParleyBinary.run("--generate-completion-script", "bash")
    #expect(run.status == 0)
    #expect(run.output.contains("timeline"))
  }
}
