import ArgumentParser
import ParleyLog

/// In which order a command goes over the log.
enum OrderArgument: String, CaseIterable, ExpressibleByArgument {
  case position
  case stream

  static let help = ArgumentHelp(
    "position, as recorded; or stream, as it lies: faster over sealed events, which then come stream by stream, a part of "
      + "the log after the other. A stream's own events are in order always.",
    valueName: "order")

  var order: ReplayOrder {
    switch self {
    case .position: .position
    case .stream: .stream
    }
  }
}
