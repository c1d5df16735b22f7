import ParleyEnvelope
import ParleyLog

/// Where an event lies on disk, for people and for programs.
struct EventPlaceReport {
  private let place: EventPlace

  init(_ place: EventPlace) { self.place = place }

  /// Several lines, without an end.
  var text: String {
    let first = place.events.lowerBound
    let events =
      place.events.count == 1
      ? "position \(first)" : "positions \(first) to \(place.events.upperBound.rawValue - 1)"
    return Table([
      ("file", place.file),
      ("frame", "at byte \(place.frame.lowerBound), \(place.frame.count) bytes, \(events)"),
      ("envelope", Self.text(place.envelopes)), ("body", Self.text(place.contents)),
    ]).text
  }

  /// One object on one line.
  var json: String {
    var frame = JSONText()
    frame.add("offset", place.frame.lowerBound)
    frame.add("bytes", place.frame.count)
    frame.add("first", place.events.lowerBound.rawValue)
    frame.add("last", place.events.upperBound.rawValue - 1)
    var json = JSONText()
    json.add("file", place.file)
    json.add("frame", raw: frame.line)
    json.add("envelope", raw: Self.json(place.envelopes))
    json.add("body", raw: Self.json(place.contents))
    return json.line
  }

  private static func text(_ block: EventPlace.Block) -> String {
    "block \(block.index) of the frame, at byte \(block.bytes.lowerBound), \(block.bytes.count) bytes, "
      + "\(block.plainCount) plain"
  }

  private static func json(_ block: EventPlace.Block) -> String {
    var json = JSONText()
    json.add("block", block.index)
    json.add("offset", block.bytes.lowerBound)
    json.add("bytes", block.bytes.count)
    json.add("plainBytes", block.plainCount)
    return json.line
  }
}
