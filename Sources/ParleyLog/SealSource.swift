import ParleyEnvelope

// What a sealed segment is made from: complete segments of either form.

extension LogView.Segment {
  /// The header of its file; nil when nothing of that can be read.
  func header() throws(LogError) -> SegmentHeader? {
    switch self {
    case .frames(let segment): segment.header
    case .sealed(let segment): try segment.file()?.header
    }
  }

  var count: Int { base.distance(to: end) }

  /// Calls with every record of a complete segment, in an order of its own: its number from the segment's base, its slot, and
  /// its content, which for envelopes alone may be empty. False when some are damaged.
  func forEachRecord(
    _ parts: ReplayParts, _ body: (Int, RawSpan, RawSpan) -> Void
  ) throws(LogError) -> Bool {
    switch self {
    case .frames(let segment): try segment.forEachRecord(parts, body)
    case .sealed(let segment): try segment.file()?.forEachRecord(body) ?? false
    }
  }

  /// The files that are to be removed once another is in its place.
  var paths: [String] {
    switch self {
    case .frames(let segment): [segment.path, FrameSegment.directoryPath(base: segment.base)]
    case .sealed(let segment): [segment.path]
    }
  }
}

extension FrameSegment {
  fileprivate func forEachRecord(
    _ parts: ReplayParts, _ body: (Int, RawSpan, RawSpan) -> Void
  ) throws(LogError) -> Bool {
    var isWhole = true
    let none: [UInt8] = []
    do {
      _ = try FrameReplay(segment: self, parts: parts).run(base..<end) { piece in
        guard case .events(let batch) = piece else {
          isWhole = false
          return .stop
        }
        let first = base.distance(to: batch.first)
        for index in 0..<batch.count {
          batch.withSlot(at: index) { slot in
            if parts == .envelopes {
              none.withBytes { body(first + index, slot, $0) }
            } else if batch.withContent(at: index, { body(first + index, slot, $0) }) == nil {
              isWhole = false
            }
          }
        }
        return isWhole ? .proceed : .stop
      }
    } catch let error as LogError {
      throw error
    } catch {
      preconditionFailure("FrameSegment.forEachRecord: \(error)")
    }
    return isWhole
  }
}

extension SealedFile {
  /// Block by block, so that memory is that of two blocks.
  fileprivate func forEachRecord(_ body: (Int, RawSpan, RawSpan) -> Void) throws(LogError) -> Bool {
    let cache = BlockCache(byteCountMax: 0)
    var slot = [UInt8](repeating: 0, count: RecordSlot.size)
    var content: [UInt8] = []
    var number = 0
    var contents: ContentBlock?
    for block in envelopes.indices {
      let records = records(ofEnvelopeBlock: block)
      guard let decoded = try envelopeBlock(block, cache: cache), decoded.count == records.count else {
        return false
      }
      for record in records {
        if contents == nil || !self.records(ofContentBlock: number).contains(record) {
          number = contentBlock(of: record)
          contents = try contentBlock(number, cache: cache)
        }
        guard let contents else { return false }
        let index = record - records.lowerBound
        let local = Int(decoded.locals[index])
        guard local < count else { return false }
        content.removeAll(keepingCapacity: true)
        contents.append(record - self.records(ofContentBlock: number).lowerBound, to: &content)
        decoded.copy([UInt32(index)], to: &slot)
        slot.overwrite { $0.store(UInt32(content.count), at: RecordSlot.contentCount) }
        slot.withBytes { slot in content.withBytes { body(local, slot, $0) } }
      }
    }
    return true
  }
}
