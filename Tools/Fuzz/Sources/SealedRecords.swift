import ParleyEnvelope

@testable import ParleyLog

/// Events as records of a sealed segment: in the order of their streams, each with its position.
struct SealedRecords {
  private(set) var slots: [[UInt8]] = []
  private(set) var contents: [[UInt8]] = []
  private(set) var locals: [UInt32] = []

  /// The golden store's first events, again and again where there are not so many.
  init(_ golden: Golden, count: Int) {
    var known: [(slot: [UInt8], content: [UInt8])] = []
    for frame in golden.plainFrames where known.count < count {
      let decoded = frame.withBytes { FrameHeader.decode($0, at: 0, nonce: golden.header.nonce) }
      guard let header = decoded else { fatalError("no frame") }
      func plain(_ kind: FrameHeader.BlockKind) -> [UInt8] {
        header.blocks(kind).flatMap { block, _ in frame[block.offset..<(block.offset + block.storedCount)] }
      }
      let slots = plain(.envelopes)
      let contents = plain(.contents)
      var start = 0
      for record in 0..<header.count {
        let slot = Array(slots[(record * RecordSlot.size)..<((record + 1) * RecordSlot.size)])
        let length = Int(slot.integer(RecordSlot.contentCount, as: UInt32.self))
        known.append((slot, Array(contents[start..<(start + length)])))
        start += length
      }
    }
    let stream = RecordSlot.envelope..<(RecordSlot.envelope + 16)
    let order = (0..<count).sorted { left, right in
      let (first, second) = (known[left % known.count].slot[stream], known[right % known.count].slot[stream])
      return first.elementsEqual(second) ? left < right : first.lexicographicallyPrecedes(second)
    }
    for number in order {
      slots.append(known[number % known.count].slot)
      contents.append(known[number % known.count].content)
      locals.append(UInt32(number))
    }
  }

  var count: Int { locals.count }

  func stream(_ record: Int) -> StreamID { envelope(record).stream }

  func envelope(_ record: Int) -> Envelope {
    slots[record].withBytes { EnvelopeLayout.load(from: $0, at: RecordSlot.envelope) }
  }

  func envelopes(_ records: Range<Int>) -> [UInt8] {
    Array(slots[records].joined()).withBytes {
      EnvelopeBlock.encoded($0, locals: locals[records], base: .start) ?? []
    }
  }

  func contents(_ records: Range<Int>) -> [UInt8] {
    Array(contents[records].joined()).withBytes {
      ContentBlock.encoded($0, lengths: contents[records].map { UInt32($0.count) }[...])
    }
  }
}
