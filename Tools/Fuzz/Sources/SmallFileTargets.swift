import ParleyEnvelope
import ParleySimulation

@testable import ParleyLog

// The files that are one structure with one checksum. What decodes must be what the encoder makes of it: then
// nothing is read that the format does not have, and a file that is written again stays as it was.

// MARK: - MANIFEST

func checkManifest(_ bytes: [UInt8], _ golden: Golden) {
  guard let manifest = Manifest.decode(bytes) else { return }
  expect(manifest.encoded() == bytes, "a manifest decodes that is not encoded like this")
  var end = Position.start
  for entry in manifest.entries {
    expect(entry.base >= end && entry.end >= entry.base, "entries that overlap")
    end = entry.end
  }
  expect(manifest.end == end, "a manifest ends where its last entry does")
  var disk = SimulatedDisk()
  disk.replace(Manifest.path, with: bytes)
  let read = try? Manifest.read(from: SimulatedStorage(disk), storeID: manifest.storeID)
  expect(read == (manifest.generation > 0 ? manifest : nil), "the manifest in a file is another")
}

// MARK: - Watermark

/// Both slots, without what lies between them.
func checkWatermark(_ bytes: [UInt8], _ golden: Golden) {
  guard bytes.count >= 216 else { return }
  let slots = [Array(bytes[0..<108]), Array(bytes[108..<216])]
  for slot in slots {
    guard let mark = Watermark.decode(slot) else { continue }
    expect(mark.encoded() == slot, "a mark decodes that is not encoded like this")
    expect(mark.durableOffset >= 0 && mark.head >= mark.segment, "a mark before its segment's start")
  }
  let marks = slots.compactMap { Watermark.decode($0) }
  guard let storeID = marks.first?.storeID else { return }
  var disk = SimulatedDisk()
  disk.replace(Watermark.path, with: slots[0].resized(to: Watermark.slotStride) + slots[1])
  let read = try? Watermark.read(from: SimulatedStorage(disk), storeID: storeID)
  expect(
    read?.generation == marks.filter { $0.storeID == storeID }.map(\.generation).max(), "not the newest mark")
}

// MARK: - Segment header

func checkSegmentHeader(_ bytes: [UInt8], _ golden: Golden) {
  guard let header = accepted({ () throws(LogError) in try SegmentHeader.decode(bytes) }).flatMap({ $0 })
  else {
    return
  }
  expect(header.encoded() == bytes, "a header decodes that is not encoded like this")
  var disk = SimulatedDisk()
  disk.replace("segment", with: [UInt8](repeating: 0, count: SegmentHeader.byteCount) + bytes)
  guard let file = try? SimulatedStorage(disk).open("segment", .read) else { return }
  let copy = accepted { () throws(LogError) in try SegmentHeader.read(from: file) }.flatMap { $0 }
  expect(copy == header, "the second copy is read as another header")
}

// MARK: - store.json

/// Sets the eight digits behind the last `"crc32c":"`.
func repairDescriptor(_ bytes: inout [UInt8]) {
  let member = Array(",\"crc32c\":\"".utf8)
  guard bytes.count >= member.count + 8,
    let start = (0...(bytes.count - member.count - 8)).last(where: { bytes[$0...].starts(with: member) })
  else { return }
  var sum = CRC32C.of(Array(bytes[..<start]))
  for digit in (0..<8).reversed() {
    bytes[start + member.count + digit] = Array("0123456789abcdef".utf8)[Int(sum & 15)]
    sum >>= 4
  }
}

func checkDescriptor(_ bytes: [UInt8], _ golden: Golden) {
  guard
    let descriptor = accepted({ () throws(LogError) in try StoreDescriptor.decode(bytes, file: "store.json") }
    )
  else { return }
  expect(descriptor.encoded() == bytes, "a description decodes that is not encoded like this")
  expect(StoreDescriptor.accepts(descriptor.metadata), "options decode that no store is created with")
}
