import ParleyEnvelope

@testable import ParleyLog

/// A block of a sealed segment, or a page of its footer or of a run. In an input each is a byte that says which of the two,
/// the number of its bytes (u16) and those.
enum FilePart {
  case block([UInt8])
  /// Without the zeros and the checksum that it ends with.
  case page([UInt8])

  private static let countMax = 64

  /// The parts of an input.
  static func parts(of input: [UInt8]) -> [FilePart] {
    var parts: [FilePart] = []
    var offset = 0
    while offset + 3 <= input.count, parts.count < countMax {
      let end = min(input.count, offset + 3 + Int(input.integer(offset + 1, as: UInt16.self)))
      let bytes = Array(input[(offset + 3)..<end])
      parts.append(input[offset] & 1 == 0 ? .block(bytes) : .page(bytes))
      offset = end
    }
    return parts
  }

  /// The pages of a run or a footer, as parts.
  static func pages(of bytes: [UInt8]) -> [FilePart] {
    stride(from: 0, to: bytes.count, by: RunPages.pageByteCount).map { start in
      let page = bytes[start..<(start + RunPages.roomPerPage)]
      return .page(Array(page.prefix((page.lastIndex { $0 != 0 } ?? start) + 1 - start)))
    }
  }
}

extension [FilePart] {
  /// The input that has these parts.
  var encoded: [UInt8] {
    flatMap { part in
      switch part {
      case .block(let bytes): [0] + short(bytes.count) + bytes
      case .page(let bytes): [1] + short(bytes.count) + bytes
      }
    }
  }

  /// Its pages, each of a page's length.
  var pages: [[UInt8]] {
    compactMap { part in
      guard case .page(let bytes) = part else { return nil }
      return bytes.resized(to: RunPages.pageByteCount)
    }
  }
}

/// Makes the checksums of pages right: over the store's id, some positions, the page's number and the page.
func sealPages(_ pages: inout [[UInt8]], from firstPage: Int, _ storeID: Bytes16, _ positions: [UInt64]) {
  var owner = storeID.bytes + [UInt8](repeating: 0, count: 8 * positions.count + 8)
  for (index, position) in positions.enumerated() { owner.set(position, at: 16 + 8 * index) }
  for page in pages.indices {
    owner.set(UInt64(firstPage + page), at: owner.count - 8)
    pages[page].setChecksum(at: RunPages.roomPerPage, seed: CRC32C.of(owner))
  }
}

/// A number of two bytes, as inputs have it.
func short(_ number: Int) -> [UInt8] {
  [UInt8(truncatingIfNeeded: number), UInt8(number >> 8 & 255)]
}
