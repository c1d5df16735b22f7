import ArgumentParser
import Parley
import ParleyEvents

/// Two identities, and who says something about them.
struct PairArguments: ParsableArguments {
  /// What was typed, read; identities as a store knows them.
  struct Values {
    var first: Identity
    var second: Identity
    var actor: Actor
  }

  @Argument(help: "One identity; - reads it from standard input.")
  var first: String

  @Argument(help: "The other identity; - reads it from standard input.")
  var second: String

  @Option(
    help: ArgumentHelp("Who says so, as in agent:kim; else agent:YOUR-LOGIN.", valueName: "actor"))
  var by: String?

  /// Whoever is logged in, whatever the environment says: services and containers have no `USER`.
  private static var user: String? { System.userName.map { "agent:\($0)" } }

  /// What was typed. Nothing is opened before it is known to be right.
  func values() throws -> Values {
    var reader = IdentityReader()
    return Values(
      first: try reader.identity(first), second: try reader.identity(second), actor: try actor())
  }

  private func actor() throws -> Actor {
    guard let by = by ?? Self.user else {
      throw CommandFailure(
        .usage, "who says so is not known: this user has no login name",
        hint: "--by agent:NAME says who it is.")
    }
    return try Actor(typed: by, for: "--by")
  }
}

extension PairArguments.Values {
  /// The same, with identities as a store knows them. Throws when they are one.
  func resolved(by store: ConversationStore) throws -> Self {
    let pair = Self(
      first: first.resolved(by: store.normalization), second: second.resolved(by: store.normalization),
      actor: actor)
    guard pair.first != pair.second else {
      throw CommandFailure(.usage, "both are \(pair.first): give two identities")
    }
    return pair
  }

  /// Says which of the two nothing is recorded under, and which spellings near it there are: often a slip of the
  /// pen, never forbidden.
  func noteUnknown(in store: ConversationStore, _ arguments: StoreArguments) async throws {
    for (identity, other) in [(first, second), (second, first)] where try await !store.knows(identity) {
      arguments.say(
        "note: nothing was recorded under \(identity) before; what you say of it is recorded all the same")
      if let near = try store.nearSpellings(of: identity, except: other) { arguments.say("  \(near)") }
    }
  }
}
