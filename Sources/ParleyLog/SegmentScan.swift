import ParleyEnvelope

/// Walks the frames of a segment in order, proving each by its checksum and its number, and where nothing else says that
/// it is durable by the chain, and says where what is provable ends.
///
/// Damage does not end a scan: the next frame that proves itself is found at its alignment, and the positions
/// between are those that were lost.
struct SegmentScan {
  /// Bytes read at once.
  private static let windowByteCount = 4 << 20

  let file: any StorageFile
  let header: SegmentHeader
  /// Frames that begin before this offset are durable whatever follows; a frame behind it must be whole.
  let trustedOffset: Int
  /// Nothing at or behind this offset is looked at.
  let limit: Int
  /// Whether the digests of durable frames are compared too: half the time that opening a store would take.
  let checksWholeChain: Bool

  private(set) var index: ActiveIndex
  private(set) var nextSequence: UInt64
  private var last: LastFrame
  /// Damaged places between frames, each with the events it costs.
  private(set) var damages: [Damage] = []
  private var window: [UInt8] = []
  /// The ids and slots of the frame being taken; kept for their memory.
  private var keys: [EventKeys?] = []
  private var slots: [UInt8] = []
  private var windowOffset = 0
  private let path: String

  /// What the next frame names as the one before it.
  private enum LastFrame {
    case digest(FrameDigest)
    /// The bytes of its header, not yet digested.
    case header([UInt8])
  }

  /// The digest of the last frame taken.
  var lastDigest: FrameDigest {
    switch last {
    case .digest(let digest): digest
    case .header(let bytes): bytes.withBytes { FrameDigest(of: $0) }
    }
  }

  /// A scan of a whole segment, from its first frame.
  init(
    path: String, file: any StorageFile, header: SegmentHeader, trustedOffset: Int, limit: Int,
    checksWholeChain: Bool = false
  ) {
    self.init(
      path: path, file: file, header: header, trustedOffset: trustedOffset, limit: limit,
      index: ActiveIndex(), nextSequence: header.firstSequence, lastDigest: header.predecessorDigest,
      checksWholeChain: checksWholeChain)
  }

  /// A scan that goes on behind what an index has.
  init(
    path: String, file: any StorageFile, header: SegmentHeader, trustedOffset: Int, limit: Int,
    index: ActiveIndex, nextSequence: UInt64, lastDigest: FrameDigest, checksWholeChain: Bool = false
  ) {
    self.path = path
    self.file = file
    self.header = header
    self.trustedOffset = trustedOffset
    self.limit = limit
    self.index = index
    self.nextSequence = nextSequence
    last = .digest(lastDigest)
    self.checksWholeChain = checksWholeChain
  }

  var offset: Int { index.frames.endOffset }
  var head: Position { header.base.advanced(by: index.count) }

  /// Makes room for the events up to a position, as far as a segment can hold them.
  mutating func reserveCapacity(upTo head: Position) {
    let events = min(header.base.distance(to: head), LogLimits.segmentBytesMax / FrameHeader.alignment)
    if events > 0 { index.reserveCapacity(events) }
  }

  /// Takes every frame there is. What is left behind `offset` proves nothing.
  mutating func run() throws(LogError) {
    let end = min(limit, try disk { () throws(StorageError) in try file.size() })
    while offset < end {
      if try takeFrame(at: offset, end: end) { continue }
      if try takeFrameByCopy(at: offset, end: end) { continue }
      guard let next = try nextFrame(after: offset, end: end) else { return }
      skip(to: next.offset, next.header)
    }
  }

  /// Adds a place that can't be read to the index, for positions that are known to have been there.
  mutating func appendLost(through head: Position, byteCount: Int) throws(LogError) {
    let file = file
    let size = try disk { () throws(StorageError) in try file.size() }
    let lost = index.count..<header.base.distance(to: head)
    let isCut = size < offset + byteCount
    damages.append(damage(at: min(offset, size), isCut ? "end of the segment missing" : "frame header", lost))
    index.append(
      frame: offset, byteCount: byteCount, contentCount: 0, keys: repeatElement(nil, count: lost.count))
  }

  // MARK: - Steps

  /// Takes the frame at an offset when it proves itself.
  private mutating func takeFrame(at offset: Int, end: Int) throws(LogError) -> Bool {
    guard let frame = try frame(at: offset, end: end), frame.sequence == nextSequence, frame.base == head,
      fits(frame)
    else { return false }
    let isDurable = offset + frame.paddedCount <= trustedOffset
    guard isDurable && !checksWholeChain || frame.previousDigest == lastDigest else { return false }
    let start = offset - windowOffset
    return try take(frame, .header(Array(window[start..<(start + frame.byteCount)])), at: offset, end: end)
  }

  /// Takes the frame at an offset by the copy of its damaged header.
  private mutating func takeFrameByCopy(at offset: Int, end: Int) throws(LogError) -> Bool {
    var next = try nextStart(after: offset, end: end)
    while let candidate = next {
      if let frame = try headerCopy(at: candidate, end: end),
        frame.sequence == nextSequence, frame.base == head, offset + frame.copyOffset == candidate,
        frame.previousDigest == lastDigest, fits(frame), try fill(offset, frame.paddedCount, end: end)
      {
        let digest = frame.encoded(nonce: header.nonce).withBytes { FrameDigest(of: $0) }
        guard try take(frame, .digest(digest), at: offset, end: end) else { return false }
        damages.append(damage(at: offset, "frame header (its copy is whole)", index.count..<index.count))
        return true
      }
      guard try frame(at: candidate, end: end) == nil else { return false }
      next = try nextStart(after: candidate, end: end)
    }
    return false
  }

  private mutating func headerCopy(at offset: Int, end: Int) throws(LogError) -> FrameHeader? {
    let start = offset - windowOffset
    let nonce = header.nonce
    if let whole = window.withBytes({ FrameHeader.decode(copy: $0, at: start, nonce: nonce) }) {
      return whole
    }
    // A long table may reach past the window; only a copy's first bytes make it worth reading on.
    guard window.withBytes({ FrameHeader.mayBeCopy($0, at: start) }),
      try fill(offset, min(FrameHeader.byteCount(blocks: FrameHeader.blocksMax), end - offset), end: end)
    else { return nil }
    let begin = offset - windowOffset
    return window.withBytes { FrameHeader.decode(copy: $0, at: begin, nonce: nonce) }
  }

  private mutating func take(_ frame: FrameHeader, _ taken: LastFrame, at offset: Int, end: Int)
    throws(LogError) -> Bool
  {
    let start = offset - windowOffset
    let isTrusted = offset + frame.paddedCount <= trustedOffset
    if !isTrusted, !window.withBytes({ frame.isWhole(in: $0, at: start) }) {
      // Not proven durable by the mark: it counts only when a later frame was written behind it.
      guard try nextFrame(after: offset, end: end) != nil, try fill(offset, frame.paddedCount, end: end)
      else {
        return false
      }
    }
    let begin = offset - windowOffset
    window.withBytes { frame.readKeys(in: $0, at: begin, into: &keys, slots: &slots) }
    index.append(
      frame: offset, byteCount: frame.paddedCount, contentCount: frame.contentCount, keys: keys)
    nextSequence = frame.sequence + 1
    last = taken
    return true
  }

  /// Counts what lies before the next provable frame as damaged, and makes that frame the next to take.
  private mutating func skip(to next: Int, _ frame: FrameHeader) {
    let lost = index.count..<header.base.distance(to: frame.base)
    damages.append(damage(at: offset, "frame header", lost))
    index.append(
      frame: offset, byteCount: next - offset, contentCount: 0, keys: repeatElement(nil, count: lost.count))
    nextSequence = frame.sequence
    last = .digest(frame.previousDigest)
  }

  /// The first frame behind an offset that could follow what was taken.
  private mutating func nextFrame(after offset: Int, end: Int) throws(LogError)
    -> (offset: Int, header: FrameHeader)?
  {
    var next = try nextStart(after: offset, end: end)
    while let candidate = next {
      if let frame = try frame(at: candidate, end: end), frame.sequence > nextSequence, frame.base > head,
        fits(frame), proves(frame, at: candidate)
      {
        return (candidate, frame)
      }
      next = try nextStart(after: candidate, end: end)
    }
    return nil
  }

  /// Whether a frame behind what was taken says that all before it was durable: it does when it was written, or it is
  /// itself. Frames that were acknowledged unsynced say nothing of each other: a power loss takes any of them.
  private func proves(_ frame: FrameHeader, at offset: Int) -> Bool {
    frame.durableHead > head || frame.durableHead == frame.base
      || offset + frame.paddedCount <= trustedOffset
  }

  /// Whether the events before a frame and its own are not more than a segment has.
  private func fits(_ frame: FrameHeader) -> Bool {
    header.base.distance(to: frame.end) <= FrameList.eventsMax
  }

  /// The first place behind an offset where a frame or the copy of a header may begin, in the window then. Runs
  /// over the zeros that a writer had ahead at about 3 GB/s.
  private mutating func nextStart(after offset: Int, end: Int) throws(LogError) -> Int? {
    var candidate = FrameHeader.padded(offset + 1)
    while try fill(candidate, FrameHeader.fixedByteCount, end: end) {
      let start = candidate - windowOffset
      if let place = window.withBytes({ FrameHeader.nextStart(in: $0, from: start) }) {
        candidate += place - start
        return try fill(candidate, FrameHeader.fixedByteCount, end: end) ? candidate : nil
      }
      candidate += FrameHeader.padded(window.count - start)
    }
    return nil
  }

  /// The frame header at an offset, its whole frame in the window; nil when there is none.
  private mutating func frame(at offset: Int, end: Int) throws(LogError) -> FrameHeader? {
    guard try fill(offset, FrameHeader.fixedByteCount, end: end) else { return nil }
    let start = offset - windowOffset
    let length = window.withBytes { FrameHeader.byteCount(startingWith: $0, at: start) }
    guard let length, try fill(offset, length, end: end) else { return nil }
    let headStart = offset - windowOffset
    let nonce = header.nonce
    guard let frame = window.withBytes({ FrameHeader.decode($0, at: headStart, nonce: nonce) }) else {
      return nil
    }
    guard try fill(offset, frame.paddedCount, end: end) else { return nil }
    return frame
  }

  /// Makes some bytes of the file be in the window; false when the file ends before.
  private mutating func fill(_ offset: Int, _ count: Int, end: Int) throws(LogError) -> Bool {
    guard offset + count <= end else { return false }
    if offset >= windowOffset, offset + count <= windowOffset + window.count { return true }
    let wanted = min(max(count, Self.windowByteCount), end - offset)
    let file = file
    window = try disk { () throws(StorageError) in try file.read(wanted, at: offset) }
    windowOffset = offset
    return window.count >= count
  }

  private func damage(at offset: Int, _ part: String, _ lost: Range<Int>) -> Damage {
    Damage(
      file: path, offset: offset, part: part,
      positions: header.base.advanced(by: lost.lowerBound)..<header.base.advanced(by: lost.upperBound))
  }
}
