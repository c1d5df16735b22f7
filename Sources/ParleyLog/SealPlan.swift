import ParleyEnvelope

/// Which record of a sealed segment each event becomes: by stream, then by position. Some 40 bytes an event while it is
/// made.
struct SealPlan {
  /// How many of the segments it takes.
  private(set) var sourceCount = 0
  /// Bytes of each record's content.
  private(set) var lengths: [UInt32] = []
  /// The position of each record, and the record at each position, counted from the base.
  private(set) var locals: [UInt32] = []
  private(set) var records: [UInt32] = []
  private var streams = KeyTable()
  /// The streams' numbers in the order of their ids, and the first record of each, the end behind the last.
  private var streamOrder: [Int] = []
  private var firstRecords: [Int] = []
  private var fingerprints: [UInt64] = []

  var count: Int { locals.count }

  /// A plan for as many of some segments as fit, the first in any case; nil when that one is damaged.
  init?(_ candidates: [LogView.Segment], _ options: LogOptions) throws(LogError) {
    var streamOf: [UInt32] = []
    var contentCount = 0
    for segment in candidates {
      let hasRoom = lengths.count < options.sealedEventsMax && contentCount < options.sealedContentBytesMax
      guard hasRoom, let read = try Self.read(segment) else { break }
      let count = read.lengths.reduce(0) { $0 + Int($1) }
      guard sourceCount == 0 || contentCount + count <= options.sealedContentBytesMax else { break }
      contentCount += count
      for stream in read.streams { streamOf.append(UInt32(streams.insert(stream.rawValue).ordinal)) }
      lengths += read.lengths
      fingerprints += read.fingerprints
      sourceCount += 1
    }
    guard sourceCount > 0 else { return nil }
    arrange(streamOf)
  }

  private typealias Envelopes = (streams: [StreamID], lengths: [UInt32], fingerprints: [UInt64])

  /// What is needed of a segment's envelopes; nil when one is damaged.
  private static func read(_ segment: LogView.Segment) throws(LogError) -> Envelopes? {
    let count = segment.count
    var read: Envelopes = (
      Array(repeating: .none, count: count), Array(repeating: 0, count: count),
      Array(repeating: 0, count: count)
    )
    var found = 0
    let isWhole = try segment.forEachRecord(.envelopes) { local, slot, _ in
      let keys = EnvelopeLayout.loadKeys(from: slot, at: RecordSlot.envelope)
      read.streams[local] = keys.stream
      read.fingerprints[local] = IndexRun.fingerprint(of: keys.event)
      read.lengths[local] = slot.integer(at: RecordSlot.contentCount)
      found += 1
    }
    // One length for each position: none is twice there.
    guard isWhole, found == count, read.lengths.allSatisfy({ $0 >= ContentBlock.headByteCount }) else {
      return nil
    }
    return read
  }

  private mutating func arrange(_ streamOf: [UInt32]) {
    let lengthOf = lengths
    streamOrder = streams.ordinalsByKey()
    var counts = [Int](repeating: 0, count: streams.count)
    for stream in streamOf { counts[Int(stream)] += 1 }
    var next = [Int](repeating: 0, count: streams.count)
    var total = 0
    for stream in streamOrder {
      firstRecords.append(total)
      next[stream] = total
      total += counts[stream]
    }
    firstRecords.append(total)
    locals = Array(repeating: 0, count: total)
    records = Array(repeating: 0, count: total)
    for (local, stream) in streamOf.enumerated() {
      let record = next[Int(stream)]
      next[Int(stream)] += 1
      locals[record] = UInt32(local)
      records[local] = UInt32(record)
      lengths[record] = lengthOf[local]
    }
  }

  // MARK: - What follows from it

  /// Records from one on whose contents come to about so many bytes, a whole number of envelope blocks.
  func records(from first: Int, contentBytes: Int) -> Range<Int> {
    var end = first
    var bytes = 0
    while end < count, bytes < contentBytes {
      let next = min(end + EnvelopeBlock.recordsMax, count)
      for record in end..<next { bytes += Int(lengths[record]) }
      end = next
    }
    return first..<end
  }

  /// Records from one on whose contents share a block: as many as fit, one in any case.
  func contentBlock(from first: Int, upTo end: Int) -> Range<Int> {
    var last = first
    var bytes = 0
    while last < end, last - first < Int(UInt16.max),
      last == first || bytes + Int(lengths[last]) <= LogLimits.blockBytesMax
    {
      bytes += Int(lengths[last])
      last += 1
    }
    return first..<last
  }

  var streamStarts: [(stream: StreamID, firstRecord: Int)] {
    zip(streamOrder, firstRecords).map { (StreamID(rawValue: streams.keys[$0]), $1) }
  }

  /// The last event of each stream, by stream.
  var streamTails: [IndexRun.StreamEntry] {
    zip(streamOrder, firstRecords.dropFirst()).map {
      IndexRun.StreamEntry(stream: StreamID(rawValue: streams.keys[$0]), local: locals[$1 - 1])
    }
  }

  /// The envelope block of each position.
  var places: [UInt16] { records.map { UInt16($0 / UInt32(EnvelopeBlock.recordsMax)) } }

  var eventEntries: [IndexRun.EventEntry] {
    var entries: [IndexRun.EventEntry] = []
    entries.reserveCapacity(count)
    for (local, fingerprint) in fingerprints.enumerated() {
      entries.append(IndexRun.EventEntry(fingerprint: fingerprint, local: UInt32(local)))
    }
    entries.sort()
    return entries
  }
}
