import ParleyEnvelope
import ParleySimulation

@testable import ParleyLog

/// A store whose files are what inputs are made from.
struct Golden: Sendable {
  static let segmentPath = "active/00000000000000000000.seg"
  static let directoryPath = "active/00000000000000000000.dir"

  /// Its files, as a disk.
  let disk: SimulatedDisk
  /// Its events' ids and streams.
  private(set) var keys: [EventKeys] = []

  init(at path: String) {
    let storage = POSIXStorage(at: path)
    let copy = SimulatedStorage()
    do {
      for directory in ["", "active"] {
        try copy.createDirectory(directory)
        for name in try storage.list(directory) where name != "active" {
          let file = directory.isEmpty ? name : "\(directory)/\(name)"
          try copy.writeWhole(file, storage.readWhole(file, upTo: 1 << 20))
        }
      }
    } catch {
      fatalError("the golden store at \(path): \(error)")
    }
    disk = copy.disk
    for frame in plainFrames {
      frame.withBytes { span in
        guard let header = FrameHeader.decode(span, at: 0, nonce: self.header.nonce) else { return }
        for (block, records) in header.blocks(.envelopes) {
          for record in records {
            let slot = block.offset + (record - records.lowerBound) * RecordSlot.size
            let envelope = EnvelopeLayout.load(from: span, at: slot + RecordSlot.envelope)
            keys.append(EventKeys(stream: envelope.stream, event: envelope.event))
          }
        }
      }
    }
  }

  func bytes(_ path: String) -> [UInt8] { disk.bytes(of: path) ?? [] }

  /// The header of its first segment.
  var header: SegmentHeader {
    guard
      let header = accepted({ () throws(LogError) in
        try SegmentHeader.decode(Array(bytes(Self.segmentPath).prefix(SegmentHeader.byteCount)))
      }).flatMap({ $0 })
    else { fatalError("the golden segment has no header") }
    return header
  }

  /// The frames of its first segment, as they are.
  var frames: [[UInt8]] {
    let region = Array(bytes(Self.segmentPath).dropFirst(SegmentHeader.regionByteCount))
    var frames: [[UInt8]] = []
    var offset = 0
    while let frame = region.withBytes({ FrameHeader.decode($0, at: offset, nonce: header.nonce) }) {
      frames.append(Array(region[offset..<(offset + frame.paddedCount)]))
      offset += frame.paddedCount
    }
    return frames
  }

  /// The same frames with their blocks uncompressed and cut in two, so that an input's bytes are what is decoded.
  var plainFrames: [[UInt8]] { frames.map { plain($0) } }

  private func plain(_ frame: [UInt8]) -> [UInt8] {
    let nonce = header.nonce
    return frame.withBytes { span in
      guard var header = FrameHeader.decode(span, at: 0, nonce: nonce) else { fatalError("no frame") }
      func plain(_ kind: FrameHeader.BlockKind) -> [UInt8] {
        header.blocks(kind).flatMap { block, _ in
          block.decode(span.extracting(block.offset..<(block.offset + block.storedCount))) ?? []
        }
      }
      let slots = plain(.envelopes)
      let contents = plain(.contents)
      let first = FrameHeader.contentLengths(slots, count: header.count)?.first ?? 0
      let parts = [
        (slots.prefix(RecordSlot.size), FrameHeader.BlockKind.envelopes, 0),
        (slots.dropFirst(RecordSlot.size), .envelopes, 1), (contents.prefix(first), .contents, 0),
        (contents.dropFirst(first), .contents, 1),
      ]
      .filter { !$0.0.isEmpty }
      var offset = FrameHeader.byteCount(blocks: parts.count)
      header.blocks = parts.map { bytes, kind, firstRecord in
        defer { offset += bytes.count }
        return FrameHeader.Block(
          offset: offset, storedCount: bytes.count, plainCount: bytes.count,
          checksum: CRC32C.of(Array(bytes)),
          firstRecord: firstRecord, kind: kind, codec: .stored)
      }
      header.storedCount = offset
      let encoded = header.encoded(nonce: nonce)
      var bytes = encoded + parts.flatMap(\.0)
      bytes += [UInt8](repeating: 0, count: header.copyOffset - bytes.count)
      if header.hasCopy { bytes += FrameHeader.copy(of: encoded) }
      return bytes + [UInt8](repeating: 0, count: header.paddedCount - bytes.count)
    }
  }
}
