package import ParleyEnvelope

/// Where an event lies on disk. Offsets count from the start of the file.
package struct EventPlace: Equatable, Sendable {
  /// A block.
  package struct Block: Equatable, Sendable {
    /// Its number among the blocks of its frame, or among those of its kind in a sealed segment, from 0.
    package var index: Int
    /// Its stored bytes, in a sealed segment the block's header too.
    package var bytes: Range<Int>
    /// Its bytes before compression.
    package var plainCount: Int
  }

  /// The frame that an event was committed in.
  package struct Frame: Equatable, Sendable {
    /// Its bytes, padding included.
    package var bytes: Range<Int>
    /// Its events.
    package var events: Range<Position>
  }

  /// The segment, relative to the store's directory.
  package var file: String
  /// Its frame; nil in a sealed segment, which has none.
  package var frame: Frame?
  /// The block with the event's envelope.
  package var envelopes: Block
  /// The block with the event's body.
  package var contents: Block
}

extension EventPlace {
  /// The place of the `record`th event of a frame; nil when the frame's table has no block for it.
  init?(_ record: Int, of header: FrameHeader, at bytes: Range<Int>, in file: String) {
    func block(_ kind: FrameHeader.BlockKind) -> Block? {
      let index = header.blocks.lastIndex { $0.kind == kind && $0.firstRecord <= record }
      return index.map { index in
        let block = header.blocks[index]
        let start = bytes.lowerBound + block.offset
        return Block(index: index, bytes: start..<(start + block.storedCount), plainCount: block.plainCount)
      }
    }
    guard let envelopes = block(.envelopes), let contents = block(.contents) else { return nil }
    self.init(
      file: file, frame: Frame(bytes: bytes, events: header.base..<header.end), envelopes: envelopes,
      contents: contents)
  }
}

extension EventLog {
  /// Where the event at a position, below `head`, lies; nil when its segment is gone or its envelope damaged.
  package func place(of position: Position) throws(LogError) -> EventPlace? {
    precondition(position < head, "EventLog.place: a position at or behind head")
    return try ask { view throws(LogError) in
      switch view.segment(holding: position) {
      case .frames(let segment): try segment.place(of: position, cache: view.cache)
      case .sealed(let segment): try segment.place(of: position, cache: view.cache)
      case nil: nil
      }
    }
  }
}
