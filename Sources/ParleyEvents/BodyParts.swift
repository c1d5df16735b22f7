/// The parts of a body: its top-level protobuf fields, tag and value as stored, each occurrence, in order.
package enum BodyParts {
  /// The byte ranges of a body's parts; nil when the bytes are no protobuf message.
  package static func ranges(in body: [UInt8]) -> [Range<Int>]? {
    var ranges: [Range<Int>] = []
    var cursor = 0
    while cursor < body.count {
      let start = cursor
      guard let tag = varint(in: body, at: &cursor), tag >> 3 != 0, tag >> 3 < 1 << 29,
        skip(Int(tag & 7), in: body, at: &cursor)
      else { return nil }
      ranges.append(start..<cursor)
    }
    return ranges
  }

  /// The number of the field that begins at an offset of a body.
  package static func fieldNumber(in body: [UInt8], at offset: Int) -> UInt64? {
    var cursor = offset
    return varint(in: body, at: &cursor).map { $0 >> 3 }
  }

  private static func skip(_ wireType: Int, in body: [UInt8], at cursor: inout Int) -> Bool {
    switch wireType {
    case 0: return varint(in: body, at: &cursor) != nil
    case 1: return advance(8, in: body, at: &cursor)
    case 2:
      guard let count = varint(in: body, at: &cursor), count <= UInt64(body.count) else { return false }
      return advance(Int(count), in: body, at: &cursor)
    case 5: return advance(4, in: body, at: &cursor)
    default: return false  // Groups are not part of proto3.
    }
  }

  private static func advance(_ count: Int, in body: [UInt8], at cursor: inout Int) -> Bool {
    guard count <= body.count - cursor else { return false }
    cursor += count
    return true
  }

  private static func varint(in body: [UInt8], at cursor: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard cursor < body.count else { return nil }
      let byte = body[cursor]
      cursor += 1
      value |= UInt64(byte & 0x7f) << UInt64(shift)
      if byte < 0x80 { return shift == 63 && byte > 1 ? nil : value }
    }
    return nil
  }
}
