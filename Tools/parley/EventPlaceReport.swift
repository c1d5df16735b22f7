import ParleyEnvelope
import ParleyLog

/// Where an event lies on disk, for people and for programs.
struct EventPlaceReport {
  private let place: EventPlace

  init(_ place: EventPlace) { self.place = place }

  /// Several lines, without an end.
  var text: String {
    var rows = [("file", place.file)]
    if let frame = place.frame { rows.append(("frame", Self.text(frame))) }
    rows += [("envelope", text(place.envelopes)), ("body", text(place.contents))]
    return Table(rows).text
  }

  private static func text(_ frame: EventPlace.Frame) -> String {
    let first = frame.events.lowerBound
    let events =
      frame.events.count == 1
      ? "position \(first)" : "positions \(first) to \(frame.events.upperBound.rawValue - 1)"
    return "at byte \(frame.bytes.lowerBound), \(frame.bytes.count) bytes, \(events)"
  }

  /// One object on one line.
  var json: String {
    var json = JSONText()
    json.add("file", place.file)
    if let frame = place.frame { json.add("frame", raw: Self.json(frame)) }
    json.add("envelope", raw: Self.json(place.envelopes))
    json.add("body", raw: Self.json(place.contents))
    return json.line
  }

  private static func json(_ frame: EventPlace.Frame) -> String {
    var json = JSONText()
    json.add("offset", frame.bytes.lowerBound)
    json.add("bytes", frame.bytes.count)
    json.add("first", frame.events.lowerBound.rawValue)
    json.add("last", frame.events.upperBound.rawValue - 1)
    return json.line
  }

  private func text(_ block: EventPlace.Block) -> String {
    "block \(block.index) of the \(place.frame == nil ? "sealed segment's" : "frame"), at byte \(block.bytes.lowerBound), \(block.bytes.count) bytes, "
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
