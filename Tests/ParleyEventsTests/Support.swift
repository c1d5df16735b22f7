import Foundation
import ParleyEnvelope
import ParleyEvents

/// The package's top directory.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

extension StringProtocol {
  /// The text without such characters at its ends.
  func trimming(_ characters: String) -> String {
    trimmingCharacters(in: CharacterSet(charactersIn: characters))
  }
}

/// The kinds this version has a message for.
let builtKinds = EventKind.named.filter { Event.Body.payloadType(of: $0) != nil }
