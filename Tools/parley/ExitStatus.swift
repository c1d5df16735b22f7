/// How a command ended, as a program sees it. Thrown by a command that did its work and has already said what
/// was wrong with it.
enum ExitStatus: Int32, Error {
  /// Done.
  case done = 0
  /// Done, but something was rejected or found.
  case rejected = 1
  /// The command line is wrong.
  case usage = 2
  /// The store or the input can't be opened, or an append failed.
  case cannotOpen = 3
  /// Something stored can't be read any more.
  case damage = 4
  /// No such identity in the store.
  case noSuchIdentity = 5
  /// Ended by Ctrl-C, as shells write it: 128 and the signal's number.
  case interrupted = 130
}

/// Why a command could not do what was asked.
struct CommandFailure: Error {
  /// The exit code.
  var status: ExitStatus
  /// What was found and what was expected.
  var message: String
  /// What to do, when there is something.
  var hint: String?

  init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
    self.status = status
    self.message = message
    self.hint = hint
  }
}
