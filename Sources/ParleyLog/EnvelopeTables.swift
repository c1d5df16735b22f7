import ParleyEnvelope

/// The tables of an envelope block: what its records share.
struct EnvelopeTables {
  /// One of them.
  struct Part {
    fileprivate var start: Int
    fileprivate(set) var count: Int
  }

  /// The entries of all: ids; touchpoints in the first word; traits, kind and body version in the first word.
  private var entries: [Words16] = []
  private(set) var streams = Part(start: 0, count: 0)
  private(set) var conversations = Part(start: 0, count: 0)
  private(set) var actors = Part(start: 0, count: 0)
  private(set) var cases = Part(start: 0, count: 0)
  private(set) var touchpoints = Part(start: 0, count: 0)
  private(set) var traits = Part(start: 0, count: 0)

  /// Loads the tables that the columns of a block were found with.
  init(_ columns: EnvelopeColumns, _ bytes: RawSpan) {
    streams = ids(columns.streams, bytes)
    conversations = ids(columns.conversations, bytes)
    actors = ids(columns.actors, bytes)
    cases = ids(columns.cases, bytes)
    touchpoints = others(columns.touchpoints, EnvelopeColumns.touchpointByteCount) {
      Words16(first: bytes.integer(at: $0), second: 0)
    }
    traits = others(columns.traits, EnvelopeColumns.traitByteCount) {
      Words16(first: UInt64(bytes.integer(at: $0, as: UInt32.self)), second: bytes.integer(at: $0 + 4))
    }
  }

  private mutating func ids(_ table: EnvelopeColumns.Table, _ bytes: RawSpan) -> Part {
    let end = table.start + table.count * Words16.byteCount
    entries.append(copying: bytes.extracting(table.start..<end))
    return Part(start: entries.count - table.count, count: table.count)
  }

  private mutating func others(
    _ table: EnvelopeColumns.Table, _ byteCount: Int, _ entry: (Int) -> Words16
  ) -> Part {
    for index in 0..<table.count { entries.append(entry(table.start + index * byteCount)) }
    return Part(start: entries.count - table.count, count: table.count)
  }

  /// What stands at a place of a table; nil when it has no such place.
  @inline(__always)
  func entry(_ place: UInt64, of part: Part) -> Words16? {
    place < part.count ? entries[part.start &+ Int(truncatingIfNeeded: place)] : nil
  }
}
