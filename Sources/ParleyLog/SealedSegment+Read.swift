import ParleyEnvelope

extension SealedSegment {
  /// Where one event lies; nil when its envelope is damaged.
  func place(of position: Position, cache: BlockCache) throws(LogError) -> EventPlace? {
    guard let file = try file(), let (block, _, index) = try find(position, in: file, cache) else {
      return nil
    }
    let content = file.contentBlock(of: file.records(ofEnvelopeBlock: block).lowerBound + index)
    guard let envelopes = try file.place(.envelopes, block), let contents = try file.place(.contents, content)
    else { return nil }
    return EventPlace(file: path, frame: nil, envelopes: envelopes, contents: contents)
  }

  /// The id of the event at a position; nil when its envelope is damaged.
  func event(at position: Position, cache: BlockCache) throws(LogError) -> EventID? {
    guard let file = try file(), let (_, envelopes, index) = try find(position, in: file, cache) else {
      return nil
    }
    return envelopes.event(at: index)
  }

  /// The events of a stream before a position, the last so many, ascending. Of a block that is damaged all are given that
  /// it may have: which of them are the stream's nobody knows.
  func positions(
    of stream: StreamID, before: Position, last limit: Int, cache: BlockCache
  ) throws(LogError) -> [Position] {
    guard let file = try file() else { return Self.all(base..<min(before, end), last: limit) }
    guard let records = try file.records(of: stream), !records.isEmpty else { return [] }
    var found: [Position] = []
    var block = file.envelopeBlock(ofRecord: records.upperBound - 1)
    while block >= file.envelopeBlock(ofRecord: records.lowerBound), found.count < limit {
      let held = file.records(ofEnvelopeBlock: block)
      if let envelopes = try file.envelopeBlock(block, cache: cache) {
        for record in records.clamped(to: held).reversed() where found.count < limit {
          let index = record - held.lowerBound
          let position = base.advanced(by: Int(envelopes.locals[index]))
          if position < before, envelopes.stream(at: index) == stream { found.append(position) }
        }
      } else {
        let maybe = try file.locals(inEnvelopeBlock: block, cache: cache).map { base.advanced(by: $0) }
        found.append(contentsOf: maybe.filter { $0 < before }.reversed())
      }
      block -= 1
    }
    return found.prefix(limit).sorted()
  }

  private static func all(_ positions: Range<Position>, last limit: Int) -> [Position] {
    guard !positions.isEmpty else { return [] }
    return (max(0, positions.count - limit)..<positions.count).map { positions.lowerBound.advanced(by: $0) }
  }

  /// Calls for each event that is in the segment, with its place in the array. Reads every envelope: for when no run of
  /// the index covers the segment.
  func forEachKnown(
    _ keys: [EventKeys], cache: BlockCache, _ body: (Int, Position) -> Void
  ) throws(LogError) {
    guard let file = try file() else { return }
    let wanted = Dictionary(
      keys.indices.map { (keys[$0].event, $0) }, uniquingKeysWith: { first, _ in first })
    for block in file.envelopes.indices {
      guard let envelopes = try file.envelopeBlock(block, cache: cache) else { continue }
      for index in 0..<envelopes.count {
        if let place = wanted[envelopes.event(at: index)] {
          body(place, base.advanced(by: Int(envelopes.locals[index])))
        }
      }
    }
  }

  /// The block of envelopes that has a position, and its record there; nil when it is damaged.
  func find(
    _ position: Position, in file: SealedFile, _ cache: BlockCache
  ) throws(LogError) -> (block: Int, slots: EnvelopeSlots, index: Int)? {
    let local = base.distance(to: position)
    guard let block = try file.envelopeBlock(of: local, cache: cache), block < file.envelopes.count,
      let envelopes = try file.envelopeBlock(block, cache: cache), let index = envelopes.index(of: local)
    else { return nil }
    return (block, envelopes, index)
  }

  /// The damage that stands for an event whose envelope can't be read.
  func damagedEnvelope(
    of position: Position, in file: SealedFile, _ cache: BlockCache
  ) throws(LogError) -> Damage {
    let only = position..<position.advanced(by: 1)
    let named = try file.envelopeBlock(of: base.distance(to: position), cache: cache)
    var block = named.flatMap { $0 < file.envelopes.count ? $0 : nil }
    if block == nil {
      for number in file.envelopes.indices where try file.envelopeBlock(number, cache: cache) == nil {
        block = number
        break
      }
    }
    return file.damage(.envelopes, block ?? 0, only)
  }

  /// What stands for all of its events when nothing of the file can be read.
  func lost() -> Damage { Damage(file: path, offset: 0, part: "segment header", positions: base..<end) }
}

extension SealedSegment {
  /// Bytes of salts and bodies that it has at most, unless an event is larger than a block; nil when it is damaged.
  func contentByteCountMax() throws(LogError) -> Int? {
    guard let file = try file(), file.footer != nil else { return nil }
    return file.contents.reduce(0) { $0 + max(LogLimits.blockBytesMax, $1.byteCount) }
  }

  /// What the manifest says of it; nil when its footer is damaged.
  func manifestEntry() throws(LogError) -> Manifest.Entry? {
    guard let footer = try file()?.footer else { return nil }
    return Manifest.Entry(
      form: .sealed, base: base, count: count, byteCount: byteCount,
      footerOffset: byteCount - RunPages.pageByteCount, footerChecksum: footer.checksum,
      nextSequence: footer.nextSequence, lastDigest: footer.lastDigest)
  }
}

extension SealedFile {
  /// Where a block lies; nil when its header is damaged.
  fileprivate func place(_ kind: SealedBlock.Kind, _ block: Int) throws(LogError) -> EventPlace.Block? {
    let place = places(kind)[block]
    let file = file
    let bytes = try disk { () throws(StorageError) in
      try file.read(SealedBlock.headerByteCount, at: place.offset)
    }
    guard let header = bytes.withBytes({ SealedBlock($0, at: 0, nonce: self.header.nonce) }) else {
      return nil
    }
    return EventPlace.Block(
      index: block, bytes: place.offset..<(place.offset + place.byteCount), plainCount: header.plainCount)
  }
}
