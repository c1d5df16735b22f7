import ArgumentParser
import ParleyLog

/// How a command that appends cuts the log into segments.
struct SegmentArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rolls the segment being written after so many events, up to \(grouped(LogLimits.segmentEventsMax)): smaller "
        + "segments are sealed sooner, and a sealed one then has about four times as many. For trials.",
      valueName: "number"),
    transform: SegmentEventsArgument.init(typed:))
  var segmentEvents: SegmentEventsArgument?

  /// Events after which a segment is rolled.
  var eventsMax: Int { segmentEvents?.count ?? LogLimits.segmentEventsMax }
}
