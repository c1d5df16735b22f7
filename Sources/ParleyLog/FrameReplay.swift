import ParleyEnvelope

/// Reads the events of a segment in frames in order, a window of frames at a time: memory is bounded by the window.
struct FrameReplay {
  /// Stored bytes read at once, unless one frame is larger.
  private static let windowByteCount = 1 << 20
  /// Frames from this size on are read by themselves when envelopes are all that is asked for: their contents,
  /// most of the frame, then stay on the disk.
  fileprivate static let largeFrameByteCount = 32 << 10

  let segment: FrameSegment
  let parts: ReplayParts

  func run(
    _ positions: Range<Position>, _ body: (ReplayPiece) throws -> ReplayDecision
  ) throws -> ReplayDecision {
    let frames = try segment.frames()
    let locals =
      segment.base.distance(to: positions.lowerBound)..<segment.base.distance(to: positions.upperBound)
    var index = frames.index(of: locals.lowerBound)
    while index < frames.frames.count, frames.events(of: index).lowerBound < locals.upperBound {
      let first = index
      let start = frames.bytes(of: first).lowerBound
      repeat {
        index += 1
      } while index < frames.frames.count
        && frames.events(of: index).lowerBound < locals.upperBound
        && frames.bytes(of: index).upperBound - start <= Self.windowByteCount
        && !(parts == .envelopes && frames.bytes(of: index).count >= Self.largeFrameByteCount)
      var window = FrameWindow(
        segment: segment, frames: frames, indices: first..<index, locals: locals, parts: parts)
      for piece in try window.read() {
        guard try body(piece) == .proceed else { return .stop }
      }
    }
    return .proceed
  }
}

/// Some consecutive frames, read at once and decoded.
private struct FrameWindow {
  let segment: FrameSegment
  let frames: FrameList
  let indices: Range<Int>
  /// The events asked for, counted from the segment's base.
  let locals: Range<Int>
  let parts: ReplayParts

  private var pieces: [ReplayPiece] = []
  private var builder = BatchBuilder()

  init(segment: FrameSegment, frames: FrameList, indices: Range<Int>, locals: Range<Int>, parts: ReplayParts)
  {
    self.segment = segment
    self.frames = frames
    self.indices = indices
    self.locals = locals
    self.parts = parts
  }

  mutating func read() throws(LogError) -> [ReplayPiece] {
    let start = frames.bytes(of: indices.lowerBound).lowerBound
    if let prefix = try readEnvelopes() {
      prefix.withBytes { decode(indices.lowerBound, in: $0, start: start, isPrefix: true) }
    } else {
      let end = frames.bytes(of: indices.upperBound - 1).upperBound
      let bytes = try read(end - start, at: start)
      bytes.withBytes { span in
        for index in indices { decode(index, in: span, start: start, isPrefix: false) }
      }
    }
    flush()
    return pieces
  }

  private func read(_ count: Int, at offset: Int) throws(LogError) -> [UInt8] {
    let file = segment.file
    return try disk { () throws(StorageError) in try file.read(count, at: offset) }
  }

  /// The start of one large frame with all of its envelopes, which stand in front of the contents; nil when the
  /// whole frame has to be read.
  private func readEnvelopes() throws(LogError) -> [UInt8]? {
    let place = frames.bytes(of: indices.lowerBound)
    guard parts == .envelopes, indices.count == 1, place.count >= FrameReplay.largeFrameByteCount else {
      return nil
    }
    // Compressed, an envelope takes some 50 bytes; where it takes more, one more read follows.
    let guess = FrameHeader.byteCount(blocks: 16) + frames.events(of: indices.lowerBound).count * 64
    let prefix = try read(min(guess, place.count), at: place.lowerBound)
    let nonce = segment.header.nonce
    guard let header = prefix.withBytes({ FrameHeader.decode($0, at: 0, nonce: nonce) }) else { return nil }
    let end = header.envelopesEnd
    if end <= prefix.count { return prefix }
    let longer = try read(min(end, place.count), at: place.lowerBound)
    return longer.count == end ? longer : nil
  }

  private mutating func decode(_ index: Int, in window: RawSpan, start: Int, isPrefix: Bool) {
    let place = frames.bytes(of: index)
    let events = frames.events(of: index)
    let offset = place.lowerBound - start
    let nonce = segment.header.nonce
    let header =
      !isPrefix && place.upperBound - start > window.byteCount
      ? nil
      : FrameHeader.decode(window, at: offset, nonce: nonce)
        ?? FrameHeader.decode(copyIn: window, frame: offset..<(offset + place.count), nonce: nonce)
    guard let header, segment.base.distance(to: header.base) == events.lowerBound,
      header.count == events.count,
      header.paddedCount <= place.count
    else {
      lose(events, at: place.lowerBound, "frame header")
      return
    }
    decodeBlocks(of: header, in: window, at: offset, place: place.lowerBound, first: events.lowerBound)
  }

  private mutating func decodeBlocks(
    of header: FrameHeader, in window: RawSpan, at offset: Int, place: Int, first: Int
  ) {
    let wanted =
      (max(locals.lowerBound, first) - first)..<(min(locals.upperBound, first + header.count) - first)
    let frame = DecodedFrame(header, in: window, at: offset, wanted: wanted, parts: parts)
    for (number, block) in frame.envelopes.enumerated() where block.records.overlaps(wanted) {
      guard let slots = block.slots else {
        lose(
          (first + block.records.lowerBound)..<(first + block.records.upperBound), at: place,
          "envelope block \(number)")
        continue
      }
      let chosen = block.records.clamped(to: wanted)
      begin(at: segment.base.advanced(by: first + chosen.lowerBound))
      builder.append(slots, of: block.records, chosen: chosen)
      if parts == .records { builder.appendContents(of: chosen, from: frame.contents) }
    }
    for (number, block) in frame.contents.enumerated() where block.plain == nil {
      flush()
      let chosen = block.records.clamped(to: wanted)
      let lost = (first + chosen.lowerBound)..<(first + chosen.upperBound)
      pieces.append(.damage(segment.damage(at: place, "content block \(number)", lost)))
    }
  }

  private mutating func lose(_ events: Range<Int>, at offset: Int, _ part: String) {
    let chosen = events.clamped(to: locals)
    guard !chosen.isEmpty else { return }
    flush()
    pieces.append(.damage(segment.damage(at: offset, part, chosen)))
  }

  /// Events from here on stand in a batch that begins at this position or goes on to it.
  private mutating func begin(at position: Position) {
    if builder.end != position { flush() }
    if builder.isEmpty { builder.first = position }
  }

  private mutating func flush() {
    if !builder.isEmpty { pieces.append(.events(builder.finish())) }
  }
}

/// A frame's blocks, decoded once each as far as they are wanted.
private struct DecodedFrame {
  /// Each envelope block's records and slots, nil when it is damaged.
  private(set) var envelopes: [(records: Range<Int>, slots: [UInt8]?)] = []
  /// Each wanted content block's records, bytes (nil when damaged) and layout.
  private(set) var contents: [(records: Range<Int>, plain: [UInt8]?, layout: ContentLayout)] = []

  init(
    _ header: FrameHeader, in window: RawSpan, at offset: Int, wanted: Range<Int>, parts: ReplayParts
  ) {
    var lengths = [Int?](repeating: nil, count: parts == .records ? header.count : 0)
    for (block, records) in header.blocks(.envelopes) {
      // Envelopes before the wanted ones tell where contents begin.
      guard parts == .records || records.overlaps(wanted) else {
        envelopes.append((records, nil))
        continue
      }
      let start = offset + block.offset
      var slots = block.decode(window.extracting(start..<(start + block.storedCount)))
      if let known = slots.flatMap({ FrameHeader.contentLengths($0, count: records.count) }) {
        if parts == .records { for (record, length) in zip(records, known) { lengths[record] = length } }
      } else {
        slots = nil
      }
      envelopes.append((records, slots))
    }
    guard parts == .records else { return }
    for (block, records) in header.blocks(.contents) where records.overlaps(wanted) {
      let start = offset + block.offset
      contents.append(
        (
          records, block.decode(window.extracting(start..<(start + block.storedCount))),
          ContentLayout(lengths: lengths[records], plainCount: block.plainCount)
        ))
    }
  }
}

/// Collects slots and contents of consecutive events into one batch.
private struct BatchBuilder {
  var first = Position.start
  private var slots: [UInt8] = []
  private var contents: [UInt8] = []
  private var bodies: [BodyPlace] = []

  private var count: Int { slots.count / RecordSlot.size }
  var isEmpty: Bool { slots.isEmpty }
  var end: Position { first.advanced(by: count) }

  /// Appends the chosen of an envelope block's records.
  mutating func append(_ block: [UInt8], of records: Range<Int>, chosen: Range<Int>) {
    let from = (chosen.lowerBound - records.lowerBound) * RecordSlot.size
    slots.append(contentsOf: block[from..<(from + chosen.count * RecordSlot.size)])
  }

  /// Appends the contents of records whose slots were just appended.
  mutating func appendContents(
    of chosen: Range<Int>, from blocks: [(records: Range<Int>, plain: [UInt8]?, layout: ContentLayout)]
  ) {
    for block in blocks where block.records.overlaps(chosen) {
      let records = block.records.clamped(to: chosen)
      let ranges = block.layout.ranges[
        (records.lowerBound - block.records.lowerBound)..<(records.upperBound - block.records.lowerBound)]
      if let plain = block.plain, !ranges.contains(nil), let first = ranges.first??.lowerBound,
        let last = ranges.last??.upperBound
      {
        let base = contents.count - first
        contents.append(contentsOf: plain[first..<last])
        for range in ranges {
          bodies.append(body(range.map { ($0.lowerBound + base)..<($0.upperBound + base) }))
        }
      } else {
        appendContents(of: ranges, from: block.plain)
      }
    }
  }

  /// Appends contents of which some can't be known.
  private mutating func appendContents(of ranges: ArraySlice<Range<Int>?>, from plain: [UInt8]?) {
    for range in ranges {
      let start = contents.count
      if let plain, let range { contents.append(contentsOf: plain[range]) }
      bodies.append(body(plain == nil || range == nil ? nil : start..<contents.count))
    }
  }

  /// Where the body of a content is: behind its salt.
  private func body(_ content: Range<Int>?) -> BodyPlace {
    guard let content, content.count >= RecordSlot.saltSize else { return .lost }
    return BodyPlace(content.dropFirst(RecordSlot.saltSize))
  }

  mutating func finish() -> EventBatch {
    defer { self = BatchBuilder() }
    return EventBatch(
      .consecutive(from: first), count: count, slots: slots, contents: contents, bodies: bodies)
  }
}
