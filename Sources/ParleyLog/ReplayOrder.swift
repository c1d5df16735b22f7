/// In which order a replay hands out events.
package enum ReplayOrder: Sendable {
  /// By position, as they were recorded.
  case position
  /// As they lie, for folds that need no order over all streams: part of the log by part, the older first, and in a part that
  /// is sealed stream by stream, ids ascending. A stream's events always come in order of position. Over sealed events
  /// about twice as fast as by position.
  case stream
}
