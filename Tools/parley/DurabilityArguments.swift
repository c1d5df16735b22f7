import ArgumentParser
import Parley

/// When a command that appends takes an event for stored.
struct DurabilityArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "When an event is acknowledged: sync, once it is on disk; delayed, once it is written, and it is on disk 0.1 s "
        + "later and when the command ends: a power loss before that takes the last ones.",
      valueName: "mode"),
    transform: Durability.init(typed:))
  var durability = Durability.sync
}

extension Durability {
  /// As typed; throws the names that there are for another.
  fileprivate init(typed text: String) throws {
    guard let durability = Durability(rawValue: text) else {
      let names = Self.allCases.map(\.rawValue).joined(separator: " or ")
      throw ValidationError("there is no durability \(text): it is \(names)")
    }
    self = durability
  }
}
