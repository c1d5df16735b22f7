package import ParleyLog

/// What an acknowledged append promises.
public enum Durability: String, CaseIterable, Hashable, Sendable {
  /// The event is on disk: it outlives a power loss. Appends that come together share the fdatasync before their answers.
  case sync
  /// The event is written and outlives the process, `kill -9` included. It is on disk 0.1 seconds later, or earlier once
  /// 16 MiB have come together, and then shown to other processes. A power loss or a crash of the system before that takes
  /// the last events of the log, never one without all that came behind it. For imports and logs that can be sent again.
  case delayed
}

extension Durability {
  package init(_ durability: LogDurability) {
    switch durability {
    case .sync: self = .sync
    case .delayed: self = .delayed
    }
  }

  var log: LogDurability {
    switch self {
    case .sync: .sync
    case .delayed: .delayed
    }
  }
}
