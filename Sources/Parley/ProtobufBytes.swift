import Foundation
import ParleyEnvelope

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
