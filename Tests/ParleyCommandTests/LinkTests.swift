import Foundation
import Testing

@Suite struct LinkTests {
  static let ana = "email:ana@example.com"
  static let phone = "phone:+493012345678"
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--region", "DE", "--quiet")
    let text = chatLine(2, from: Self.phone).replacingOccurrences(of: "c-991", with: "c-992")
    _ = try ParleyBinary.run("append", store, input: chatLine(1) + text)
  }

  @Test func aLinkNamesTheIdentitiesAsTheStoreKnowsThem() throws {
    let run = try link("email:Ana@EXAMPLE.com", "phone:030 12345678")
    #expect(run.status == 0)
    #expect(run.output.isEmpty)
    #expect(run.diagnostics == "linked \(Self.ana) and \(Self.phone)\n")
    let again = try link(Self.phone, Self.ana)
    #expect(again.diagnostics == "\(Self.phone) and \(Self.ana) were one customer already\n")
  }

  @Test func aLinkStandsOnceInTheTimelineFromEitherSide() throws {
    _ = try link(Self.ana, Self.phone)
    for identity in [Self.ana, Self.phone] {
      let text = try ParleyBinary.run("timeline", store, identity, "--internal")
      #expect(text.output.components(separatedBy: "· linked ").count == 2)
      let json = try ParleyBinary.run("timeline", store, identity, "--internal", "--format", "json")
      let entries = json.lines.filter { $0.contains(#""kind":"identity.linked""#) }
      #expect(entries.count == 1)
      #expect(entries[0].contains(#""position":6,"positions":[6,7]"#))
    }
  }

  @Test func customerSaysHowItsIdentitiesWereJoined() throws {
    let before = try ParleyBinary.run("customer", store, Self.ana)
    #expect(before.output.hasPrefix("identities\n  \(Self.ana)  "))
    #expect(!before.output.contains(Self.phone))
    _ = try link(Self.ana, Self.phone)
    let after = try ParleyBinary.run("customer", store, Self.phone, "--zone", "+01:00")
    #expect(after.output.contains("\(Self.ana) and \(Self.phone): agent, verified, at position 6 on "))
    #expect(after.output.contains("+01:00 by agent:kim; knew the order"))
    let json = try ParleyBinary.run("customer", store, Self.phone, "--format", "json")
    #expect(json.output.contains(#""by":"agent:kim","basis":"agent","evidence":["knew the order"]"#))
    let asOf = try ParleyBinary.run("customer", store, Self.ana, "--as-of", "5")
    #expect(asOf.output == before.output, "as it was known then")
  }

  @Test func unlinkSeparatesAndNoRuleJoinsAgain() throws {
    _ = try link(Self.ana, Self.phone)
    let run = try unlink(Self.ana, "phone:030 12345678")
    #expect(run.status == 0)
    #expect(run.diagnostics == "separated \(Self.ana) and \(Self.phone): 1 link ended\n")
    let customer = try ParleyBinary.run("customer", store, Self.ana)
    #expect(customer.output.contains("known not to be one customer\n  \(Self.ana) and \(Self.phone)"))
    #expect(try ParleyBinary.run("timeline", store, Self.ana).output.contains(Self.phone) == false)
    let again = try unlink(Self.ana, Self.phone)
    #expect(again.diagnostics.contains("were not joined"))
  }

  @Test func unlinkThroughOthersIsRefusedAndNamesTheWay() throws {
    _ = try link(Self.ana, Self.phone)
    _ = try link(Self.phone, "visitor:shop.example/4051")
    let run = try unlink(Self.ana, "visitor:shop.example/4051")
    #expect(run.status == 1)
    #expect(run.diagnostics.contains("\(Self.ana) – \(Self.phone) – visitor:shop.example/4051"))
  }

  @Test func aRefusedLinkIsExitCodeOneWithItsReason() throws {
    let run = try link(Self.ana, "email:noreply@shop.example")
    #expect(run.status == 1)
    #expect(run.diagnostics.contains("the link was refused, and the refusal recorded: "))
    let customer = try ParleyBinary.run("customer", store, Self.ana).output
    #expect(customer.contains("refused: "))
    #expect(customer.contains(": agent, verified, at position "), "a person asked for it")
  }

  @Test(arguments: ["bot:helper", "automation:rule-1", "system:crm"])
  func aLinkThatNoAgentGivesIsAWrongCommandLine(actor: String) throws {
    let before = try ParleyBinary.run("replay", store).output
    let run = try ParleyBinary.run(
      "link", store, Self.ana, Self.phone, "--evidence", "same name", "--by", actor)
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("a link needs an agent"))
    #expect(run.diagnostics.contains("--by agent:NAME"))
    #expect(try ParleyBinary.run("replay", store).output == before)
  }

  @Test func aRefusalIsNamedByWhatIsTrueOfEveryValue() throws {
    let link = [store, Self.ana, "agent:kim", "--evidence", "x", "--by", "agent:kim"]
    #expect(try ParleyBinary.run(["link"] + link, input: Data()).status == 1)
    let customer = try ParleyBinary.run("customer", store, Self.ana).output
    let ground =
      "identities of kind agent are no customer's (refused: not a value that tells who somebody is)\n"
    #expect(customer.contains(ground), "\(customer)")
  }

  @Test func identitiesComeFromStandardInputToo() throws {
    let run = try ParleyBinary.run(
      "link", store, "-", "-", "--evidence", "x", "--by", "agent:kim", input: "\(Self.ana)\n\(Self.phone)\n")
    #expect(run.diagnostics == "linked \(Self.ana) and \(Self.phone)\n")
    let customer = try ParleyBinary.run("customer", store, "-", input: Self.ana)
    #expect(customer.output.contains(Self.phone))
    let none = try ParleyBinary.run("customer", store, "-")
    #expect(none.status == 2)
    #expect(none.diagnostics.contains("standard input holds no identity"))
  }

  @Test func whatWasNeverSeenIsLinkedWithANote() throws {
    let run = try link(Self.ana, "email:anna@example.com")
    #expect(
      run.diagnostics.hasPrefix(
        "note: nothing was recorded under email:anna@example.com before; what you say"))
    #expect(!run.diagnostics.contains("Did you mean"), "the other of the two is not meant")
  }

  @Test func whatWasNeverSeenIsToldWhatIsSpelledLikeIt() throws {
    let run = try link("email:anna@example.com", Self.phone)
    #expect(run.status == 0)
    #expect(run.diagnostics.contains("  Did you mean \(Self.ana)?\nlinked "), "\(run.diagnostics)")
    let unlinked = try unlink(Self.ana, "phone:+493012345679")
    #expect(unlinked.diagnostics.contains("  Did you mean \(Self.phone)?\n"), "\(unlinked.diagnostics)")
  }

  @Test(arguments: [
    ("Ana@example.com", "email:ana@example.com"), ("mailto:ana@example.com", "email:ana@example.com"),
    ("+49 30 12345678", "phone:+493012345678"), ("0049 30 12345678", "phone:+493012345678"),
    ("emial:ana@example.com", "email:ana@example.com"), ("Phone:+493012345678", "phone:+493012345678"),
  ]) func anIdentityWithoutItsKindIsToldWhichItLooksLike(text: String, meant: String) throws {
    for arguments in [["customer", store, text], ["replay", store, "--stream", text]] {
      let run = try ParleyBinary.run(arguments, input: Data())
      #expect(run.status == 2)
      #expect(run.diagnostics.hasSuffix("  Did you mean \(meant)?\n"), "\(run.diagnostics)")
    }
  }

  @Test(arguments: [
    ("phone:abc", "phone:+493012345678"), ("social:42", "social:x/2244994945"),
    ("email:ana", "email:ana@example.com"), ("problem:", "email:ana@example.com"),
  ]) func anIdentityThatIsNoneOfItsKindIsToldOneThatIs(text: String, example: String) throws {
    let run = try ParleyBinary.run("customer", store, text)
    #expect(run.status == 2)
    #expect(run.diagnostics.hasSuffix("  An identity is written as in \(example).\n"), "\(run.diagnostics)")
  }

  @Test(arguments: ["bot:helper", "automation:rule-1"])
  func aSeparationByABotIsABotsEverywhere(actor: String) throws {
    _ = try link(Self.ana, Self.phone)
    let run = try ParleyBinary.run(
      "unlink", store, Self.ana, Self.phone, "--reason", "two people", "--by", actor)
    #expect(run.status == 0)
    let kind = actor.prefix { $0 != ":" }
    let lines = try ParleyBinary.run("replay", store, "--kind", "identity.separated").lines
    let envelopes = try ParleyBinary.run("replay", store, "--kind", "identity.separated", "--envelopes").lines
    #expect(lines.count == 2 && envelopes.count == 2)
    #expect(envelopes.allSatisfy { $0.contains(#""actorKind":"\#(kind)""#) })
    #expect(lines.allSatisfy { $0.contains(#""by":"\#(actor)""#) })
    #expect(lines.allSatisfy { !$0.contains(#""basis":"agent""#) && !$0.contains("agent:") }, "\(lines)")
    // Only an agent takes it back.
    #expect(try link(Self.ana, Self.phone).status == 0)
  }

  @Test func oneIdentityIsNoPair() throws {
    let before = try ParleyBinary.run("replay", store).lines.count
    for run in [try link(Self.phone, "phone:030 12345678"), try unlink(Self.phone, "phone:030 12345678")] {
      #expect(run.status == 2)
      #expect(run.diagnostics == "parley: both are \(Self.phone): give two identities\n")
    }
    #expect(try ParleyBinary.run("replay", store).lines.count == before)
  }

  @Test func whoIsNamedWithoutHisKindIsTakenForAnAgentOnlyInAQuestion() throws {
    let run = try ParleyBinary.run("link", store, Self.ana, Self.phone, "--evidence", "x", "--by", "kim")
    #expect(run.status == 2)
    #expect(run.diagnostics.hasSuffix("  Did you mean agent:kim?\n"), "\(run.diagnostics)")
  }

  @Test(arguments: [["-u", "USER"], ["USER=mallory"]])
  func whoIsLoggedInSaysSoWhateverTheEnvironmentSays(environment: [String]) throws {
    let name = try RunningParley(["-un"], of: URL(fileURLWithPath: "/usr/bin/id")).finish().lines[0]
    let run = try Self.command(
      environment + [ParleyBinary.url.path, "link", store, Self.ana, Self.phone, "--evidence", "x"],
      through: "env")
    #expect(run.status == 0, "\(run.diagnostics)")
    let customer = try ParleyBinary.run("customer", store, Self.ana)
    #expect(customer.output.contains("agent:\(name)"), "\(customer.output)")
  }

  /// A user without a name, whom only root can become.
  @Test(
    .enabled(if: isNamelessUserPossible, "only root can run the command as a user without a login name"),
    arguments: [["link", "--evidence", "x"], ["unlink", "--reason", "x"]])
  func nobodyIsNobodysWord(command: [String]) throws {
    let before = try ParleyBinary.run("replay", store).output
    let run = try Self.nameless([command[0], store, Self.ana, Self.phone] + command.dropFirst())
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("--by agent:NAME"), "\(run.diagnostics)")
    #expect(try ParleyBinary.run("replay", store).output == before)
  }

  @Test(arguments: [
    ["nonsense", "phone:+1"], ["email:ana@example.com", "phone:+1", "--by", "kim"],
  ]) func aWrongIdentityOrActorIsAWrongCommandLineAndNothingIsStored(arguments: [String]) throws {
    let before = try ParleyBinary.run("replay", store).lines.count
    let run = try ParleyBinary.run(["link", store] + arguments + ["--evidence", "x"], input: Data())
    #expect(run.status == 2)
    #expect(try ParleyBinary.run("replay", store).lines.count == before)
  }

  private static var isNamelessUserPossible: Bool { (try? nameless(["--version"]).status) == 0 }

  private static func nameless(_ arguments: [String]) throws -> Run {
    try command(
      ["--reuid", "54321", "--clear-groups", ParleyBinary.url.path] + arguments, through: "setpriv")
  }

  private static func command(_ arguments: [String], through tool: String) throws -> Run {
    try RunningParley(arguments, of: URL(fileURLWithPath: "/usr/bin/\(tool)")).finish()
  }

  private func link(_ first: String, _ second: String) throws -> Run {
    try ParleyBinary.run("link", store, first, second, "--evidence", "knew the order", "--by", "agent:kim")
  }

  private func unlink(_ first: String, _ second: String) throws -> Run {
    try ParleyBinary.run("unlink", store, first, second, "--reason", "a family's phone", "--by", "agent:kim")
  }
}
