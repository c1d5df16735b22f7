import Foundation
import ParleyEnvelope
import SwiftProtobuf

// The generated messages hold their `bytes` fields as Foundation's Data; nothing else here does.

extension Bytes16 {
  /// The sixteen bytes for a field of a body.
  var data: Data { Data(bytes) }

  /// The id in a field of a body; nil when it is absent or of another length.
  init?(_ data: Data) {
    guard data.count == 16 else { return nil }
    self.init(Array(data))
  }
}

extension Timestamp {
  /// The time in a field of a body, to the microsecond; the nearest one that a store takes when it is outside.
  init(_ stamp: Google_Protobuf_Timestamp) {
    let seconds = min(
      max(stamp.seconds, Self.earliest.microseconds / 1_000_000), Self.latest.microseconds / 1_000_000)
    self.init(microseconds: seconds * 1_000_000 + Int64(min(max(stamp.nanos, 0), 999_999_999)) / 1_000)
  }
}
