import ArgumentParser

/// Parses the command line, runs the command and turns whatever came of it into an exit code.
@main
enum Main {
  static func main() async {
    System.letWritesFail()
    // Without /proc there are none, not even the command's own name: no reason to believe that nothing was asked.
    guard !CommandLine.arguments.isEmpty else {
      Diagnostics.write("parley: the command line can't be read; it is in /proc/self/cmdline: mount /proc")
      System.exit(ExitStatus.cannotOpen.rawValue)
    }
    let status = await run(Array(CommandLine.arguments.dropFirst()))
    System.exit(status.rawValue)
  }

  private static func run(_ arguments: [String]) async -> ExitStatus {
    do {
      var command = try RootCommand.parse(commandLine: arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return .done
    } catch {
      return report(error)
    }
  }

  /// Says what went wrong on standard error, and how a program can tell.
  private static func report(_ error: any Error) -> ExitStatus {
    switch error {
    case let status as ExitStatus: return status
    case is ClosedPipe: return .done
    case let failure as CommandFailure:
      Diagnostics.error(failure)
      return failure.status
    default: break
    }
    if let failure = CommandFailure(error) {
      Diagnostics.error(failure)
      return failure.status
    }
    return reportUsage(error)
  }

  /// Help and completions are what was asked for, and go to standard output; the rest is a wrong command line.
  private static func reportUsage(_ error: any Error) -> ExitStatus {
    let message = RootCommand.fullMessage(for: error)
    let code = RootCommand.exitCode(for: error)
    guard code.isSuccess else {
      let prefix = "Error: "
      Diagnostics.write(message.hasPrefix(prefix) ? "parley: \(message.dropFirst(prefix.count))" : message)
      return code == .validationFailure ? .usage : .cannotOpen
    }
    let output = Output()
    try? output.write(line: message)
    try? output.flush()
    return .done
  }
}
