import ArgumentParser
import ParleyEvents

/// `parley`: the list of commands, and what holds for all of them.
struct RootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parley",
    abstract: "Keeps every conversation with a customer, over every channel, in one append-only log.",
    discussion: """
      A store is a directory. An identity is how a customer shows up somewhere, written kind:value or \
      kind:scope/value: email:ana@example.com, phone:+493012345678, social:x/2244994945, \
      visitor:shop.example/4051, account:eu/4711; - reads it from standard input.

      Data goes to standard output, everything else to standard error. Exit codes: 0 done; 1 done, but \
      something was rejected or found; 2 the command line is wrong; 3 the store or input can't be opened, or \
      the disk failed; 4 damage; 5 no such identity; 130 ended by Ctrl-C, with all that was acknowledged in the store.

      Example:
        parley init support.parley
        parley import eml support.parley mails/ --our-domain shop.example
        parley timeline support.parley email:ana@example.com
      """,
    version: "0.1.0",
    subcommands: [
      InitCommand.self, AppendCommand.self, ImportCommand.self, FindCommand.self, TimelineCommand.self,
      CustomerCommand.self, LinkCommand.self, UnlinkCommand.self, ReplayCommand.self, ShowCommand.self,
      StatsCommand.self, VerifyCommand.self, SealCommand.self, CompactCommand.self,
    ])
}

extension RootCommand {
  /// The command that a command line stands for, with its arguments. Throws what is wrong with it.
  static func parse(commandLine arguments: [String]) throws -> any ParsableCommand {
    try checkCommand(arguments)
    do { return try parseAsRoot(arguments) } catch {
      guard let number = arguments.first(where: isNegativeNumber), arguments.first == "show",
        message(for: error).contains("<position>")
      else { throw error }
      // The parser takes it for an option, and then misses the position.
      throw CommandFailure(.usage, "\(VisibleText.line(number)) is no position: \(PositionArgument.expected)")
    }
  }

  private static func isNegativeNumber(_ text: String) -> Bool {
    text.hasPrefix("-") && text.count > 1 && text.dropFirst().allSatisfy(\.isNumber)
  }

  /// Throws when the first word is no command, naming the one that is spelled most like it.
  private static func checkCommand(_ arguments: [String]) throws {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    guard let word = words.first, !word.hasPrefix("-"), word != "help" else { return }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(word) else { return }
    var near = NearSpellings(ofWord: word)
    names.forEach { near.consider($0) }
    let question = near.best.first.map { "; did you mean '\($0)'?" } ?? ""
    throw ValidationError("there is no command '\(VisibleText.line(word))'\(question)")
  }
}
